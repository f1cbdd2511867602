import type { Socket } from "@holdfast/core";
import { ensure, same } from "../contract/expect.ts";
import { rawlyOpen } from "../contract/raw-case.ts";
import { connected } from "./connected-pair.ts";
import type { ServerCase } from "./server-cases.ts";

/** What is promised of what goes out. */
export function flowCases(hardened: boolean): ServerCase[] {
  return [
    {
      name: "frames of one turn arrive in their order, of every size and kind, and the close after them",
      run: (subject) =>
        connected(subject, async (socket, client) => {
          const texts = [0, 1, 125, 126, 65_535, 65_536, 200_000].map((length) => "é".repeat(length / 2));
          for (const text of texts) ensure(socket.send(text), "send to take it");
          ensure(socket.send(Uint8Array.of(1, 2, 255)), "send to take it");
          socket.close(4321, "bye");
          same(socket.send("late"), false, "send after close");
          await client.ended();
          same(client.frames, [...texts, Uint8Array.of(1, 2, 255)], "what arrived");
          same(client.ends[0]?.code, 4321, "the code");
        }),
    },
    ...(hardened ? hardenedCases() : [NO_PARTS]),
  ];
}

const NO_PARTS: ServerCase = {
  name: "deviation: a native socket has no sendParts, and says so",
  run: (subject) => connected(subject, async ({ sendParts }) => same(sendParts, undefined, "sendParts")),
};

function hardenedCases(): ServerCase[] {
  return [
    {
      name: "sendParts is one frame of both texts, also where the cut is inside a character",
      run: (subject) =>
        connected(subject, async (socket, client) => {
          const parts = (head: string, tail: string): boolean | undefined => socket.sendParts?.(head, tail);
          same(
            [parts("head ", "tail"), parts("head ", "ü"), parts("", ""), parts("\ud83d", "\ude00")],
            Array(4).fill(true),
            "it",
          );
          await client.until("all", () => client.frames.length === 4);
          same(client.frames, ["head tail", "head ü", "", "😀"], "what arrived");
        }),
    },
    {
      name: "bytes may change after send, and bufferedAmount counts what waits in this turn",
      run: (subject) =>
        connected(subject, async (socket, client) => {
          const bytes = Uint8Array.of(1, 2, 3);
          // The first of a turn goes at once; the second waits for its end.
          socket.send("first");
          socket.send(bytes);
          bytes.fill(9);
          ensure(socket.bufferedAmount >= 5, "the frame to be counted");
          await client.until("both", () => client.frames.length === 2);
          same(client.frames, ["first", Uint8Array.of(1, 2, 3)], "what arrived");
          same(socket.bufferedAmount, 0, "what waits afterwards");
        }),
    },
    {
      name: "what was sent in the turn of a drop was sent before it",
      run: (subject) =>
        connected(subject, async (socket: Socket, client) => {
          socket.send("farewell");
          socket.terminate?.();
          await client.ended();
          same(client.frames, ["farewell"], "what arrived");
        }),
    },
    {
      name: "S31 a peer that never answers a close is dropped at the close timeout",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          guest.socket.close(1013, "later");
          same((await guest.recorder.ended(500)).kind, "abnormal", "what the listener's side hears");
          same(client.closeCode, 1013, "the code sent");
          await client.until("the end", () => client.ended);
        }),
    },
    {
      name: "S27 a reader that stopped is counted byte by byte, and closed and dropped when the server says so",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          client.stopReading();
          const text = "x".repeat(1_000_000);
          for (let sent = 0; sent < 60; sent++) guest.socket.send(text);
          ensure(guest.socket.bufferedAmount > 1_048_576, "what waits to be counted");
          guest.socket.close(1013, "Too slow");
          same((await guest.recorder.ended(2_000)).kind, "abnormal", "what the listener's side hears");
          same(guest.socket.send("x"), false, "send afterwards");
        }),
    },
  ];
}
