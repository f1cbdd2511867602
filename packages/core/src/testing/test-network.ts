import type { Clock } from "../clock.ts";
import { objectOption } from "../options.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import { causeOfClose } from "../socket/close-cause.ts";
import type { MemorySocket } from "../socket/memory.ts";
import { type MemoryNetwork, memoryOver } from "../socket/memory-network.ts";
import type { Frame } from "../socket/socket.ts";
import {
  checkCause,
  checkClock,
  checkClose,
  checkedWays,
  checkFrame,
  checkLatency,
  checkMatch,
  checkSwitch,
} from "./check-calls.ts";
import { type Delivery, TestCarrier, type Way } from "./test-carrier.ts";

/** How a test network behaves before a test interferes. */
export interface TestNetworkOptions {
  /** Whose time passes while frames travel. */
  clock: Clock;
  /**
   * One way, in milliseconds; a function is asked for each delivery. On one connection each way keeps its order.
   * @default 1
   */
  latencyMs?: number | ((delivery: Delivery) => number);
}

/** Which addresses: those that contain this text, or those for which this function says so. */
export type AddressMatch = string | ((address: string) => boolean);

/** What a test network did so far. */
export interface TestNetworkStats {
  /** Dials that were made. */
  readonly dials: number;
  /** Dials that led to a connection. */
  readonly connected: number;
  /** Dials that `refuse` refused. */
  readonly refused: number;
  /** Dials that `silence` left without an answer. */
  readonly silenced: number;
  /** Dials that `hold` made wait. */
  readonly held: number;
  /** Connections that `drop` ended. */
  readonly dropped: number;
  /** Connections that `close` closed. */
  readonly closed: number;
  /** Connections that `mute` made half-open. */
  readonly muted: number;
  /** Frames that `say` said. */
  readonly said: number;
  /** Deliveries that arrived: dials, answers, frames, pings and closes. */
  readonly delivered: number;
  /** Deliveries that were lost on a muted way. */
  readonly lost: number;
}

/** A network in memory whose faults a test injects. What a fault strikes is said by an {@linkcode AddressMatch}. */
export interface TestNetwork extends MemoryNetwork {
  /** Dials so far, by address, and when. */
  readonly dials: ReadonlyArray<{
    readonly address: string;
    readonly atMs: number;
  }>;
  /** Connections whose dialler's end is still open, and that are not half-open. */
  live(match?: AddressMatch): number;
  /** From now on such dials fail with this cause; `undefined` ends it, for the same text or function. */
  refuse(match: AddressMatch, cause: CloseCause | undefined): void;
  /** From now on such dials are never answered; `false` ends it, for the same text or function. */
  silence(match: AddressMatch, silent: boolean): void;
  /** From now on such dials wait on their way; `false` ends it, and those that waited arrive. */
  hold(match: AddressMatch, held: boolean): void;
  /** Ends such connections at once: both sides see an abnormal end. Returns how many. */
  drop(match?: AddressMatch): number;
  /**
   * Such connections go half-open: nothing arrives any more, and nobody is told. With a `way` only that one is
   * mute, and the other still carries. Returns how many.
   */
  mute(match?: AddressMatch, way?: Way): number;
  /** Closes such connections from the server's side, with any code, behind what is on its way. Returns how many. */
  close(match: AddressMatch, code: number, reason?: string): number;
  /** Says a frame on such connections as if the server had; any text or bytes. Returns on how many. */
  say(match: AddressMatch, frame: Frame): number;
  /** Figures so far. */
  stats(): TestNetworkStats;
}

interface Pair {
  readonly address: string;
  readonly near: MemorySocket;
  readonly far: MemorySocket;
  readonly carrier: TestCarrier;
}

/** A dial that is held on its way. */
interface Held {
  readonly address: string;
  readonly arrive: () => void;
}

/**
 * A network in memory with latency on a test's clock and faults on command. Its methods throw at the call, too.
 *
 * @throws {TypeError | RangeError} for a clock or a latency that is none, naming the option and its value.
 * @example
 * ```ts
 * import { createManualClock, createTestNetwork } from "@holdfast/core/testing";
 *
 * const clock = createManualClock();
 * const network = createTestNetwork({ clock, latencyMs: 5 });
 * network.listen("ws://server", () => () => ({ onFrame: () => {}, onClose: () => {} }));
 * network.refuse("/global", { kind: "refused", message: "The server is down" });
 * network.silence((address) => address.endsWith("/never"), true);
 * ```
 */
