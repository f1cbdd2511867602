import type { CloseCause } from "@holdfast/core";
import { connected, dial, listening } from "../connected.ts";
import { ensure, rejection, same } from "../expect.ts";
import type { Features } from "../features.ts";
import { Recorder } from "../recorder.ts";
import type { ContractCase } from "../socket-contract.ts";

/** What a failed dial says of itself, as every `SocketFactory` must say it. */
export async function causeOf(dialled: Promise<unknown>): Promise<CloseCause> {
  const error = (await rejection(dialled)) as { name?: string; code?: string; closeCause?: CloseCause };
  same([error.name, error.code], ["DialError", "dial-failed"], "the rejection");
  ensure(error.closeCause !== undefined, "a cause");
  ensure(!error.closeCause.message.includes("secret"), "no secret in the message");
  return error.closeCause;
}

/** What is promised of a dial. */
export function dialCases(features: Features): ContractCase[] {
  return [
    {
      name: "C5 a dial that was aborted before it began is aborted, and reaches nobody",
      run: (subject) =>
        listening(subject, {}, async (door, listener) => {
          const heard = new Recorder();
          const signal = AbortSignal.abort();
          const cause = await causeOf(dial(subject, `${listener.address}/?token=secret`, heard, { signal }));
          same(cause.kind, "aborted", "the kind");
          // A whole connection afterwards: what the aborted dial sent would have come before it.
          const near = await dial(subject, `${listener.address}/`, new Recorder());
          await door.guest();
          same(door.asked, 1, "how often the door was asked");
          near.close();
          await door.empty();
          same(heard.ends, [], "what the aborted dial's handler was told");
        }),
    },
    {
      name: "C5 C6 a dial that is aborted under way is aborted at once, and leaves no socket behind",
      run: (subject) =>
        listening(subject, {}, async (door, listener) => {
          for (const turns of [0, 1, 3, 10, 50]) {
            const heard = new Recorder();
            const dialling = new AbortController();
            const { signal } = dialling;
            const dialled = dial(subject, `${listener.address}/?token=secret`, heard, { signal });
            // It may be open before the abort comes: then it is an open socket, and closed as one.
            const settled = dialled.then(
              (socket) => socket.close(),
              () => causeOf(dialled).then(({ kind }) => same(kind, "aborted", "the kind")),
            );
            for (let turn = 0; turn < turns; turn++) await undefined;
            dialling.abort();
            await settled;
          }
          const last = await dial(subject, `${listener.address}/`, new Recorder());
          last.close();
          await door.until("the last guest", () => door.guests.length > 0);
          await door.empty();
        }),
    },
    {
      name: "an abort after the opening changes nothing",
      run: (subject) => {
        const dialling = new AbortController();
        const options = { echo: true, dial: { signal: dialling.signal } };
        return connected(subject, options, async ({ near, heard }) => {
          dialling.abort();
          near.send("still here");
          await heard.until("an echo", () => heard.frames.length === 1);
          same(heard.ends, [], "the ends told");
        });
      },
    },
    {
      name: "C2 a port that nobody listens on is refused",
      run: async (subject) => {
        let address = "";
        await listening(subject, {}, async (_, listener) => {
          address = listener.address;
        });
        const heard = new Recorder();
        const cause = await causeOf(dial(subject, `${address}/room?token=secret`, heard));
        same(cause.kind, "refused", "the kind");
        same(heard.ends, [], "what its handler was told");
      },
    },
    {
      name: "C7 an address that cannot be dialled is bad-address",
      run: async (subject) => {
        for (const address of features.badAddresses) {
          const cause = await causeOf(dial(subject, address, new Recorder()));
          same(cause.kind, "bad-address", `the kind for ${JSON.stringify(address)}`);
        }
      },
    },
    {
      name: "50 dials at once are 50 connections, each with its own echo",
      run: (subject) =>
        listening(subject, { echo: true }, async (door, listener) => {
          const heard = Array.from({ length: 50 }, () => new Recorder());
          const sockets = await Promise.all(
            heard.map((recorder) => dial(subject, `${listener.address}/`, recorder)),
          );
          for (const [index, socket] of sockets.entries()) socket.send(`${index}`);
          for (const [index, recorder] of heard.entries()) {
            await recorder.until("an echo", () => recorder.frames.length > 0);
            same(recorder.frames, [`${index}`], "the echo");
          }
          for (const socket of sockets) socket.close();
          await door.empty();
          same(door.guests.length, 50, "the guests");
        }),
    },
    ...requestCases(features),
    ...refusalCases(features),
  ];
}

function requestCases({ requests }: Features): ContractCase[] {
  const headers = { "X-Bot": "Otter", authorization: "Bearer secret" };
  const protocols = ["holdfast.one", "holdfast.two"];
  if (requests === "none") {
    return [
      {
        name: "deviation: there are no paths and no headers: the listener is shown `/`, and undefined",
        run: (subject) =>
          connected(subject, { path: "/room?x=1", dial: { headers, protocols } }, async ({ far }) => {
            same([far.incoming.path, far.incoming.header("x-bot")], ["/", undefined], "what is shown");
          }),
      },
    ];
  }
  return [
    {
      name: "path and query arrive as they were dialled",
      run: (subject) =>
        connected(subject, { path: "/room/7?x=1&y=a%20b" }, async ({ far }) => {
          same(far.incoming.path, "/room/7?x=1&y=a%20b", "the path");
        }),
    },
    {
      name:
        requests === "full"
          ? "headers arrive, by any case of their names; others are undefined"
          : "deviation: the dialler cannot send headers of its own",
      run: (subject) =>
        connected(subject, { dial: { headers } }, async ({ far: { incoming } }) => {
          const shown = ["x-bot", "X-BOT", "authorization", "constructor", "x-none"].map((name) =>
            incoming.header(name),
          );
          const sent = ["Otter", "Otter", "Bearer secret", undefined, undefined];
          same(shown, requests === "full" ? sent : sent.map(() => undefined), "the headers");
        }),
    },
  ];
}

const REFUSALS = [
  [401, "unauthorized"],
  [403, "unauthorized"],
  [404, "rejected"],
  [429, "busy"],
  [503, "busy"],
  [500, "rejected"],
] as const;

function refusalCases({ status }: Features): ContractCase[] {
  if (status === "none") {
    return [
      {
        name: "deviation: C12 a refused dial opens, and then ends as abnormal",
        run: (subject) =>
          listening(subject, { refuse: () => ({ status: 403, reason: "no" }) }, async (door, listener) => {
            const heard = new Recorder();
            await dial(subject, `${listener.address}/`, heard);
            same((await heard.ended()).kind, "abnormal", "what the dialler hears");
            same([door.asked, door.guests.length], [1, 0], "asked and welcomed");
          }),
      },
    ];
  }
  const shown = status === "shown";
  return REFUSALS.map(([code, kind]) => ({
    name: shown
      ? `C12 C13 a refusal with ${code} is ${kind}`
      : `deviation: C12 a refusal with ${code} is only refused: the runtime hides the status`,
    run: (subject) =>
      listening(subject, { refuse: () => ({ status: code, reason: "not you" }) }, async (door, listener) => {
        const heard = new Recorder();
        const cause = await causeOf(dial(subject, `${listener.address}/?token=secret`, heard));
        same([cause.kind, cause.status], shown ? [kind, code] : ["refused", undefined], "the cause");
        same([door.asked, door.guests.length, heard.ends.length], [1, 0, 0], "asked, welcomed, ended");
      }),
  }));
}
