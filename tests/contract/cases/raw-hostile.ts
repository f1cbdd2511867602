import { pass, same } from "../expect.ts";
import type { ListenerCase } from "../listener-contract.ts";
import { rawly, rawlyOpen } from "../raw-case.ts";
import { clientFrame, upgradeRequest } from "../raw-client.ts";

/** Longer than a request may take, in milliseconds. */
const SLOW_MS = 7_000;

/** What a peer that means harm can do; a listener that is not hardened lets some of it through. */
export function hostileFrameCases(hardened: boolean): ListenerCase[] {
  return [
    {
      name: hardened
        ? "S1 a request that is not whole after five seconds is cut off"
        : "deviation: S1 a request that is not whole is waited for, also after seven seconds",
      run: (subject) =>
        rawly(subject, async ({ client }) => {
          client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Sl");
          if (hardened) return client.until("the end", () => client.ended, SLOW_MS);
          await pass(SLOW_MS);
          same(client.ended, false, "the end");
        }),
    },
    {
      name: hardened
        ? "S4 a frame that comes with the request is answered with 400"
        : "deviation: S4 a frame that comes with the request arrives",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          client.send(upgradeRequest(), clientFrame(0x81, "too early"));
          if (hardened) {
            await client.until("the end", () => client.ended);
            same(client.text.slice(0, 13), "HTTP/1.1 400 ", "the answer");
            return same(door.guests.length, 0, "the guests");
          }
          const { recorder } = await door.guest();
          await recorder.until("a frame", () => recorder.frames.length === 1);
        }),
    },
    {
      name: hardened
        ? "S14 a frame that claims 2^60 bytes ends as too-large, with 1009"
        : "deviation: S14 a frame that claims 2^60 bytes ends as abnormal, without 1009",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          client.send(Uint8Array.of(0x82, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
          const cause = await guest.recorder.ended();
          same(cause.kind, hardened ? "too-large" : "abnormal", "what the listener's side hears");
          await client.until("the end", () => client.ended);
          same(client.closeCode, hardened ? 1009 : undefined, "the close code sent");
        }),
    },
    {
      name: hardened
        ? "S16 a message in 2,000 fragments ends as abnormal, with 1008"
        : "deviation: S16 a message may come in any number of fragments",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          client.send(clientFrame(0x01, "a"), ...Array<Uint8Array>(1_999).fill(clientFrame(0x00, "b")));
          if (hardened) {
            same((await guest.recorder.ended()).kind, "abnormal", "what the listener's side hears");
            return client.until("the close code", () => client.closeCode === 1008);
          }
          client.send(clientFrame(0x80, "c"));
          await guest.recorder.until("a frame", () => guest.recorder.frames.length === 2);
          same(guest.recorder.frames[1]?.length, 2_001, "its length");
        }),
    },
    faulty("S18", "text that is no UTF-8", clientFrame(0x81, Uint8Array.of(0xc3, 0x28)), 1007, hardened),
    hardened
      ? faulty("S19", "a frame without a mask", clientFrame(0x81, "bare", false), 1002, true)
      : {
          name: "deviation: S19 a frame without a mask is taken",
          run: (subject) =>
            rawlyOpen(subject, async ({ client, guest }) => {
              client.send(clientFrame(0x81, "bare", false));
              await guest.recorder.until("a frame", () => guest.recorder.frames.length === 2);
            }),
        },
    faulty("S20", "a reserved opcode", clientFrame(0x83, "x"), 1002, hardened),
    faulty("S20", "a ping in fragments", clientFrame(0x09, "x"), 1002, hardened),
    faulty("S20", "a reserved bit", clientFrame(0xc1, "x"), 1002, hardened),
  ];
}

/** RFC 6455 has the receiver fail the connection; that the peer is told why is the part that a listener may lack. */
function faulty(
  number: string,
  what: string,
  frame: Uint8Array,
  code: number,
  hardened: boolean,
): ListenerCase {
  return {
    name: hardened
      ? `${number} ${what} ends as abnormal, with ${code}`
      : `deviation: ${number} ${what} ends as abnormal, without ${code}`,
    run: (subject) =>
      rawlyOpen(subject, async ({ client, guest }) => {
        client.send(frame);
        same((await guest.recorder.ended()).kind, "abnormal", "what the listener's side hears");
        await client.until("the end", () => client.ended || client.closeCode !== undefined);
        same(client.closeCode, hardened ? code : undefined, "the close code sent");
        same(guest.recorder.frames, ["first"], "the frames");
      }),
  };
}
