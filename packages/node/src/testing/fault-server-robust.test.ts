import { connect, type Socket as Stream } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFaultServer, type FaultServer, type FaultSteps } from "./fault-server.ts";
import { frame, OPCODE } from "./frame.ts";

const REQUEST =
  "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: abc\r\n\r\n";
const uncaught = vi.fn();
const servers: FaultServer[] = [];
const streams: Stream[] = [];

beforeEach(() => {
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", uncaught);
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map(gone));
  for (const server of servers.splice(0)) await server.close();
  process.off("uncaughtException", uncaught);
  process.off("unhandledRejection", uncaught);
  expect(uncaught).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

async function serve(...options: Parameters<typeof createFaultServer>): Promise<FaultServer> {
  const server = await createFaultServer(...options);
  servers.push(server);
  return server;
}

/** Writes this, and then that once something has come; gives all that comes until the server ends. */
async function say(server: FaultServer, said: string | Uint8Array, then?: Uint8Array): Promise<string> {
  const stream = dial(server);
  stream.write(said);
  if (then !== undefined) stream.once("data", () => stream.write(then));
  let received = "";
  stream.on("data", (bytes) => {
    received += bytes.toString("latin1");
  });
  await new Promise((resolve) => stream.on("close", resolve));
  return received;
}

/** A close frame as `say` gives it. */
function closeText(code: number): string {
  return String.fromCharCode(0x88, 2, code >> 8, code & 255);
}

function dial(server: FaultServer): Stream {
  const stream = connect(Number(new URL(server.address).port), "127.0.0.1");
  stream.on("error", () => {});
  streams.push(stream);
  return stream;
}

function gone(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) return resolve();
    stream.once("close", () => resolve()).destroy();
  });
}

/** A masked frame, with a mask of zeros, which leaves the payload as it is. */
function masked(opcode: number, payload: string | Uint8Array, isFinal = true): Buffer {
  const [first = 0, second = 0, ...rest] = frame(opcode, Buffer.from(payload), isFinal);
  const size = second === 126 ? 2 : second === 127 ? 8 : 0;
  return Buffer.from([first, second | 0x80, ...rest.slice(0, size), 0, 0, 0, 0, ...rest.slice(size)]);
}

