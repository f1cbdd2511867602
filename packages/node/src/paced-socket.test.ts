import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket as Stream } from "node:net";
import type { CloseCause, Socket } from "@holdfast/core";
import { afterEach, describe, expect, it } from "vitest";
import { listenWebSocket } from "./listen-web-socket.ts";
import { EndPace, pacedConnections } from "./paced-socket.ts";
import { webSocket } from "./web-socket.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("EndPace", () => {
  it("handles an end that comes alone at once", () => {
    const pace = new EndPace();
    let handled = 0;
    pace.run(() => handled++);
    expect(handled).toBe(1);
  });

  it("C44 handles a crowd of ends in their order, 64 a turn, and leaves nothing behind", async () => {
    const pace = new EndPace();
    const order: number[] = [];
    const after: number[] = [];
    for (let end = 0; end < 300; end++) pace.run(() => order.push(end));
    for (after.push(order.length); order.length < 300; after.push(order.length)) await turn();
    expect(after).toEqual([64, 128, 192, 256, 300]);
    expect(order).toEqual(Array.from({ length: 300 }, (_, index) => index));
    await turn();
    let handled = 0;
    pace.run(() => handled++);
    expect(handled).toBe(1);
  });

  it("lets an end that is handled bring about another", async () => {
    const pace = new EndPace();
    const order: string[] = [];
    pace.run(() => {
      order.push("outer");
      pace.run(() => order.push("inner"));
    });
    await turn();
    expect(order).toEqual(["outer", "inner"]);
  });
});

describe("sockets whose ends are paced", () => {
  let server: Server | undefined;
  const accepted: Stream[] = [];
  afterEach(() => {
    for (const stream of accepted.splice(0)) stream.destroy();
    server?.close();
  });
  async function open(count: number): Promise<Stream[]> {
    server = createServer((stream) => void accepted.push(stream.on("error", () => {})));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const dial = pacedConnections();
    const streams = Array.from({ length: count }, () => dial({ port, host: "127.0.0.1" }));
    await Promise.all(streams.map((stream) => once(stream, "connect")));
    while (accepted.length < count) await once(server, "connection");
    return streams;
  }

  it.each(["FIN", "RST"] as const)("C44 tell all of 500 ends by %s, none of them twice", async (how) => {
    const streams = await open(500);
    let closes = 0;
    let errors = 0;
    const all = Promise.all(
      streams.map((stream) => {
        stream.on("error", () => errors++).on("close", () => closes++);
        stream.resume();
        return new Promise((resolve) => stream.on("close", resolve));
      }),
    );
    for (const stream of accepted) how === "FIN" ? stream.end() : stream.resetAndDestroy();
    await all;
    await turn();
    expect([closes, errors]).toEqual([500, how === "FIN" ? 0 : 500]);
  });

  it("hand over what was sent before the end", async () => {
    const [stream] = (await open(1)) as [Stream];
    let text = "";
    stream.on("data", (bytes) => {
      text += String(bytes);
    });
    accepted[0]?.end("last words");
    await once(stream, "close");
    expect(text).toBe("last words");
  });

  it("are dropped by this side at once, however many ends wait", async () => {
    const streams = await open(200);
    for (const stream of streams) stream.resume();
    for (const stream of accepted) stream.end();
    const [last] = streams.slice(-1) as [Stream];
    last.destroy();
    await once(last, "close");
    expect(last.destroyed).toBe(true);
  });
});

it("C44 C4 1,000 WebSockets whose server vanishes are all told lost, once, and another dial works meanwhile", async () => {
  const welcome = { accept: () => () => ({ onFrame: () => {}, onClose: () => {} }) };
  const listener = await listenWebSocket({ port: 0, ...welcome });
  const other = await listenWebSocket({ port: 0, ...welcome });
  const socket = webSocket();
  const causes: CloseCause[] = [];
  let told: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    told = resolve;
  });
  const handler = {
    onFrame: () => {},
    onClose: (cause: CloseCause) => {
      if (causes.push(cause) === 1_000) told();
    },
  };
  const dial = (address: string): Promise<Socket> =>
    socket(address, handler, { signal: new AbortController().signal });
  for (let batch = 0; batch < 10; batch++)
    await Promise.all(Array.from({ length: 100 }, () => dial(listener.address)));
  const closed = listener.close();
  const survivor = await dial(other.address);
  await Promise.all([all, closed]);
  expect(causes.map(({ kind }) => kind)).toEqual(Array(1_000).fill("abnormal"));
  expect(survivor.send("still here")).toBe(true);
  await other.close();
});

it("an address with TLS is dialled as ever", async () => {
  const { signal } = new AbortController();
  const handler = { onFrame: () => {}, onClose: () => {} };
  await expect(webSocket()("wss://127.0.0.1:1", handler, { signal })).rejects.toMatchObject({
    closeCause: { kind: "refused" },
  });
});
