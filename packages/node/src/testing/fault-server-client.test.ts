import type { CloseCause, DialError, Frame, Socket, SocketHandler } from "@holdfast/core";
import { createConnection } from "@holdfast/core";
import { teamProtocol } from "@holdfast/core/rtm";
import { afterEach, describe, expect, it } from "vitest";
import { webSocket } from "../web-socket.ts";
import { createFaultServer, type FaultServer, type FaultSteps } from "./fault-server.ts";
import type { FaultStep } from "./fault-step.ts";

const UPGRADE = { do: "upgrade" } as const satisfies FaultStep;
const servers: FaultServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(steps: FaultSteps): Promise<FaultServer> {
  const server = await createFaultServer({ steps });
  servers.push(server);
  return server;
}

/** What one dial with `webSocket()` comes to. */
interface Dialled {
  readonly frames: Frame[];
  /** The socket; rejects where there was none. */
  readonly socket: Promise<Socket>;
  /** Why it ended, or did not come to be. */
  readonly cause: Promise<CloseCause>;
}

function dial(server: FaultServer, { path = "/", signal = new AbortController().signal } = {}): Dialled {
  const frames: Frame[] = [];
  let onClose: SocketHandler["onClose"] = () => {};
  const ended = new Promise<CloseCause>((resolve) => {
    onClose = resolve;
  });
  const socket = webSocket()(
    server.address + path,
    { onFrame: (frame) => frames.push(frame), onClose },
    { signal },
  );
  const cause = socket.then(
    () => ended,
    (error: DialError) => error.closeCause,
  );
  return { frames, socket, cause };
}

describe("a dial meets", () => {
  it("C1 an upgrade that is never answered: nothing is told until it is aborted, and TCP ends", async () => {
    const server = await serve([{ do: "never-answer" }]);
    const dialling = new AbortController();
    const { cause } = dial(server, { signal: dialling.signal });
    await server.until("the request", () => server.connections[0]?.path === "/");
    dialling.abort();
    expect((await cause).kind).toBe("aborted");
    await server.until("the end of TCP", () => server.open === 0);
  });

  it("C2 a RST instead of an answer: refused", async () => {
    expect((await dial(await serve([{ do: "reset" }])).cause).kind).toBe("refused");
  });

  it("C4 a FIN instead of an answer: refused at once", async () => {
    expect((await dial(await serve([{ do: "end" }])).cause).kind).toBe("refused");
  });

  it("C2 bytes that are no HTTP: refused", async () => {
    const bytes = Buffer.from("SSH-2.0-OpenSSH\r\n\r\n");
    expect((await dial(await serve([{ do: "raw", bytes }])).cause).kind).toBe("refused");
  });

  it.each([
    ["C12", 401, {}, { kind: "unauthorized", status: 401 }],
    ["C12", 403, {}, { kind: "unauthorized", status: 403 }],
    ["C12", 404, {}, { kind: "rejected", status: 404 }],
    ["C12", 429, { "retry-after": "7" }, { kind: "busy", status: 429, retryAfterMs: 7_000 }],
    ["C12", 503, { "retry-after": "1" }, { kind: "busy", status: 503, retryAfterMs: 1_000 }],
    ["C13", 200, {}, { kind: "rejected", status: 200 }],
    ["C13", 302, { location: "ws://127.0.0.1:1/" }, { kind: "rejected", status: 302 }],
  ])("%s HTTP %i: its status and Retry-After are in the cause", async (_, status, headers, cause) => {
    const server = await serve([{ do: "refuse", status, headers }]);
    expect(await dial(server).cause).toMatchObject(cause);
    await server.until("the end of TCP", () => server.open === 0);
    expect(server.connections).toHaveLength(1);
  });

  it("an upgrade that comes byte by byte: it is open", async () => {
    const server = await serve([{ do: "upgrade", byteDelayMs: 0 }]);
    const { socket, cause } = dial(server);
    (await socket).close(3_001);
    await server.until("the close frame", () => server.connections[0]?.closeCode === 3_001);
    expect(await cause).toMatchObject({ kind: "closed", code: 3_001 });
  });
});

