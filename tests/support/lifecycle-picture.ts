import type {
  Lifecycle,
  LifecycleEvent,
  Phase,
  TimerName,
} from "../../packages/core/src/connection/lifecycle.ts";

/* The picture in lifecycle.ts, written once more as a table: the model that the machine is held against. */

type Outcome = Phase | "fail" | "proof";
type Table = Readonly<Partial<Record<Phase, Outcome>>>;

const EVENTS: Readonly<Record<Exclude<LifecycleEvent["type"], "overdue">, Table>> = {
  connect: { idle: "queued", closed: "queued" },
  granted: { queued: "dialing" },
  opened: { dialing: "opening" },
  ready: { opening: "ready" },
  lost: { dialing: "fail", opening: "fail", ready: "fail", closing: "closed" },
  held: { dialing: "queued" },
  retry: { waiting: "queued" },
  reconnect: { waiting: "queued", ready: "queued" },
  close: {
    ...{ idle: "closed", queued: "closed", dialing: "closed", waiting: "closed" },
    ...{ opening: "closing", ready: "closing" },
  },
  abort: {
    ...{ idle: "closed", queued: "closed", dialing: "closed", opening: "closed" },
    ...{ ready: "closed", waiting: "closed", closing: "closed" },
  },
};
const OVERDUE: Readonly<Record<TimerName, Table>> = {
  backoff: { waiting: "queued" },
  connect: { dialing: "fail" },
  ready: { opening: "fail" },
  stability: { ready: "proof" },
  close: { closing: "closed" },
};

/** Every type of event. */
export const TYPES: readonly string[] = [...Object.keys(EVENTS), "overdue"];

/** What the table says of an event. */
export function expected(state: Lifecycle, event: LifecycleEvent, maxAttempts: number): Lifecycle {
  const { phase, attempt } = state;
  const ignored = { ...state, ignored: state.ignored + 1 };
  // An attempt that is missing is nobody's, so that its event is stale.
  if (["opened", "ready", "lost", "held"].includes(event.type)) {
    if ((event as { attempt?: number }).attempt !== attempt) return ignored;
  }
  const table = event.type === "overdue" ? OVERDUE[event.timer] : EVENTS[event.type];
  const outcome = table?.[phase];
  if (outcome === undefined) return ignored;
  if (outcome === "proof") return { ...state, failures: 0 };
  if (outcome === "fail") {
    const failures = state.failures + 1;
    const final = (event as { final?: boolean }).final === true || failures >= maxAttempts;
    return { ...state, failures, phase: final ? "closed" : "waiting" };
  }
  const anew = phase === "closed" ? { failures: 0 } : {};
  return { ...state, ...anew, phase: outcome, attempt: attempt + Number(outcome === "dialing") };
}

/** What brings each phase on. */
export const ADVANCE: Readonly<Record<Phase, (attempt: number) => LifecycleEvent>> = {
  idle: () => ({ type: "connect" }),
  closed: () => ({ type: "connect" }),
  queued: () => ({ type: "granted" }),
  dialing: (attempt) => ({ type: "opened", attempt }),
  opening: (attempt) => ({ type: "ready", attempt }),
  ready: () => ({ type: "overdue", timer: "stability" }),
  waiting: () => ({ type: "overdue", timer: "backoff" }),
  closing: () => ({ type: "overdue", timer: "close" }),
};
