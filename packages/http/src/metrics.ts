import type { ChannelHealth, ChannelServerStats } from "@holdfast/core/channels";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What each figure of the server is called, and what is said of it. */
const GAUGES: readonly [keyof ChannelServerStats, string, string][] = [
  ["channels", "open", "Channels that somebody listens to"],
  ["clients", "clients", "Listeners that are connected"],
  ["pendingAcks", "pending_acks", "Acknowledgements that emits wait for"],
  ["timers", "timers", "Timers that are set"],
];
const COUNTERS: readonly [keyof ChannelServerStats, string, string][] = [
  ["emitted", "events_emitted_total", "Events that were emitted"],
  ["delivered", "events_delivered_total", "Events that a listener's socket took"],
  ["acked", "acks_total", "Acknowledgements that an emit waited for"],
  ["ignoredAcks", "acks_ignored_total", "Acknowledgements that were late, repeated or foreign"],
  ["invalid", "frames_invalid_total", "Frames of listeners that make no sense"],
  ["unknown", "frames_unknown_total", "Frames of listeners whose type is unknown"],
  ["rateLimited", "frames_rate_limited_total", "Frames of listeners that were dropped, being too many"],
  ["slow", "clients_slow_total", "Listeners that were closed as too slow"],
  ["pingTimeouts", "ping_timeouts_total", "Listeners that did not answer a ping"],
  ["forgottenKeys", "forgotten_keys_total", "Idempotency keys that were forgotten before their time"],
  ["refused", "refused_total", "Requests and upgrades that were refused"],
];
/** In seconds; an emit waits for acknowledgements for 5 s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a request was for, as far as a metric tells: never a channel's name. */
export type RequestKind = "emit" | "emit_ack" | "listen" | "history" | "members" | "other";

/** A channel server's figures as Prometheus text. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #gauges: readonly [keyof ChannelServerStats, Gauge][];
  readonly #counters: readonly [keyof ChannelServerStats, Counter][];
  readonly #up: Gauge<"part">;
  readonly #roundTrip: Gauge;
  readonly #requests: Histogram<"kind" | "status">;

  constructor(processMetrics: boolean) {
    const registers = [this.#registry];
    const called = (name: string, help: string) => ({ name: `holdfast_channels_${name}`, help, registers });
    this.#gauges = GAUGES.map(([key, name, help]) => [key, new Gauge(called(name, help))]);
    this.#counters = COUNTERS.map(([key, name, help]) => [key, new Counter(called(name, help))]);
    this.#up = new Gauge({ ...called("up", "Whether a part works"), labelNames: ["part"] });
    this.#roundTrip = new Gauge(
      called("backplane_round_trip_seconds", "The last round trip through the backplane"),
    );
    this.#requests = new Histogram({
      ...called("request_seconds", "How long HTTP requests took; emit_ack waits for acknowledgements"),
      labelNames: ["kind", "status"],
      buckets: BUCKETS,
    });
    if (processMetrics) collectDefaultMetrics({ register: this.#registry });
  }

  /** What the text is. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Counts a request that was answered. */
  answered(kind: RequestKind, status: number, tookMs: number): void {
    this.#requests.observe({ kind, status: String(status) }, tookMs / 1_000);
  }

  /** All of it. */
  text(stats: ChannelServerStats, { backplane, store }: ChannelHealth): Promise<string> {
    for (const [key, gauge] of this.#gauges) gauge.set(stats[key]);
    for (const [key, counter] of this.#counters) {
      // The server counts; a counter of this library can only be added to.
      counter.reset();
      counter.inc(stats[key]);
    }
    this.#up.set({ part: "backplane" }, Number(backplane.ok));
    this.#up.set({ part: "store" }, Number(store.ok));
    if (backplane.roundTripMs !== undefined) this.#roundTrip.set(backplane.roundTripMs / 1_000);
    return this.#registry.metrics();
  }
}

const KINDS: ReadonlySet<string> = new Set(["emit", "listen", "history", "members"]);

/** What a request is for, by the end of its path. */
export function kindOf(request: Request): RequestKind {
  const { pathname, searchParams } = new URL(request.url);
  const last = pathname.slice(pathname.lastIndexOf("/") + 1);
  if (!KINDS.has(last)) return "other";
  const wait = searchParams.get("require-ack");
  if (last === "emit" && (wait === "true" || wait === "1")) return "emit_ack";
  return last as RequestKind;
}
