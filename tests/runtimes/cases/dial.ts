import { ensure, pass, same } from "../../contract/expect.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";
import { nowMs } from "../seen.ts";
import { around, atMost } from "../timing.ts";

/** What "at once" is, in milliseconds, where the other choice is a timeout of seconds. */
const AT_ONCE_MS = 500;
/** How long TCP may outlive what used it, in milliseconds. */
const TCP_MS = 1_000;

/** A label of more than 63 characters cannot be looked up: the resolver says so without a network. */
const NO_HOST = `ws://${"n".repeat(64)}.invalid`;

/** What is promised until a connection is ready. */
export function dialCases({ idleAfterDial }: Features): RuntimeCase[] {
  return [
    {
      scenario: "C1",
      name: "an upgrade that is never answered fails at the connect timeout, and is tried again",
      run: async (bench) => {
        const server = await bench.open("never-answers-once");
        const life = bench.dial(server.address, { connectTimeoutMs: 400 });
        await life.until("the dial", () => life.dialledAtMs.length === 1);
        // A timer of the runtime's own, for what is late on this machine and not in the connection.
        await pass(400 - (nowMs() - (life.dialledAtMs[0] ?? 0)));
        const dueAtMs = nowMs();
        const { cause, atMs } = await life.down();
        same(cause.kind, "timeout", "the kind");
        around(400 + atMs - dueAtMs, 400, 50, "the attempt");
        await life.ready();
        same([life.dialledAtMs.length, life.downs.length], [2, 1], "dials and failures");
      },
    },
    {
      scenario: "C1",
      name: "the TCP connection of an upgrade that is never answered is ended with the attempt",
      run: async (bench) => {
        const server = await bench.open("never-answers-once");
        const life = bench.dial(server.address, { connectTimeoutMs: 200 });
        await life.ready();
        const { connections } = await server.until({ open: 1 }, TCP_MS);
        const [given] = connections;
        atMost((given?.endedAtMs ?? Infinity) - (given?.openedAtMs ?? 0), 250, "the given up connection");
        same(connections.filter(({ path }) => path !== "").length, 2, "the requests");
      },
    },
    {
      scenario: "C1",
      name: "an upgrade answered byte by byte within the connect timeout is taken",
      run: async (bench) => {
        const life = bench.dial((await bench.open("answers-byte-by-byte")).address);
        await life.ready();
        same(life.downs.length, 0, "the failures");
      },
    },
    {
      scenario: "C6",
      name: "an upgrade that is answered after the connect timeout is never adopted",
      run: async (bench) => {
        const server = await bench.open("answers-late-once");
        const life = bench.dial(server.address, { connectTimeoutMs: 200 });
        await life.ready();
        await pass(500);
        same([life.readyAtMs.length, life.downs.length], [1, 1], "times ready, and failures");
        await server.until({ open: 1 }, TCP_MS);
      },
    },
    ...(["unused", "no host", "not-tls"] as const).map(
      (what): RuntimeCase => ({
        scenario: "C2",
        name: `${UNREACHABLE[what]} is a typed cause, and is tried again`,
        run: async (bench) => {
          const address = what === "no host" ? NO_HOST : await bench.address(what);
          const life = bench.dial(address);
          const { cause, retryInMs } = await life.down();
          same(cause.kind, "refused", "the kind");
          ensure(cause.message !== "" && retryInMs > 0, "a message and a wait");
          await life.down(1);
          same(life.dialledAtMs.length, 2, "the dials");
        },
      }),
    ),
    {
      scenario: "C2",
      name: "an answer that is not HTTP is a typed cause, and is tried again",
      run: async (bench) => {
        const life = bench.dial((await bench.open("not-http-once")).address);
        same((await life.down(0, AT_ONCE_MS)).cause.kind, "refused", "the kind");
        await life.ready();
      },
    },
    {
      scenario: "C3",
      name: "an open connection whose first message never comes fails at the ready timeout, and is replaced",
      run: async (bench) => {
        const server = await bench.open("no-hello-once");
        const life = bench.dial(server.address, { readyTimeoutMs: 300 });
        const { cause, atMs, wasReady } = await life.down();
        same([cause.kind, wasReady], ["not-ready", false], "the failure");
        ensure(atMs - (life.dialledAtMs[0] ?? 0) >= 300, "it to have had its time");
        await life.ready();
        same((await server.until({ open: 1 }, TCP_MS)).connections.length, 2, "the connections");
      },
    },
    {
      scenario: "C4",
      name: "an end before the first message is noticed at once",
      run: async (bench) => {
        const life = bench.dial((await bench.open("ends-before-hello-once")).address);
        const { cause, atMs } = await life.down();
        same(cause.kind, "abnormal", "the kind");
        atMost(atMs - (life.dialledAtMs[0] ?? 0), AT_ONCE_MS, "the attempt");
        await life.ready();
      },
    },
    {
      scenario: "C5",
      name: "close while the upgrade is awaited: no late open, and an end at once",
      run: async (bench) => {
        const server = await bench.open("never-answers");
        const life = bench.dial(server.address);
        await server.until({ asked: 1 });
        const beganMs = performance.now();
        same((await life.connection.close()).kind, "local", "the cause");
        atMost(performance.now() - beganMs, 50, "the close");
        await server.until({ ended: 1 }, TCP_MS);
        same([life.readyAtMs.length, life.dialledAtMs.length], [0, 1], "times ready, and dials");
      },
    },
    afterGivenUp(idleAfterDial),
  ];
}

/** A pool of connections may not know that nobody wants the one that it dials anew. */
function afterGivenUp(idle: Features["idleAfterDial"]): RuntimeCase {
  const names = {
    none: "a dial that was given up leaves no TCP connection and opens none",
    moment:
      "deviation: after a dial that was given up comes one TCP connection without a request, for a moment",
    kept: "deviation: after a dial that was given up comes one TCP connection without a request, for about 4 s",
  };
  return {
    scenario: "C5",
    name: names[idle],
    run: async (bench) => {
      const server = await bench.open("never-answers");
      const life = bench.dial(server.address);
      await server.until({ asked: 1 });
      await life.connection.close();
      await server.until({ ended: idle === "none" ? 1 : 2 }, idle === "kept" ? 6_000 : TCP_MS);
      await pass(100);
      const { connections, open } = await server.seen();
      same(
        [connections.map(({ path }) => path), open],
        [idle === "none" ? ["/line"] : ["/line", ""], 0],
        "seen",
      );
    },
  };
}

const UNREACHABLE = {
  unused: "a port where nothing listens",
  "no host": "a host that cannot be looked up",
  "not-tls": "a server that speaks no TLS",
} as const;