describe("an open socket meets", () => {
  it.each<[string, FaultStep, Partial<CloseCause>]>([
    ["C4 a FIN without a close frame", { do: "end" }, { kind: "abnormal" }],
    [
      "C16 a close frame, and TCP stays",
      { do: "close", code: 4444, leaveOpen: true },
      { kind: "closed", code: 4444 },
    ],
    ["C17 a close frame without a code", { do: "close" }, { kind: "abnormal" }],
    [
      "C47 a close that says later",
      { do: "close", code: 1013, reason: "full" },
      { kind: "busy", reason: "full" },
    ],
    ["C63 text that is not UTF-8", { do: "invalid-utf8" }, { kind: "abnormal" }],
    ["C66 a frame over its limit", { do: "oversized", bytes: 17 * 1024 * 1024 }, { kind: "too-large" }],
  ])("%s", async (_, step, cause) => {
    const server = await serve([UPGRADE, step]);
    expect(await dial(server).cause).toMatchObject(cause);
    await server.until("the end of TCP", () => server.open === 0);
  });

  it.each([0, 1_005, 1_006, 65_535])(
    "C17 close code %i, which must not be sent: one end, and no throw",
    async (code) => {
      const server = await serve([UPGRADE, { do: "close", code }]);
      expect((await dial(server).cause).kind).toBe("abnormal");
    },
  );

  it("C2 a RST: an abnormal end", async () => {
    const server = await serve([UPGRADE]);
    const { socket, cause } = dial(server);
    await socket;
    expect(server.inflict([{ do: "reset" }])).toBe(1);
    expect((await cause).kind).toBe("abnormal");
  });

  it("C15 a mute peer: its own close is unanswered, and terminate ends TCP", async () => {
    const server = await serve([UPGRADE, { do: "mute" }]);
    const { socket, cause } = dial(server);
    const open = await socket;
    open.close(1_000);
    await server.until("the close frame", () => server.connections[0]?.closeCode === 1_000);
    expect(server.open).toBe(1);
    open.terminate?.();
    await server.until("the end of TCP", () => server.open === 0);
    expect((await cause).kind).toBe("abnormal");
  });

  it("C64 frames of every kind: each message is whole, and in order", async () => {
    const bytes = Uint8Array.of(1, 2);
    const { frames, cause } = dial(
      await serve([
        UPGRADE,
        { do: "text", text: "" },
        { do: "fragments", text: "fragménts", bytes: 1 },
        { do: "drip", text: "drip", byteDelayMs: 0 },
        { do: "binary", bytes },
        { do: "text", text: "x".repeat(70_000) },
        { do: "close", code: 1000 },
      ]),
    );
    expect(await cause).toMatchObject({ kind: "closed", code: 1000 });
    expect(frames).toEqual(["", "fragménts", "drip", bytes, "x".repeat(70_000)]);
  });
});

it("C63 C64 C66 a connection goes on after what is invalid, binary or over its own limit", async () => {
  const server = await serve([
    UPGRADE,
    { do: "text", text: "no JSON" },
    { do: "binary", bytes: Uint8Array.of(1) },
    { do: "oversized", bytes: 2_000_000 },
    { do: "text", text: '{"type":"hello"}' },
  ]);
  await using team = createConnection({ protocol: teamProtocol, socket: webSocket(), url: server.address });
  let invalid = 0;
  team.on("invalid", () => invalid++);
  const hello = new Promise((resolve) => team.messages.on("hello", resolve));
  await team.connect();
  await hello;
  expect([invalid, server.connections.length]).toEqual([3, 1]);
});

describe("steps that change", () => {
  it("a function chooses by the connection, and use is for those that come", async () => {
    const server = await serve(({ path, number }) => [
      { do: "refuse", status: path === "/a" ? 404 : 500 + number },
    ]);
    expect(await dial(server, { path: "/a" }).cause).toMatchObject({ status: 404 });
    expect(await dial(server, { path: "/b" }).cause).toMatchObject({ status: 502 });
    server.use([{ do: "refuse", status: 200 }]);
    expect(await dial(server, { path: "/c" }).cause).toMatchObject({ status: 200 });
  });

  it("inflict ends a wait, and reaches every WebSocket that is open and nobody else", async () => {
    const server = await serve(({ path }) =>
      path === "/" ? [UPGRADE, { do: "wait", ms: 600_000 }] : [{ do: "never-answer" }],
    );
    const dialling = new AbortController();
    const { cause: asking } = dial(server, { path: "/other", signal: dialling.signal });
    const [one, two] = [dial(server), dial(server)];
    await Promise.all([one.socket, two.socket]);
    await server.until("all", () => server.connections.every(({ path }) => path !== ""));
    expect(server.inflict([{ do: "close", code: 1012 }])).toBe(2);
    for (const { cause } of [one, two]) expect(await cause).toMatchObject({ kind: "busy", code: 1012 });
    await server.until("both ends", () => server.open === 1);
    expect(server.inflict([{ do: "reset" }])).toBe(0);
    dialling.abort();
    expect((await asking).kind).toBe("aborted");
  });
});