describe("hostile diallers do it no harm", () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ["bytes that are no HTTP", Uint8Array.of(0x16, 3, 1, 0, 0xee), /^HTTP\/1.1 400 /],
    ["a word that goes on for ever", "A".repeat(100), /^HTTP\/1.1 400 /],
    ["a request line that is none", "GET /\r\n\r\n", /^HTTP\/1.1 400 /],
    ["a header that is none", "GET / HTTP/1.1\r\nno colon\r\n\r\n", /^HTTP\/1.1 400 /],
    ["a header of 64 KiB", `GET / HTTP/1.1\r\nx: ${"x".repeat(65_536)}`, /^HTTP\/1.1 431 /],
    ["a plain request", "GET / HTTP/1.1\r\nhost: x\r\n\r\n", /^HTTP\/1.1 400 /],
  ])("%s", async (_, said, answer) => {
    const server = await serve();
    expect(await say(server, said)).toMatch(answer);
    // Where nothing of it could be read, nothing is told of it.
    expect(server.connections).toHaveLength(1);
    await server.until("its end", () => server.open === 0);
  });

  it.each<[string, Uint8Array, number]>([
    ["an unmasked frame", frame(OPCODE.text, Buffer.from("hi")), 1002],
    ["reserved bits", masked(OPCODE.text | 0x40, "hi"), 1002],
    ["a reserved opcode", masked(3, ""), 1002],
    ["a reserved control opcode", masked(11, ""), 1002],
    ["a fragmented ping", masked(OPCODE.ping, "x", false), 1002],
    ["a ping of 126 bytes", masked(OPCODE.ping, "x".repeat(126)), 1002],
    ["a continuation of nothing", masked(OPCODE.continuation, "x"), 1002],
    [
      "a message inside a message",
      Buffer.concat([masked(OPCODE.text, "x", false), masked(OPCODE.text, "x")]),
      1002,
    ],
    ["a close frame of one byte", masked(OPCODE.close, "x"), 1002],
    ["text that is not UTF-8", masked(OPCODE.text, Uint8Array.of(0xff)), 1007],
    ["a frame of 2^60 bytes", Buffer.from([0x81, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])("%s is answered with its close code", async (_, bytes, code) => {
    const server = await serve();
    expect(await say(server, REQUEST, bytes)).toSatisfy((said: string) => said.endsWith(closeText(code)));
  });

  it("a frame that did not wait for the 101 is answered after it", async () => {
    const said = Buffer.concat([Buffer.from(REQUEST), frame(OPCODE.text, Buffer.from("unmasked"))]);
    expect((await say(await serve(), said)).split("\r\n\r\n")[1]).toBe(closeText(1002));
  });

  it.each([
    ["nothing", "", "fin"],
    ["nothing", "", "reset"],
    ["half a request", "GET / HT", "fin"],
    ["a request", REQUEST, "fin"],
    ["a request", REQUEST, "reset"],
    ["half a frame", `${REQUEST}\x81`, "fin"],
    ["half a frame", `${REQUEST}\x81`, "reset"],
  ])("%s, and then the end (%#)", async (_, said, endedBy) => {
    const server = await serve();
    const stream = dial(server);
    stream.on("data", () => {});
    await new Promise((resolve) => stream.once("connect", resolve));
    stream.write(said);
    const path = said.startsWith(REQUEST) ? "/" : "";
    await server.until("it", () => server.connections[0]?.path === path);
    if (endedBy === "fin") stream.end();
    else stream.resetAndDestroy();
    await server.until("its end", () => server.open === 0);
    expect(server.connections[0]?.endedBy).toBe(endedBy);
  });

  it("one that asks and never reads the answers is dropped", async () => {
    const server = await serve({ onText: (text) => Array(64).fill(text) });
    const stream = dial(server);
    stream.write(REQUEST);
    stream.once("data", () => {
      stream.pause();
      const text = masked(OPCODE.text, "x".repeat(60_000));
      for (let count = 0; count < 40; count++) stream.write(text);
    });
    await server.until("its end", () => server.open === 0 && server.connections.length === 1);
  });
});

it("inflict resets a connection that is stuck inside a frame, and sees it gone", async () => {
  const server = await serve({ steps: [{ do: "upgrade" }, { do: "oversized", bytes: 200_000_000 }] });
  const stream = dial(server);
  stream.write(REQUEST);
  await new Promise((resolve) => stream.once("data", resolve));
  stream.pause();
  // A chunk takes a turn or two, and both systems together keep far fewer than a thousand.
  for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(server.inflict([{ do: "reset" }])).toBe(1);
  await server.until("its end", () => server.open === 0);
  expect(server.connections[0]?.endedBy).toBeUndefined();
});

describe("what a test gives it wrongly", () => {
  it.each<[string, FaultSteps]>([
    ["throws", () => JSON.parse("no")],
    ["gives no steps", () => [{ do: "texts" } as never]],
  ])("a function of steps that %s refuses with 500 and tells the console", async (_, steps) => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await say(await serve({ steps }), REQUEST)).toMatch(/^HTTP\/1.1 500 /);
    expect(told).toHaveBeenCalledOnce();
    expect(told).toHaveBeenCalledWith(expect.stringMatching(/^Steps of a fault server failed: /));
  });

  it.each<[string, () => string[]]>([
    ["throws", () => JSON.parse("no")],
    ["promises its answers", () => Promise.resolve(["x"]) as never],
    ["answers with what is no text", () => [7] as never],
  ])("an onText that %s closes with 1011 and tells the console", async (_, onText) => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    const server = await serve({ onText });
    const said = await say(server, REQUEST, masked(OPCODE.text, "hi"));
    expect(said.split("\r\n\r\n")[1]).toBe(closeText(1011));
    expect(told).toHaveBeenCalledWith(expect.stringMatching(/^onText of a fault server failed: /));
  });

  it("bad options are named, with their value", async () => {
    const bad = (options: object) => expect(createFaultServer(options)).rejects;
    await bad({ port: -1 }).toThrow("Option port must be between 0 and 65535: got -1");
    await bad({ port: "80" }).toThrow("Option port must be a number: got 80");
    await bad({ host: 7 }).toThrow("Option host must be a string: got 7");
    await bad({ onText: "x" }).toThrow("Option onText must be a function: got x");
    await bad({ steps: { do: "mute" } }).toThrow("Option steps must be a list of at least one step");
    const server = await serve();
    expect(() => server.use([])).toThrow("Option steps must be a list of at least one step: got []");
    expect(() => server.inflict([{ do: "upgrade" }])).toThrow("Option steps[0] must not answer the request");
    await expect(server.until("x", () => true, -1)).rejects.toThrow("Option ms must be between");
    const port = Number(new URL(server.address).port);
    await expect(createFaultServer({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("close", () => {
  /** The TCP handles of this process. Vitest has none. */
  const handles = async (): Promise<string[]> => {
    // A handle that was closed is counted until the loop has turned.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    return process.getActiveResourcesInfo().filter((name) => /^TCP(Socket|Server)Wrap$/.test(name));
  };
  /** Counts the timers that are set from now on and were not cleared. */
  const countTimers = (): (() => number) => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    return () => {
      expect(set).toHaveBeenCalled();
      const gone = new Set<unknown>(cleared.mock.calls.map(([timer]) => timer));
      return set.mock.results.filter(({ value }) => !gone.has(value)).length;
    };
  };

  it("leaves no timer and no handle, whatever its peers are at", async () => {
    const timers = countTimers();
    const server = await serve({
      steps: ({ path }) => [
        { do: "upgrade" },
        ...(path === "/wait" ? [{ do: "wait", ms: 60_000 } as const] : []),
        ...(path === "/drip" ? [{ do: "drip", text: "slow", byteDelayMs: 60_000 } as const] : []),
        ...(path === "/oversized" ? [{ do: "oversized", bytes: 200_000_000 } as const] : []),
        ...(path === "/mute" ? [{ do: "mute" } as const] : []),
        ...(path === "/pause" ? [{ do: "stop-reading" } as const] : []),
      ],
    });
    const paths = ["/wait", "/drip", "/oversized", "/mute", "/pause", "/proper"];
    for (const path of paths) dial(server).write(REQUEST.replace("/ ", `${path} `));
    dial(server).write("GET / half a request");
    const all = () => server.connections.filter(({ path }) => path !== "").length === paths.length;
    await server.until("all", () => all() && server.open === paths.length + 1);
    const never = server.until("what never comes", () => false);
    const twice = [server.close(), server[Symbol.asyncDispose]()];
    await expect(never).rejects.toThrow("Waited for what never comes: the fault server was closed");
    await Promise.all(twice);
    expect(server.open).toBe(0);
    expect(server.inflict([{ do: "reset" }])).toBe(0);
    await Promise.all(streams.splice(0).map(gone));
    expect([timers(), await handles()]).toEqual([0, []]);
    await expect(server.until("x", () => false)).rejects.toThrow("the fault server is closed");
  });

  it("leaves no timer when the function that chooses the steps closes the server", async () => {
    const timers = countTimers();
    const server = await serve({
      steps: () => {
        void server.close();
        return [{ do: "wait", ms: 60_000 }];
      },
    });
    const seen = server.until("the request", () => server.connections[0]?.path === "/");
    await say(server, REQUEST);
    await Promise.all([seen, server.close()]);
    expect([timers(), await handles()]).toEqual([0, []]);
  });
});

it("until rejects after its time, and with what the condition throws", async () => {
  const server = await serve();
  await expect(server.until("a miracle", () => false, 1)).rejects.toThrow(
    "Waited for a miracle: not so within 1 ms",
  );
  await expect(server.until("x", () => JSON.parse("no"))).rejects.toThrow(SyntaxError);
});
