import type { Incoming } from "@holdfast/core";
import { ensure, pass, same, within } from "../expect.ts";
import type { ListenerCase, ListenerSubject } from "../listener-contract.ts";
import { rawly } from "../raw-case.ts";
import { clientFrame, upgradeRequest } from "../raw-client.ts";

/** An acceptor's decision that a test makes. */
class Decision {
  incoming: Incoming | undefined;
  /** No more than the first peer waits. */
  readonly later = (incoming: Incoming): Promise<void> => {
    if (this.incoming !== undefined) return Promise.resolve();
    this.incoming = incoming;
    // Asked for as a hook would: Deno tells it only to those who listen.
    incoming.signal?.addEventListener("abort", () => this.#aborted());
    return this.#made;
  };
  make!: () => void;
  #aborted!: () => void;
  readonly #made = new Promise<void>((resolve) => {
    this.make = resolve;
  });
  readonly aborted: Promise<void> = new Promise<void>((resolve) => {
    this.#aborted = resolve;
  });
}

/** What is promised to, and of, peers whose acceptor makes up its mind. */
export function waitingCases(framing: ListenerSubject["framing"], hardened: boolean): ListenerCase[] {
  return [
    {
      name: "a listener that closes drops who waits for the acceptor, and does not wait for it",
      run: async (subject) => {
        let asked = (): void => {};
        const question = new Promise<void>((resolve) => {
          asked = resolve;
        });
        const listener = await subject.listen(() => {
          asked();
          return new Promise(() => {});
        });
        const client = await subject.dialRaw(listener.port);
        client.send(upgradeRequest());
        await question;
        await within(2_000, "the listener to close", listener.close());
        await client.until("the end", () => client.ended);
        client.drop();
      },
    },
    ...(framing === "lines" ? lineCases() : upgradeCases(hardened)),
  ];
}

function lineCases(): ListenerCase[] {
  return [
    {
      name: "what a peer says before it was let in arrives afterwards",
      run: (subject) => {
        const decision = new Decision();
        const { later } = decision;
        return rawly(
          subject,
          async ({ client, door }) => {
            client.send("early\n");
            await door.until("the question", () => door.asked === 1);
            decision.make();
            const { recorder } = await door.guest();
            client.send("late\n");
            await recorder.until("both", () => recorder.frames.length === 2);
            same(recorder.frames, ["early", "late"], "the frames");
          },
          { later },
        );
      },
    },
    {
      name: "S11 an acceptor that never answers drops the peer in time, and the console is told",
      run: (subject) => silently(subject, (ended) => ended),
    },
  ];
}

function upgradeCases(hardened: boolean): ListenerCase[] {
  return [
    {
      name: "S11 an acceptor that never answers is 503 in time, with Retry-After, and the console is told",
      run: (subject) =>
        silently(subject, (ended, text) => {
          if (!text.includes("\r\n\r\n")) return ended;
          ensure(text.startsWith("HTTP/1.1 503 "), `503, and not ${text.slice(0, 40)}`);
          ensure(/^retry-after: 5\r$/im.test(text), "Retry-After");
          return true;
        }),
    },
    {
      name: hardened
        ? "S4 a frame that comes while the acceptor makes up its mind is answered with 400, and nobody is welcomed"
        : "deviation: S4 a frame that comes while the acceptor makes up its mind arrives",
      run: (subject) => {
        const decision = new Decision();
        const { later } = decision;
        return rawly(
          subject,
          async ({ client, door }) => {
            client.send(upgradeRequest());
            await door.until("the question", () => door.asked === 1);
            client.send(clientFrame(0x81, "too early"));
            if (hardened) {
              await client.until("the end", () => client.ended);
              same(client.text.slice(0, 13), "HTTP/1.1 400 ", "the answer");
              await decision.aborted;
              decision.make();
              await pass(20);
              return same(door.guests.length, 0, "the guests");
            }
            await pass(50);
            decision.make();
            const { recorder } = await door.guest();
            await recorder.until("a frame", () => recorder.frames.length === 1);
          },
          { later },
        );
      },
    },
    {
      name: "S11 a peer that hangs up while the acceptor makes up its mind aborts it, and is forgotten",
      run: (subject) => {
        const decision = new Decision();
        const { later } = decision;
        return rawly(
          subject,
          async ({ client, door }) => {
            client.send(upgradeRequest());
            await door.until("the question", () => door.asked === 1);
            client.drop();
            await within(2_000, "the abort", decision.aborted);
            decision.make();
            await pass(20);
            same(door.guests.length, 0, "the guests");
          },
          { later },
        );
      },
    },
    {
      name: "a refusal's headers reach the peer, but for those of the connection",
      run: (subject) =>
        rawly(
          subject,
          async ({ client }) => {
            client.send(upgradeRequest());
            await client.until("the body", () => client.text.endsWith("{}"));
            ensure(/^retry-after: 7\r$/im.test(client.text), "Retry-After");
            ensure(/^content-type: application\/json\r$/im.test(client.text), "the content type");
            ensure(/^content-length: 2\r$/im.test(client.text), "the true length");
            ensure(/^connection: close\r$/im.test(client.text), "connection: close");
          },
          {
            refuse: () => ({
              status: 429,
              reason: "{}",
              headers: {
                "retry-after": "7",
                "Content-Type": "application/json",
                "content-length": "9",
                Connection: "keep-alive",
              },
            }),
          },
        ),
    },
  ];
}

/** A peer whose acceptor never answers, until it is over for the client. */
async function silently(
  subject: ListenerSubject,
  over: (ended: boolean, text: string) => boolean,
): Promise<void> {
  const told = console.error;
  const lines: unknown[] = [];
  console.error = (line: unknown) => lines.push(line);
  const listener = await subject.listen(() => new Promise(() => {}), { acceptTimeoutMs: 100 });
  const client = await subject.dialRaw(listener.port);
  try {
    client.send(upgradeRequest());
    await client.until("the end of patience", () => over(client.ended, client.text), 2_000);
    same(lines.length, 1, "how often the console was told");
  } finally {
    console.error = told;
    client.drop();
    await listener.close();
  }
}