export function createTestNetwork(options: TestNetworkOptions): TestNetwork {
  objectOption("options", options);
  const { clock, latencyMs = 1 } = options ?? ({} as TestNetworkOptions);
  checkClock(clock);
  checkLatency(latencyMs);
  const counts = {
    ...{ connected: 0, refused: 0, silenced: 0, held: 0, dropped: 0, closed: 0, muted: 0, said: 0 },
    ...{ delivered: 0, lost: 0 },
  };
  const dials: Array<{ address: string; atMs: number }> = [];
  const refused = new Map<AddressMatch, CloseCause>();
  const silent = new Set<AddressMatch>();
  const holds = new Set<AddressMatch>();
  let held: Held[] = [];
  let pairs: Pair[] = [];
  let sweepAt = 64;

  const sweep = (): void => {
    pairs = pairs.filter(({ near, far }) => !near.ended || !far.ended);
    sweepAt = 2 * pairs.length + 64;
  };
  const arrived = (address: string, arrive: () => void): void => {
    if (!some(holds, address)) return arrive();
    counts.held++;
    held.push({ address, arrive });
  };
  const network = memoryOver<TestCarrier>({
    meet(address) {
      for (const [match, cause] of refused) {
        if (!matches(match, address)) continue;
        counts.refused++;
        return cause;
      }
      if (!some(silent, address)) return "connect";
      counts.silenced++;
      return "silence";
    },
    carry(address) {
      dials.push({ address, atMs: clock.now() });
      return new TestCarrier({ clock, latencyMs, counts, arrived }, address);
    },
    joined(address, near, far, carrier) {
      counts.connected++;
      pairs.push({ address, near, far, carrier });
      if (pairs.length >= sweepAt) sweep();
    },
  });
  const matching = (match: AddressMatch): Pair[] => {
    checkMatch(match);
    sweep();
    return pairs.filter(({ address }) => matches(match, address));
  };

  return {
    ...network,
    dials,
    live: (match = "") =>
      matching(match).filter(({ near, carrier }) => near.open && carrier.muted.size === 0).length,
    refuse(match, cause) {
      checkMatch(match);
      if (cause !== undefined) checkCause(cause);
      if (cause === undefined) refused.delete(match);
      else refused.set(match, cause);
    },
    silence(match, on) {
      checkMatch(match);
      checkSwitch("silent", on);
      if (on) silent.add(match);
      else silent.delete(match);
    },
    hold(match, on) {
      checkMatch(match);
      checkSwitch("held", on);
      if (on) return void holds.add(match);
      holds.delete(match);
      const released = held.filter(({ address }) => !some(holds, address));
      held = held.filter(({ address }) => some(holds, address));
      for (const { arrive } of released) clock.setTimer(arrive, 0);
    },
    drop(match = "") {
      const dropped = matching(match);
      counts.dropped += dropped.length;
      for (const { near, far } of dropped) {
        near.end(causeOfClose(1006));
        far.end(causeOfClose(1006));
      }
      return dropped.length;
    },
    mute(match = "", way) {
      const ways = checkedWays(way);
      const muted = matching(match);
      counts.muted += muted.length;
      for (const { carrier } of muted) for (const one of ways) carrier.muted.add(one);
      return muted.length;
    },
    close(match, code, reason) {
      checkClose(code, reason);
      const closed = matching(match).filter(({ far }) => far.open);
      counts.closed += closed.length;
      for (const { near, far, carrier } of closed) {
        // Not by `far.close`, which sends only the codes that an endpoint may send.
        carrier.back(() => near.end(causeOfClose(code, reason)));
        far.end(causeOfClose(code, reason));
      }
      return closed.length;
    },
    say(match, frame) {
      checkFrame(frame);
      const said = matching(match).filter(({ far }) => far.send(frame)).length;
      counts.said += said;
      return said;
    },
    stats: () => ({ dials: dials.length, ...counts }),
  };
}

function matches(match: AddressMatch, address: string): boolean {
  return typeof match === "string" ? address.includes(match) : match(address);
}

function some(list: Iterable<AddressMatch>, address: string): boolean {
  for (const match of list) if (matches(match, address)) return true;
  return false;
}
