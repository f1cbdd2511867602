import { ensure, same } from "../../contract/expect.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";

/** What is promised when the upgrade is answered with another status than 101. */
export function refusalCases({ refusal }: Features): RuntimeCase[] {
  return [
    ...([401, 403] as const).map((status) => unauthorized(status, refusal !== "hidden")),
    ...([429, 503] as const).map((status) => busy(status, refusal)),
    ...([200, 302, 404, 500] as const).map((status) => rejected(status, refusal !== "hidden")),
  ];
}

function unauthorized(status: 401 | 403, shown: boolean): RuntimeCase {
  return {
    scenario: "C12",
    name: shown
      ? `HTTP ${status} ends the connection as unauthorized`
      : `deviation: HTTP ${status} is not shown: a refused dial, which is tried again`,
    run: async (bench) => {
      const server = await bench.open(`refuses-${status}`);
      const life = bench.dial(server.address);
      if (!shown) {
        same((await life.down()).cause.kind, "refused", "the kind");
        await life.down(1);
        same(life.ended, undefined, "the end");
        return;
      }
      const { kind, status: told } = await life.connection.closed;
      same([kind, told], ["unauthorized", status], "the cause");
      same((await server.seen()).connections.length, 1, "the connections");
    },
  };
}

function busy(status: 429 | 503, refusal: Features["refusal"]): RuntimeCase {
  const names = {
    full: `HTTP ${status} is busy, and Retry-After is waited for`,
    status: `deviation: HTTP ${status} is busy, but Retry-After is not shown: only the backoff is waited for`,
    hidden: `deviation: HTTP ${status} and Retry-After are not shown: a refused dial, and only the backoff`,
  };
  return {
    scenario: "C12",
    name: names[refusal],
    run: async (bench) => {
      const server = await bench.open(`busy-${status}-once`);
      const life = bench.dial(server.address);
      const { cause, retryInMs } = await life.down();
      const isBusy = refusal !== "hidden";
      same([cause.kind, cause.status], isBusy ? ["busy", status] : ["refused", undefined], "the cause");
      await life.ready();
      const [first, second] = (await server.seen()).connections;
      const waitedMs = (second?.openedAtMs ?? 0) - (first?.openedAtMs ?? 0);
      if (refusal === "full") ensure(waitedMs >= 1_000, `a wait of at least 1000 ms, and not ${waitedMs}`);
      else same(retryInMs, 20, "the wait");
    },
  };
}

function rejected(status: 200 | 302 | 404 | 500, shown: boolean): RuntimeCase {
  return {
    scenario: "C13",
    name: shown
      ? `HTTP ${status} instead of 101 is a failed attempt that tells its status`
      : `deviation: HTTP ${status} instead of 101 is a failed attempt, whose status is not shown`,
    run: async (bench) => {
      const server = await bench.open(`answers-${status}-once`);
      const life = bench.dial(server.address);
      const { cause } = await life.down();
      same([cause.kind, cause.status], shown ? ["rejected", status] : ["refused", undefined], "the cause");
      await life.ready();
      // A redirect that is followed would have asked for another path.
      const paths = (await server.seen()).connections.map(({ path }) => path);
      same(paths, ["/line", "/line"], "the paths asked for");
    },
  };
}
