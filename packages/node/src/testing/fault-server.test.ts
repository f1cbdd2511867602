import { connect, type Socket as Stream } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFaultServer, type FaultServer, type FaultServerOptions } from "./fault-server.ts";
import type { FaultStep } from "./fault-step.ts";
import { OPCODE } from "./frame.ts";

const UPGRADE = { do: "upgrade" } as const satisfies FaultStep;
const KEY = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];

/** A client on raw TCP, half-open like the server: it sees a FIN, and answers none. */
class RawDialler {
  readonly stream: Stream;
  received: Buffer = Buffer.alloc(0);
  endedBy: "fin" | "reset" | undefined;
  #changed: () => void = () => {};

  constructor(server: FaultServer) {
    this.stream = connect({
      port: Number(new URL(server.address).port),
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    this.stream.on("data", (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#changed();
    });
    this.stream.on("end", () => this.#end("fin"));
    this.stream.on("error", () => this.#end("reset"));
    this.stream.on("close", () => this.#changed());
  }

  /** A whole request, and what comes with it. */
  ask(path = "/", headers: readonly string[] = KEY, rest = ""): void {
    this.stream.write([`GET ${path} HTTP/1.1`, "Host: x", ...headers, "", rest].join("\r\n"));
  }

  /** One masked frame. */
  send(opcode: number, payload: Uint8Array | string = "", isFinal = true): void {
    this.stream.write(masked(opcode, payload, isFinal));
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** What came before the frames. */
  get head(): string {
    return this.received.toString("latin1").split("\r\n\r\n")[0] ?? "";
  }

  /** The frames that came, as `[first byte, payload]`. */
  get frames(): Array<[number, string]> {
    const frames: Array<[number, string]> = [];
    for (let at = this.head.length + 4; at + 1 < this.received.length; ) {
      const length = this.received[at + 1] ?? 0;
      const payload = this.received.subarray(at + 2, at + 2 + length).toString("latin1");
      frames.push([this.received[at] ?? 0, payload]);
      at += 2 + length;
    }
    return frames;
  }

  #end(by: "fin" | "reset"): void {
    this.endedBy ??= by;
    this.#changed();
  }
}

function masked(opcode: number, payload: Uint8Array | string, isFinal = true): Buffer {
  const bytes = Buffer.from(payload);
  const mask = [1, 2, 3, 4];
  const size = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
  const head = [(isFinal ? 0x80 : 0) | opcode, 0x80 | (size[0] ?? 0), ...size.slice(1), ...mask];
  return Buffer.from([...head, ...bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

const opened: Array<FaultServer | RawDialler> = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    if (one instanceof RawDialler) one.stream.destroy();
    else await one.close();
  }
  vi.restoreAllMocks();
});

async function serve(
  steps: FaultServerOptions["steps"],
  options: Partial<FaultServerOptions> = {},
): Promise<FaultServer> {
  const server = await createFaultServer({ ...(steps === undefined ? {} : { steps }), ...options });
  opened.push(server);
  return server;
}

function dial(server: FaultServer): RawDialler {
  const dialler = new RawDialler(server);
  opened.push(dialler);
  return dialler;
}

/** Dials, and asks for a WebSocket. */
function ask(server: FaultServer): RawDialler {
  const dialler = dial(server);
  dialler.ask();
  return dialler;
}

describe("a server without faults", () => {
  it("is a proper peer: upgrades, answers pings and texts, echoes a close and ends", async () => {
    const server = await serve(undefined, { onText: (text) => [text, "more"] });
    const dialler = dial(server);
    dialler.ask("/global?x=1", [...KEY, "X-Team: 7", "x-team: 8"]);
    dialler.send(OPCODE.ping, "early, before the 101");
    await dialler.until(() => dialler.received.includes("\r\n\r\n"));
    expect(dialler.head).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    dialler.send(OPCODE.ping, "beat");
    dialler.send(OPCODE.text, "hel", false);
    dialler.send(OPCODE.continuation, "lo");
    dialler.send(OPCODE.close, Buffer.of(4321 >> 8, 4321 & 255));
    await dialler.until(() => dialler.endedBy !== undefined);
    expect(dialler.frames.filter(([, text]) => !text.startsWith("early"))).toEqual([
      [0x8a, "beat"],
      [0x81, "hello"],
      [0x81, "more"],
      [0x88, "\x10\xe1"],
    ]);
    expect(dialler.endedBy).toBe("fin");
    dialler.stream.end();
    await server.until("the end", () => server.open === 0);
    const [seen] = server.connections;
    expect(seen).toMatchObject({ path: "/global?x=1", number: 1, texts: ["hello"], textCount: 1 });
    expect(seen).toMatchObject({ closeCode: 4321, endedBy: "fin" });
    expect(seen?.headers.get("x-team")).toBe("7, 8");
    expect(seen?.endedAtMs).toBeGreaterThanOrEqual(seen?.openedAtMs ?? Number.NaN);
  });

  it("answers a FIN with a FIN", async () => {
    const dialler = ask(await serve(undefined));
    dialler.stream.end();
    await dialler.until(() => dialler.endedBy !== undefined);
    expect(dialler.endedBy).toBe("fin");
  });
});

describe("each step on the wire", () => {
  it("never-answer reads the request, says nothing, and answers no FIN", async () => {
    const server = await serve([{ do: "never-answer" }]);
    const dialler = ask(server);
    await server.until("the request", () => server.connections[0]?.path === "/");
    dialler.stream.end();
    await server.until("the end", () => server.connections[0]?.endedBy === "fin");
    // A FIN would need one turn to go out and one to come in.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([server.open, dialler.received.length, dialler.endedBy]).toEqual([0, 0, undefined]);
    await server.close();
    await dialler.until(() => dialler.endedBy !== undefined);
  });

  it("refuse answers with a status, headers and a body, then ends", async () => {
    const headers = { "Retry-After": "7" };
    const dialler = ask(await serve([{ do: "refuse", status: 429, headers, body: "später" }]));
    await dialler.until(() => dialler.endedBy === "fin");
    expect(dialler.received.toString()).toBe(
      "HTTP/1.1 429 Refused\r\ncontent-length: 7\r\nconnection: close\r\nRetry-After: 7\r\n\r\nspäter",
    );
  });

  it.each<[string, FaultStep, Array<[number, string]>]>([
    ["text", { do: "text", text: "hi" }, [[0x81, "hi"]]],
    ["binary", { do: "binary", bytes: Uint8Array.of(0, 255) }, [[0x82, "\x00\xff"]]],
    [
      "fragments",
      { do: "fragments", text: "aé", bytes: 2 },
      [
        [0x01, "a\xc3"],
        [0x80, "\xa9"],
      ],
    ],
    ["fragments of nothing", { do: "fragments", text: "", bytes: 1 }, [[0x81, ""]]],
    ["drip", { do: "drip", text: "hi", byteDelayMs: 0 }, [[0x81, "hi"]]],
    ["invalid-utf8", { do: "invalid-utf8" }, [[0x81, "\xc3\x28"]]],
    ["raw", { do: "raw", bytes: Uint8Array.of(0xf1, 1, 65) }, [[0xf1, "A"]]],
    ["close without a code", { do: "close" }, [[0x88, ""]]],
    ["close with any code", { do: "close", code: 1006, reason: "no" }, [[0x88, "\x03\xeeno"]]],
  ])("%s is sent as it should be, and end sends a FIN", async (_, step, frames) => {
    const last: FaultStep[] = step.do === "close" ? [] : [{ do: "end" }];
    const dialler = ask(await serve([UPGRADE, step, ...last]));
    await dialler.until(() => dialler.endedBy === "fin");
    expect(dialler.frames).toEqual(frames);
  });

  it("upgrade sends its answer byte by byte, and no pong inside it or inside a drip", async () => {
    const server = await serve([
      { do: "upgrade", byteDelayMs: 0 },
      { do: "drip", text: "slowly", byteDelayMs: 0 },
    ]);
    const dialler = dial(server);
    let chunks = 0;
    dialler.stream.on("data", () => {
      chunks++;
      dialler.send(OPCODE.ping, "x");
    });
    dialler.ask();
    await dialler.until(() => dialler.frames.some(([first]) => first === 0x8a));
    expect(dialler.frames[0]).toEqual([0x81, "slowly"]);
    expect(chunks).toBeGreaterThan(100);
  });

  it("reset sends a RST and no FIN", async () => {
    const server = await serve([{ do: "reset" }]);
    const dialler = ask(server);
    await dialler.until(() => dialler.endedBy !== undefined);
    expect(dialler.endedBy).toBe("reset");
    await server.until("its end", () => server.open === 0);
    expect(server.connections[0]?.endedBy).toBeUndefined();
  });

  it.each<[string, FaultStep]>([
    ["mute", { do: "mute" }],
    ["close with leaveOpen", { do: "close", code: 4444, leaveOpen: true }],
  ])("after %s it reads on and answers no ping, no text, no close and no FIN", async (_, step) => {
    const onText = vi.fn(() => ["answer"]);
    const server = await serve([UPGRADE, { do: "text", text: "hello" }, step], { onText });
    const dialler = ask(server);
    await dialler.until(() => dialler.frames.length === (step.do === "close" ? 2 : 1));
    dialler.send(OPCODE.ping, "x");
    dialler.send(OPCODE.text, "are you there?");
    dialler.send(OPCODE.close, Buffer.of(3, 232));
    dialler.stream.end();
    await server.until("the FIN", () => server.connections[0]?.endedBy === "fin");
    expect(server.connections[0]).toMatchObject({ texts: ["are you there?"], closeCode: 1000 });
    expect(server.inflict([{ do: "text", text: "after the FIN" }])).toBe(1);
    await dialler.until(() => dialler.frames.at(-1)?.[1] === "after the FIN");
    expect([onText.mock.calls.length, dialler.endedBy]).toEqual([0, undefined]);
    expect(dialler.frames).toHaveLength(step.do === "close" ? 3 : 2);
  });

  it("mute leaves out what waited for its turn, and finishes the frame that was begun", async () => {
    const server = await serve([UPGRADE, { do: "drip", text: "slow", byteDelayMs: 600_000 }]);
    const dialler = ask(server);
    await dialler.until(() => dialler.received.includes("\r\n\r\n"));
    dialler.send(OPCODE.ping, "waits");
    dialler.send(OPCODE.text, "the ping was read");
    await server.until("the text", () => server.connections[0]?.textCount === 1);
    server.inflict([{ do: "mute" }]);
    server.inflict([{ do: "text", text: "last" }]);
    await dialler.until(() => dialler.frames.at(-1)?.[1] === "last");
    expect(dialler.frames.map(([, text]) => text)).toEqual(["slow", "last"]);
  });

  it("stop-reading lets what the dialler sends pile up, and goes on with its steps", async () => {
    const server = await serve([UPGRADE, { do: "stop-reading" }, { do: "text", text: "still here" }]);
    const dialler = ask(server);
    await dialler.until(() => dialler.frames.length === 1);
    // More than both systems buffer on the loopback.
    const taken = vi.fn();
    dialler.stream.write(Buffer.alloc(32_000_000), taken);
    dialler.stream.write(masked(OPCODE.text, "never read"));
    expect(server.inflict([{ do: "text", text: "more" }])).toBe(1);
    await dialler.until(() => dialler.frames.length === 2);
    expect(taken).not.toHaveBeenCalled();
    expect(server.connections[0]?.textCount).toBe(0);
  });

  it("wait lets time pass", async () => {
    const server = await serve([UPGRADE, { do: "wait", ms: 20 }, { do: "end" }]);
    const dialler = ask(server);
    await dialler.until(() => dialler.endedBy === "fin");
    expect(performance.now() - (server.connections[0]?.openedAtMs ?? Number.NaN)).toBeGreaterThanOrEqual(19);
  });

  it("while it waits it is a proper peer", async () => {
    const dialler = ask(await serve([UPGRADE, { do: "wait", ms: 600_000 }, { do: "text", text: "late" }]));
    await dialler.until(() => dialler.received.includes("\r\n\r\n"));
    dialler.send(OPCODE.ping, "now");
    dialler.send(OPCODE.close);
    await dialler.until(() => dialler.endedBy === "fin");
    expect(dialler.frames).toEqual([
      [0x8a, "now"],
      [0x88, ""],
    ]);
  });
});
