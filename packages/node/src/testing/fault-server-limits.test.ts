import { connect } from "node:net";
import { expect, it } from "vitest";
import { webSocket } from "../web-socket.ts";
import { createFaultServer } from "./fault-server.ts";

it("keeps the latest texts of a connection, and counts them all", async () => {
  await using server = await createFaultServer();
  const handler = { onFrame: () => {}, onClose: () => {} };
  const socket = await webSocket()(server.address, handler, { signal: new AbortController().signal });
  for (let count = 0; count < 1_200; count++) socket.send(`${count}`);
  await server.until("all texts", () => server.connections[0]?.textCount === 1_200);
  expect(server.connections[0]?.texts).toHaveLength(1_000);
  expect(server.connections[0]?.texts.at(-1)).toBe("1199");
  // Four of these are less than 256 KiB, five are more.
  for (const letter of "abcdefghi") socket.send(letter.repeat(65_000));
  await server.until("more texts", () => server.connections[0]?.textCount === 1_209);
  expect(server.connections[0]?.texts.map(([letter]) => letter)).toEqual(["f", "g", "h", "i"]);
  socket.send("z".repeat(1_000_000));
  await server.until("a large one", () => server.connections[0]?.textCount === 1_210);
  expect(server.connections[0]?.texts.map(([letter]) => letter)).toEqual(["z"]);
  socket.terminate?.();
});

it("keeps the latest connections, and numbers them all", async () => {
  await using server = await createFaultServer();
  const port = Number(new URL(server.address).port);
  for (let count = 0; count < 1_010; count++) {
    await new Promise((resolve) => {
      const stream = connect(port, "127.0.0.1", () => stream.destroy());
      stream.on("close", resolve);
    });
  }
  await server.until("the last", () => server.connections.at(-1)?.number === 1_010);
  expect(server.connections).toHaveLength(1_000);
  expect(server.connections[0]?.number).toBe(11);
  await server.until("their ends", () => server.open === 0);
});

it("an oversized frame is sent to its last byte", async () => {
  const bytes = 20_000_001;
  await using server = await createFaultServer({
    steps: [{ do: "upgrade" }, { do: "oversized", bytes }, { do: "end" }],
  });
  const stream = connect(Number(new URL(server.address).port), "127.0.0.1");
  stream.write("GET / HTTP/1.1\r\nSec-WebSocket-Key: abc\r\n\r\n");
  let received = 0;
  let head: Buffer | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    head ??= chunk;
    received += chunk.length;
  }
  const answerBytes = (head?.indexOf("\r\n\r\n") ?? Number.NaN) + 4;
  expect(received).toBe(answerBytes + 10 + bytes);
});
