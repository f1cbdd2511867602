import { same } from "../expect.ts";
import { LIMIT_BYTES } from "../features.ts";
import type { ListenerCase } from "../listener-contract.ts";
import { rawly } from "../raw-case.ts";

/** What is promised to, and of, raw TCP peers. */
export function lineListenerCases(): ListenerCase[] {
  return [
    {
      name: "S25 lines may end in CRLF, come in pieces, or be empty; bytes that are no UTF-8 stay bytes",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          client.send("on");
          const { recorder } = await door.guest();
          client.send("e\r\ntwo\n\n\r\n", "th\u0000ree\n", Uint8Array.of(0xff, 0x0a), "rest");
          await recorder.until("four lines", () => recorder.frames.length === 4);
          same(recorder.frames, ["one", "two", "th\u0000ree", Uint8Array.of(0xff)], "the frames");
        }),
    },
    {
      name: "S25 a line that is never ended is cut at the limit",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          client.send("x".repeat(LIMIT_BYTES + 1));
          const { recorder } = await door.guest();
          same((await recorder.ended()).kind, "too-large", "what the listener's side hears");
          await client.until("the end", () => client.ended);
          same(recorder.frames, [], "the frames");
        }),
    },
    {
      name: "S25 a line break inside a frame cannot forge a second frame",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          const { socket } = await door.guest();
          socket.send('harmless\r\n{"type":"forged"}');
          await client.until("a line", () => client.text.endsWith("\n"));
          same(client.text, 'harmless {"type":"forged"}\n', "what the peer reads");
        }),
    },
    {
      name: "what is queued when the peer ends its half still goes out",
      run: (subject) =>
        rawly(
          subject,
          async ({ client }) => {
            client.send("all of it\n");
            client.endHalf();
            await client.until("the end", () => client.ended);
            same(client.length, 40 * 100_001, "the bytes that came back");
          },
          {
            answer: (socket) => {
              for (let index = 0; index < 40; index++) socket.send("x".repeat(100_000));
            },
          },
        ),
    },
    {
      name: "S30 a peer that is lost is told once, as abnormal",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          client.send("here\n");
          const { recorder } = await door.guest();
          await recorder.until("a frame", () => recorder.frames.length === 1);
          client.drop();
          same((await recorder.ended()).kind, "abnormal", "what the listener's side hears");
        }),
    },
    {
      name: "S31 a close that the peer does not answer ends the connection after about a second",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          const { socket, recorder } = await door.guest();
          socket.close();
          same((await recorder.ended(1_800)).kind, "abnormal", "what the listener's side hears");
          await client.until("the end", () => client.ended);
        }),
    },
  ];
}
