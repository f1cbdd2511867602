import { beforeEach, describe, expect, test } from "vitest";
import type { CloseCause } from "../socket/close-cause.ts";
import type { Frame, Socket } from "../socket/socket.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { createTestNetwork, type TestNetwork, type TestNetworkOptions } from "./test-network.ts";

let clock: ManualClock;
let network: TestNetwork;
/** What both sides saw, with the moment. */
let log: string[];
let servers: Socket[];

function setUp(latencyMs?: TestNetworkOptions["latencyMs"]): void {
  clock = createManualClock();
  network = createTestNetwork({ clock, ...(latencyMs !== undefined && { latencyMs }) });
  log = [];
  servers = [];
  network.listen("ws://server", ({ path }) => (socket) => {
    servers.push(socket);
    return {
      onFrame: (frame) => note(`server ${path} got ${shown(frame)}`),
      onClose: (cause) => note(`server ${path} ended ${cause.code ?? cause.kind}`),
    };
  });
}
beforeEach(() => setUp(10));

const note = (line: string): void => void log.push(`${clock.now()} ${line}`);
const shown = (frame: Frame): string => (typeof frame === "string" ? frame : `bytes ${frame.join()}`);
const refusal: CloseCause = { kind: "refused", message: "down" };

async function dial(path: string): Promise<Socket | undefined> {
  const handler = {
    onFrame: (frame: Frame) => note(`client ${path} got ${shown(frame)}`),
    onPong: () => note(`client ${path} got a pong`),
    onClose: (cause: CloseCause) => note(`client ${path} ended ${cause.code ?? cause.kind}`),
  };
  const dialled = network.socket(`ws://server${path}`, handler, { signal: new AbortController().signal });
  let socket: Socket | undefined;
  dialled.then(
    (open) => {
      socket = open;
      note(`${path} open`);
    },
    ({ closeCause }) => note(`${path} failed ${closeCause.kind}`),
  );
  await clock.advance(20);
  return socket;
}

describe("latency", () => {
  test("a dial takes it there and back, and a frame one way", async () => {
    const socket = await dial("/a");
    socket?.send("hi");
    await clock.advance(10);
    expect(log).toEqual(["20 /a open", "30 server /a got hi"]);
  });

  test("C74 a function is asked for each delivery, and a faster frame never overtakes on its way", async () => {
    const given = [5, 5, 90, 1, 0.1, Number.NaN];
    const asked: string[] = [];
    setUp(({ address, way }) => {
      asked.push(`${way} ${address}`);
      return given.shift() ?? 7;
    });
    const socket = await dial("/a");
    for (const frame of ["slow", "fast", "faster", "odd"]) socket?.send(frame);
    servers[0]?.send("back");
    await clock.advance(200);
    expect(log).toEqual([
      "10 /a open",
      "27 client /a got back",
      "110 server /a got slow",
      "110 server /a got fast",
      "110 server /a got faster",
      "110 server /a got odd",
    ]);
    expect(asked.filter((line) => line === "there ws://server/a")).toHaveLength(5);
  });
});

describe("a dial", () => {
  test("is refused by a part of its address, or by a function of it, until that ends", async () => {
    const odd = (address: string): boolean => address.endsWith("1");
    network.refuse("/a", refusal);
    network.refuse(odd, { kind: "busy", message: "later", status: 503, retryAfterMs: 9 });
    for (const path of ["/a", "/b1", "/b2"]) await dial(path);
    network.refuse("/a", undefined);
    network.refuse(odd, undefined);
    for (const path of ["/a", "/b1"]) await dial(path);
    expect(log.map((line) => line.slice(line.indexOf(" ") + 1))).toEqual([
      "/a failed refused",
      "/b1 failed busy",
      "/b2 open",
      "/a open",
      "/b1 open",
    ]);
    expect(network.stats()).toMatchObject({ dials: 5, connected: 3, refused: 2 });
  });

  test("C1 is never answered while its address is silenced", async () => {
    network.silence("/a", true);
    await dial("/a");
    await clock.advance(3_600_000);
    expect([log, clock.pending]).toEqual([[], 0]);
    network.silence("/a", false);
    await dial("/a");
    expect(log).toHaveLength(1);
    expect(network.stats()).toMatchObject({ silenced: 1, connected: 1 });
  });

  test("C6 that is held arrives late, when it is let go, in the order of dialling", async () => {
    const all = (): boolean => true;
    network.hold(all, true);
    network.hold("/b", true);
    for (const path of ["/a", "/b", "/c"]) await dial(path);
    network.hold(all, false);
    await clock.advance(50);
    expect(log).toEqual(["70 /a open", "70 /c open"]);
    network.hold("/b", false);
    await clock.advance(50);
    expect(log.at(-1)).toBe("120 /b open");
    expect(network.stats().held).toBe(3);
  });
});

describe("a connection", () => {
  test("that is dropped ends at once on both sides, with what was on its way", async () => {
    const socket = await dial("/a");
    socket?.send("lost");
    expect(network.drop("/a")).toBe(1);
    await clock.advance(50);
    expect(log).toEqual(["20 /a open", "20 client /a ended abnormal", "20 server /a ended abnormal"]);
    expect([network.drop("/a"), network.live(), network.stats().dropped]).toEqual([0, 0, 1]);
  });

  test("C27 that is mute carries nothing, and nobody is told", async () => {
    const socket = await dial("/a");
    socket?.send("lost, for it is on its way");
    expect(network.mute("/a")).toBe(1);
    socket?.ping?.();
    servers[0]?.send("lost");
    await clock.advance(50);
    expect(log).toEqual(["20 /a open"]);
    expect([network.live(), network.stats().lost]).toEqual([0, 3]);
  });

  test("may be mute in one way only", async () => {
    const sockets = [await dial("/a"), await dial("/b")];
    network.mute("/a", "there");
    network.mute("/b", "back");
    for (const socket of sockets) socket?.send("up");
    for (const socket of servers) socket.send("down");
    await clock.advance(10);
    expect(log.slice(2)).toEqual(["50 server /b got up", "50 client /a got down"]);
  });

  test("C47 C73 that is closed has any code, behind what was sent before it", async () => {
    await dial("/a");
    servers[0]?.send("last");
    expect(network.close("/a", 1013, "try again later")).toBe(1);
    servers[0]?.send("too late");
    await clock.advance(50);
    expect(log).toEqual([
      "20 /a open",
      "20 server /a ended 1013",
      "30 client /a got last",
      "30 client /a ended 1013",
    ]);
    expect(network.close("/a", 1000)).toBe(0);
  });

  test("C63 C64 hears any frame as if the server had said it", async () => {
    await dial("/a");
    await dial("/b");
    expect(network.say("/a", "garbage")).toBe(1);
    expect(network.say((address) => address.endsWith("/a"), Uint8Array.of(1, 2))).toBe(1);
    await clock.advance(10);
    expect(log.slice(2)).toEqual(["50 client /a got garbage", "50 client /a got bytes 1,2"]);
    expect(network.stats().said).toBe(2);
  });
});

test("C82 connections that ended are not kept", async () => {
  for (let round = 0; round < 300; round++) {
    await dial(`/${round}`);
    if (round % 2 === 0) network.drop(`/${round}`);
  }
  expect([network.live(), network.stats().connected]).toEqual([150, 300]);
});
