import { describe, expect, it } from "vitest";
import { MAX_HEAD_BYTES, RequestReader, refusalAnswer, upgradeAnswer } from "./handshake.ts";

const REQUEST = "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nx-a:2\r\nempty:\r\n\r\n";

/** What a reader gives for the pieces of a text, as it gives it first. */
function read(text: string, pieceBytes: number): ReturnType<RequestReader["push"]> {
  const reader = new RequestReader();
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const head = reader.push(bytes.subarray(at, at + pieceBytes));
    if (head !== undefined) return head;
  }
  return undefined;
}

describe("a request", () => {
  it.each([1, 2, 3, 5, 1_000])("is read in pieces of %i bytes", (pieceBytes) => {
    const head = read(REQUEST, pieceBytes);
    expect(head).toMatchObject({ path: "/a?b=c" });
    if (typeof head !== "object") return;
    expect([...head.headers]).toEqual([
      ["host", "x"],
      ["x-a", "1, 2"],
      ["empty", ""],
    ]);
  });

  it("gives back what came with its end, wherever it was cut", () => {
    for (let pieceBytes = 1; pieceBytes < REQUEST.length + 10; pieceBytes++) {
      const head = read(`${REQUEST}\x81\xffrest`, pieceBytes);
      if (typeof head !== "object") throw new Error(`Nothing was read in pieces of ${pieceBytes}`);
      const rest = Buffer.from(head.rest).toString("latin1");
      const end = Math.ceil(REQUEST.length / pieceBytes) * pieceBytes;
      expect(rest).toBe(`${REQUEST}\x81\xffrest`.slice(REQUEST.length, end));
    }
  });

  it.each([
    ["lower case", "get / HTTP/1.1\r\n\r\n", 400],
    ["two spaces", "GET  / HTTP/1.1\r\n\r\n", 400],
    ["another version", "GET / HTTP/2\r\n\r\n", 400],
    ["a name with a space", "GET / HTTP/1.1\r\na b: c\r\n\r\n", 400],
    ["bytes that are no text", "\x16\x03\x01", 400],
    ["no end", `GET / HTTP/1.1\r\na: ${"x".repeat(MAX_HEAD_BYTES)}`, 431],
    ["a late end", `GET / HTTP/1.1\r\na: ${"x".repeat(MAX_HEAD_BYTES)}\r\n\r\n`, 431],
    ["half of one", "GET / HTTP/1.1\r\na: b\r\n", undefined],
  ])("with %s is answered with a status, or waited for", (_, text, status) => {
    for (const pieceBytes of [1, 100_000]) expect(read(text, pieceBytes)).toBe(status);
  });
});

it("an upgrade needs a key", () => {
  expect(upgradeAnswer(new Map([["host", "x"]]))).toBeUndefined();
});

it("an upgrade takes the first subprotocol that is asked for", () => {
  const asked = [["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="]] as const;
  const plain = upgradeAnswer(new Map(asked));
  expect(plain).toMatch(/\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n$/);
  const chosen = upgradeAnswer(new Map([...asked, ["sec-websocket-protocol", " one, two"]]));
  expect(chosen).toMatch(/\r\nSec-WebSocket-Protocol: one\r\n\r\n$/);
});

it("a refusal counts its body in bytes, and gives way to the headers it is given", () => {
  expect(refusalAnswer(404, {}, "é")).toBe(
    "HTTP/1.1 404 Refused\r\ncontent-length: 2\r\nconnection: close\r\n\r\né",
  );
  expect(refusalAnswer(404, { Connection: "keep-alive", "CONTENT-LENGTH": "9" })).toBe(
    "HTTP/1.1 404 Refused\r\nConnection: keep-alive\r\nCONTENT-LENGTH: 9\r\n\r\n",
  );
});
