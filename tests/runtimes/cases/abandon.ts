import { ensure, pass, same } from "../../contract/expect.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";
import { atMost, eventually } from "../timing.ts";

/** A ping every so often, and so long to answer it, in milliseconds. */
const HEARTBEAT = { intervalMs: 400, timeoutMs: 300 };
/** From the last sign of life of a half-open peer to the connection that replaces its own, in milliseconds. */
const REPLACED_MS: number = HEARTBEAT.intervalMs + HEARTBEAT.timeoutMs + 1_000;

/** What is promised when the peer goes mute and its TCP connection stays. */
export function abandonCases({ drop, leftOpenMs }: Features): RuntimeCase[] {
  return [
    {
      scenario: "C15",
      name: "a mute peer's connection is replaced at once when asked to, and nobody waits for its close",
      run: async (bench) => {
        const server = await bench.open("mute-once");
        const life = bench.dial(server.address);
        await life.ready();
        const askedMs = performance.timeOrigin + performance.now();
        life.connection.reconnect();
        await life.ready(2);
        atMost((life.dialledAtMs[1] ?? Infinity) - askedMs, 50, "the next dial");
      },
    },
    {
      scenario: "C15",
      name: drop
        ? "an abandoned socket is dropped: the server sees its TCP connection end, and one live socket at a time"
        : "deviation: an abandoned socket cannot be dropped: it is counted, and its TCP connection stays",
      run: async (bench) => {
        const server = await bench.open("mute-once");
        const life = bench.dial(server.address);
        await life.ready();
        life.connection.reconnect();
        same(life.connection.stats().abandoned, drop ? 0 : 1, "the abandoned sockets at once");
        await life.ready(2);
        if (drop) same((await server.until({ open: 1 }, 1_000)).mostOpen, 1, "the most at once");
        else same((await server.seen()).open, 2, "the connections");
        await server.close();
        await eventually("no abandoned socket", () => life.connection.stats().abandoned === 0);
      },
    },
    {
      scenario: "C16",
      name: "a close frame after which TCP is left open: the connection is replaced as a mute peer's is",
      run: async (bench) => {
        const server = await bench.open("closes-4001-left-open-once");
        const life = bench.dial(server.address, { heartbeat: HEARTBEAT });
        await life.ready(2);
        const [first, second] = (await server.seen()).connections;
        atMost((second?.openedAtMs ?? Infinity) - (first?.openedAtMs ?? 0), REPLACED_MS, "the replacement");
        same(life.downs.length, 1, "the failures");
      },
    },
    leftOpen(leftOpenMs),
    {
      scenario: "C27",
      name: "a half-open peer is found out and replaced within ping interval, pong timeout and a second",
      run: async (bench) => {
        const server = await bench.open("mute-once");
        const life = bench.dial(server.address, { heartbeat: HEARTBEAT });
        await life.ready();
        const { cause } = await life.down();
        same(cause.kind, "mute", "the kind");
        await life.ready(2);
        const [first, second] = (await server.seen()).connections;
        atMost((second?.openedAtMs ?? Infinity) - (first?.openedAtMs ?? 0), REPLACED_MS, "the replacement");
        if (drop) same((await server.until({ open: 1 }, 1_000)).mostOpen, 1, "the most at once");
      },
    },
    {
      scenario: "C76",
      name: drop
        ? "one connection through every fault never has two live sockets"
        : "deviation: one connection through every fault has one live socket, and the mute ones that it abandoned",
      run: async (bench) => {
        const server = await bench.open("chaos");
        const timeouts = { connectTimeoutMs: 200, readyTimeoutMs: 200 };
        const life = bench.dial(server.address, {
          ...timeouts,
          heartbeat: { intervalMs: 200, timeoutMs: 150 },
        });
        await life.until("the calm after it", () => life.said.includes("calm"), 12_000);
        const { abandoned } = life.connection.stats();
        if (drop) {
          const { mostOpen } = await server.until({ open: 1 }, 1_000);
          return same([mostOpen, abandoned], [1, 0], "the most at once, and the abandoned");
        }
        const { open } = await server.seen();
        // Two mute ones, and where the runtime keeps it the one whose close frame was not followed by a FIN.
        ensure(
          open >= 3 && open <= 1 + abandoned && abandoned <= 3,
          `${open} open and ${abandoned} abandoned`,
        );
      },
    },
  ];
}

function leftOpen(toldMs: number | undefined): RuntimeCase {
  return {
    scenario: "C16",
    name:
      toldMs === undefined
        ? "deviation: a close frame after which TCP is left open is not told: only a heartbeat finds it out"
        : "a close frame after which TCP is left open is told with its code, without a heartbeat",
    run: async (bench) => {
      const server = await bench.open("closes-4001-left-open-once");
      const life = bench.dial(server.address);
      await life.ready();
      if (toldMs !== undefined) {
        const { cause, atMs } = await life.down();
        same([cause.kind, cause.code], ["closed", 4001], "the cause");
        atMost(atMs - (life.readyAtMs[0] ?? 0), toldMs + 100, "the telling");
        return life.ready(2);
      }
      await pass(2_500);
      const told = life.downs.map(({ cause, atMs }) => [cause.message, atMs - (life.readyAtMs[0] ?? 0)]);
      same([told, life.connection.send("say", { text: "late" })], [[], "queued"], "what is told");
    },
  };
}
