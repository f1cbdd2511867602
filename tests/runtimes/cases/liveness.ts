import { ensure, pass, same } from "../../contract/expect.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";

/** How long flapping is looked at: 100 s, at a fiftieth of the defaults. */
const FLAPPING_MS = 2_000;
const MAX_ATTEMPTS = 12;

/** What is promised of a connection that is up, and of one that cannot stay up. */
export function livenessCases({ transportPing }: Features): RuntimeCase[] {
  return [
    {
      scenario: "C37",
      name: `an idle peer that answers ${transportPing ? "protocol-level pings" : "the protocol's ping"} is left alone`,
      run: async (bench) => {
        const server = await bench.open("proper");
        const life = bench.dial(server.address, { heartbeat: { intervalMs: 150, timeoutMs: 400 } });
        await life.ready();
        await pass(1_000);
        same([life.downs.length, life.dialledAtMs.length], [0, 1], "failures and dials");
        const { connections } = await server.seen();
        ensure(transportPing || (connections[0]?.texts ?? 0) >= 5, "pings to have arrived");
      },
    },
    {
      scenario: "C38",
      name: `a server that accepts and drops at once is dialled at most ${MAX_ATTEMPTS} times in 100 s, at 1:50 in 2 s`,
      run: async (bench) => {
        const server = await bench.open("flaps");
        const life = bench.dial(server.address, {
          backoff: { baseMs: 20, maxMs: 1_200 },
          stableAfterMs: 200,
        });
        await pass(FLAPPING_MS);
        const { connections, mostOpen } = await server.seen();
        ensure(connections.length <= MAX_ATTEMPTS, `at most ${MAX_ATTEMPTS} attempts: ${connections.length}`);
        same(mostOpen, 1, "the most at once");
        same(life.connection.stats().failures, life.downs.length, "failures that still count");
        const waits = life.downs.map(({ retryInMs }) => retryInMs);
        const last = waits.at(-1) ?? 0;
        // The wait after the first failure is at most 20 ms; the seventh failure comes before 1.3 s.
        ensure(
          waits.length >= 7 && last >= 240,
          `a wait that still grows: ${waits.map(Math.round).join(" ")}`,
        );
      },
    },
  ];
}
