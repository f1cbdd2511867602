import { createHash } from "node:crypto";
import { getEventListeners } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket as Stream } from "node:net";
import type { CloseCause, DialError, DialOptions, Socket, SocketHandler } from "@holdfast/core";
import { afterEach, expect, it, vi } from "vitest";
import { webSocket } from "./web-socket.ts";

const servers: Server[] = [];
const streams = new Set<Stream>();

afterEach(() => {
  for (const stream of streams) stream.destroy();
  for (const server of servers.splice(0)) server.close();
  streams.clear();
});

/** A TCP server that answers the first bytes of each connection with these; returns its address. */
async function answering(answer: string, onEnd: () => void = () => {}): Promise<string> {
  const server = createServer((stream) => {
    streams.add(stream);
    stream.on("error", () => {});
    stream.on("close", onEnd);
    stream.once("data", () => stream.write(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/?token=secret`;
}

/** A TCP server that takes the upgrade, and then does this. */
async function upgrading(then: (stream: Stream) => void): Promise<string> {
  const server = createServer((stream) => {
    streams.add(stream);
    stream.on("error", () => {});
    stream.once("data", (bytes) => {
      const key = /sec-websocket-key: (.*)\r/i.exec(bytes.toString())?.[1];
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const head = ["HTTP/1.1 101 Yes", "Upgrade: websocket", "Connection: Upgrade"];
      stream.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
      then(stream);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const handler: SocketHandler = { onFrame: () => {}, onClose: () => {} };

function dial(address: string, options: Partial<DialOptions> = {}): Promise<Socket> {
  return webSocket()(address, handler, { signal: new AbortController().signal, ...options });
}

async function causeOf(dialled: Promise<Socket>): Promise<CloseCause> {
  const error = await dialled.then(
    () => undefined,
    (rejected: DialError) => rejected,
  );
  expect(error?.code).toBe("dial-failed");
  expect(error?.message).not.toContain("secret");
  return error?.closeCause as CloseCause;
}

it("C12 keeps the Retry-After of a refused upgrade", async () => {
  const address = await answering("HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  expect(await causeOf(dial(address))).toMatchObject({ kind: "busy", status: 503, retryAfterMs: 7_000 });
});

it("C13 takes any other status than 101 for a failed dial, and follows no redirect", async () => {
  const ok = await answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  expect(await causeOf(dial(ok))).toMatchObject({ kind: "rejected", status: 200 });
  const elsewhere = await answering(`HTTP/1.1 302 Found\r\nLocation: ${ok}\r\nContent-Length: 0\r\n\r\n`);
  expect(await causeOf(dial(elsewhere))).toMatchObject({ kind: "rejected", status: 302 });
});

it("drops the connection of a refused upgrade whose body never comes", async () => {
  const ended = vi.fn();
  const address = await answering("HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nsome", ended);
  expect(await causeOf(dial(address))).toMatchObject({ kind: "unauthorized" });
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
});

it.each([
  ["an answer that is no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
  [
    "an upgrade to another key",
    "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
  ],
  ["an upgrade to something else", "HTTP/1.1 101 Yes\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"],
])("C2 takes %s for refused, without an uncaught error", async (_, answer) => {
  const ended = vi.fn();
  expect(await causeOf(dial(await answering(answer, ended)))).toMatchObject({ kind: "refused" });
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
});

it("C2 takes a TLS failure for refused", async () => {
  const address = (await answering("HTTP/1.1 400 Bad Request\r\n\r\n")).replace("ws:", "wss:");
  expect(await causeOf(dial(address))).toMatchObject({ kind: "refused" });
});

it("C7 rejects headers and subprotocols that cannot be sent, and does not quote them", async () => {
  const address = await answering("");
  for (const options of [
    { headers: { authorization: "secret\nsecret" } },
    { headers: { "a b": "secret" } },
    { protocols: ["secret secret"] },
  ]) {
    expect(await causeOf(dial(address, options))).toMatchObject({ kind: "refused" });
  }
});

it("C26 leaves no listener on the signal, however the dial ends", async () => {
  const { signal } = new AbortController();
  await causeOf(dial(await answering("HTTP/1.1 403 No\r\n\r\n"), { signal }));
  await causeOf(dial("ws://127.0.0.1:1", { signal }));
  await causeOf(dial("not a url", { signal }));
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

it("C5 ends TCP when it is aborted while the upgrade is unanswered", async () => {
  const ended = vi.fn();
  const address = await answering("", ended);
  const dialling = new AbortController();
  const cause = causeOf(dial(address, { signal: dialling.signal }));
  await vi.waitFor(() => expect(streams.size).toBe(1));
  dialling.abort();
  expect(await cause).toMatchObject({ kind: "aborted" });
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
});

it("C66 takes frames of up to 16 MiB, or of four times the connection's limit", async () => {
  const MiB = 1024 * 1024;
  for (const [maxMessageBytes, limit] of [
    [undefined, 16 * MiB],
    [MiB, 16 * MiB],
    [8 * MiB, 32 * MiB],
  ] as const) {
    const onClose = vi.fn();
    const address = await upgrading((stream) => {
      // Only the head of a frame, with its length in the last four bytes: that is what is judged.
      const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
      head.writeUInt32BE(limit + 1, 6);
      stream.write(head);
    });
    const { signal } = new AbortController();
    const options = maxMessageBytes === undefined ? { signal } : { signal, maxMessageBytes };
    await webSocket()(address, { ...handler, onClose }, options);
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce(), 3_000);
    expect(onClose).toHaveBeenCalledWith(expect.objectContaining({ kind: "too-large" }));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  }
});

it("refuses options that are no positive integers", () => {
  for (const maxFrameBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    expect(() => webSocket({ maxFrameBytes })).toThrow(RangeError);
  }
});
