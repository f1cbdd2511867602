import type { Clock } from "../clock.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import { causeOfClose } from "../socket/close-cause.ts";
import type { Deliver, MemorySocket } from "../socket/memory.ts";
import { type MemoryCarrier, type MemoryNetwork, memoryOver } from "../socket/memory-network.ts";

/** How a test network behaves before a test interferes. */
export interface TestNetworkOptions {
  /** Whose time passes while frames travel. */
  clock: Clock;
  /** One way, in milliseconds. @default 1 */
  latencyMs?: number;
}

/** A network in memory whose faults a test injects. Addresses are matched by a part of them. */
export interface TestNetwork extends MemoryNetwork {
  /** Dials so far, by address, and when. */
  readonly dials: ReadonlyArray<{
    readonly address: string;
    readonly atMs: number;
  }>;
  /** Pairs whose dialler's end is still open, to addresses that contain `part`. */
  live(part?: string): number;
  /** From now on dials to such addresses fail with this cause; `undefined` ends it. */
  refuse(part: string, cause: CloseCause | undefined): void;
  /** From now on dials to such addresses are never answered, or are again. */
  silence(part: string, silent: boolean): void;
  /** Ends such connections: both sides see an abnormal end. */
  drop(part?: string): number;
  /** Such connections go half-open: nothing arrives any more, and nobody is told. */
  mute(part?: string): number;
}

interface Pair {
  readonly address: string;
  readonly near: MemorySocket;
  readonly far: MemorySocket;
  readonly carrier: MutableCarrier;
}

interface MutableCarrier extends MemoryCarrier {
  muted: boolean;
}

/**
 * A network in memory with latency on a test's clock and faults on command.
 *
 * @example
 * ```ts
 * import { createManualClock, createTestNetwork } from "@holdfast/core/testing";
 *
 * const clock = createManualClock();
 * const network = createTestNetwork({ clock, latencyMs: 5 });
 * network.listen("ws://server", () => () => ({ onFrame: () => {}, onClose: () => {} }));
 * network.refuse("/global", { kind: "refused", message: "The server is down" });
 * ```
 */
export function createTestNetwork({ clock, latencyMs = 1 }: TestNetworkOptions): TestNetwork {
  const dials: Array<{ address: string; atMs: number }> = [];
  const refused = new Map<string, CloseCause>();
  const silent = new Set<string>();
  const pairs = new Set<Pair>();

  const network = memoryOver<MutableCarrier>({
    meet(address) {
      for (const [part, cause] of refused) if (address.includes(part)) return cause;
      for (const part of silent) if (address.includes(part)) return "silence";
      return "connect";
    },
    carry(address) {
      dials.push({ address, atMs: clock.now() });
      const deliver: Deliver = (task) => void clock.setTimer(() => !carrier.muted && task(), latencyMs);
      const carrier: MutableCarrier = {
        there: deliver,
        back: deliver,
        muted: false,
      };
      return carrier;
    },
    joined: (address, near, far, carrier) => void pairs.add({ address, near, far, carrier }),
  });
  const matching = (part: string): Pair[] => {
    for (const pair of pairs) if (pair.near.ended && pair.far.ended) pairs.delete(pair);
    return [...pairs].filter(({ address }) => address.includes(part));
  };

  return {
    ...network,
    dials,
    live: (part = "") => matching(part).filter(({ near, carrier }) => near.open && !carrier.muted).length,
    refuse(part, cause) {
      if (cause === undefined) refused.delete(part);
      else refused.set(part, cause);
    },
    silence(part, on) {
      if (on) silent.add(part);
      else silent.delete(part);
    },
    drop(part = "") {
      const dropped = matching(part);
      for (const { near, far } of dropped) {
        near.end(causeOfClose(1006));
        far.end(causeOfClose(1006));
      }
      return dropped.length;
    },
    mute(part = "") {
      const muted = matching(part);
      for (const { carrier } of muted) carrier.muted = true;
      return muted.length;
    },
  };
}
