import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { corkForTurn, uncorkNow } from "./corked-streams.ts";

function counted(): { stream: Writable; writes: string[] } {
  const writes: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      writes.push(String(chunk));
      done();
    },
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join("+"));
      done();
    },
  });
  return { stream, writes };
}

test("what is written in one turn goes out in one piece, and what waits is counted", async () => {
  const { stream, writes } = counted();
  for (const text of ["a", "b", "c"]) {
    corkForTurn(stream);
    stream.write(text);
  }
  expect(writes).toEqual([]);
  expect(stream.writableLength).toBe(3);
  await turn();
  expect(writes).toEqual(["a+b+c"]);
  corkForTurn(stream);
  stream.write("d");
  await turn();
  expect(writes).toEqual(["a+b+c", "d"]);
});

test("a stream that is ended while it is corked still writes all of it", async () => {
  const { stream, writes } = counted();
  corkForTurn(stream);
  stream.write("a");
  stream.end("close");
  await turn();
  expect(writes.join("+")).toBe("a+close");
  expect(stream.writableFinished).toBe(true);
});

test("a stream that is dropped while it is corked disturbs no other", async () => {
  const [dropped, other] = [counted(), counted()];
  for (const { stream } of [dropped, other]) {
    corkForTurn(stream);
    stream.write("x");
  }
  dropped.stream.destroy();
  await turn();
  expect([dropped.writes, other.writes]).toEqual([[], ["x"]]);
});

test("what is too much to hold back goes out at once, and what follows waits again", async () => {
  const { stream, writes } = counted();
  const say = (text: string): void => {
    corkForTurn(stream);
    stream.write(text);
  };
  for (const text of ["a", "b"]) say(text);
  uncorkNow(stream);
  uncorkNow(stream);
  expect(writes).toEqual(["a+b"]);
  for (const text of ["c", "d"]) say(text);
  expect(writes).toEqual(["a+b"]);
  await turn();
  expect(writes).toEqual(["a+b", "c+d"]);
  expect(stream.writableCorked).toBe(0);
});
