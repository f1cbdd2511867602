import { dial, listening } from "../connected.ts";
import { ensure, same } from "../expect.ts";
import type { Features } from "../features.ts";
import { Recorder } from "../recorder.ts";
import type { ContractCase } from "../socket-contract.ts";
import { causeOf } from "./dial.ts";

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** What is promised of an acceptor that answers later. */
export function acceptCases({ status, overTcp }: Features): ContractCase[] {
  return [
    {
      name: "S11 an acceptor may answer later, and the connection is as any other",
      run: (subject) =>
        listening(subject, { echo: true, later: soon }, async (door, listener) => {
          const heard = new Recorder();
          const near = await dial(subject, `${listener.address}/`, heard);
          near.send("hello");
          await heard.until("an echo", () => heard.frames.length === 1);
          near.close();
          await door.empty();
        }),
    },
    ...(status === "none" ? [] : [laterRefusal(status === "shown")]),
    {
      name: "S11 a dial that is aborted while the acceptor makes up its mind leaves nothing behind",
      run: (subject) => {
        let decide = (): void => {};
        const decided = new Promise<void>((resolve) => {
          decide = resolve;
        });
        return listening(subject, { later: () => decided }, async (door, listener) => {
          // Over TCP alone a dial is open before anybody was asked.
          if (status === "none") return;
          const dialling = new AbortController();
          const { signal } = dialling;
          const dialled = dial(subject, `${listener.address}/`, new Recorder(), { signal });
          await door.until("the question", () => door.asked === 1);
          dialling.abort();
          same((await causeOf(dialled)).kind, "aborted", "the kind");
          decide();
          const last = await dial(subject, `${listener.address}/`, new Recorder());
          last.close();
          await door.until("the last guest", () => door.guests.length > 0);
          await door.empty();
        });
      },
    },
    {
      name: overTcp
        ? "the acceptor is shown the peer's IP address"
        : "deviation: in memory no peer has an address",
      run: (subject) =>
        listening(subject, {}, async (door, listener) => {
          const near = await dial(subject, `${listener.address}/`, new Recorder());
          same((await door.guest()).incoming.peer, overTcp ? "127.0.0.1" : undefined, "the address");
          near.close();
          await door.empty();
        }),
    },
  ];
}

function laterRefusal(shown: boolean): ContractCase {
  return {
    name: "S11 an acceptor may refuse later, and one that rejects refuses with 500",
    run: async (subject) => {
      const refuse = () => ({ status: 403, reason: "no", headers: { "Retry-After": "7" } });
      await listening(subject, { later: soon, refuse }, async (_, listener) => {
        const cause = await causeOf(dial(subject, `${listener.address}/`, new Recorder()));
        if (shown) same(cause.status, 403, "the status");
      });
      const told = console.error;
      const lines: unknown[] = [];
      console.error = (line: unknown) => lines.push(line);
      try {
        const later = () => Promise.reject(new Error("boom"));
        await listening(subject, { later }, async (_, listener) => {
          const cause = await causeOf(dial(subject, `${listener.address}/`, new Recorder()));
          if (shown) same(cause.status, 500, "the status");
        });
      } finally {
        console.error = told;
      }
      same(lines.length, 1, "how often the console was told");
      ensure(String(lines[0]).includes("boom"), "why");
    },
  };
}
