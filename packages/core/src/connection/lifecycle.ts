import type { CloseCause } from "../socket/close-cause.ts";

/**
 * The life of one connection as a pure, total state machine: `(state, event) → (state, effects)`. It does no
 * I/O, holds no timer and throws for no input. What makes no sense in a state changes nothing but a counter.
 *
 * ```
 * idle ─connect→ queued ─granted→ dialing ─opened→ opening ─ready→ ready
 *                  ↑                 └────lost/overdue──┴─────────────┘ │close
 *                  └─overdue/retry── waiting ←──────┘            closing ─lost/overdue→ closed
 *
 * A dial whose host turns out to be held goes back from `dialing` to `queued`: it has not failed.
 * ```
 *
 * Each phase has one timer at most, armed when it is entered and cleared when it is left:
 *
 * | phase | its timer | when it is overdue |
 * |---|---|---|
 * | `waiting` | backoff | the next attempt |
 * | `dialing` | connect | the attempt failed |
 * | `opening` | ready | the attempt failed |
 * | `ready` | stability | the connection has proved itself: backoff starts anew |
 * | `closing` | close | the socket is dropped |
 */
export type Phase = "idle" | "queued" | "dialing" | "opening" | "ready" | "waiting" | "closing" | "closed";

/** The machine's whole memory. */
export interface Lifecycle {
  readonly phase: Phase;
  /** The identity of the latest attempt; what carries another one is stale. Counts up, over all lives. */
  readonly attempt: number;
  /** Attempts since one last proved itself: the exponent of the backoff. */
  readonly failures: number;
  /** Events that made no sense in their state. */
  readonly ignored: number;
}

/** What can happen to a connection. */
export type LifecycleEvent =
  | { readonly type: "connect" }
  | { readonly type: "granted" }
  | { readonly type: "opened"; readonly attempt: number }
  | { readonly type: "ready"; readonly attempt: number }
  | {
      readonly type: "lost";
      readonly attempt: number;
      readonly cause: CloseCause;
      readonly final: boolean;
    }
  | { readonly type: "held"; readonly attempt: number }
  | { readonly type: "overdue"; readonly timer: TimerName; readonly final?: boolean }
  | { readonly type: "retry" }
  | { readonly type: "reconnect" }
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  | { readonly type: "abort"; readonly cause: CloseCause };

/** The timer of a phase. */
export type TimerName = "backoff" | "connect" | "ready" | "stability" | "close";

/** What the driver is to do, in this order. `leave` frees everything that belongs to an attempt. */
export type Effect =
  | { readonly do: "disarm" }
  | { readonly do: "drop"; readonly attempt: number }
  | { readonly do: "enqueue" }
  | { readonly do: "dequeue" }
  | { readonly do: "release" }
  | { readonly do: "dial"; readonly attempt: number }
  | {
      readonly do: "end";
      readonly attempt: number;
      readonly code: number;
      readonly reason: string;
    }
  | {
      readonly do: "arm";
      readonly timer: TimerName;
      readonly failures: number;
      readonly cause?: CloseCause;
    }
  | { readonly do: "say-ready" }
  | { readonly do: "say-down"; readonly cause: CloseCause; readonly was: Phase }
  | { readonly do: "say-closed"; readonly cause: CloseCause };

/** What a step gives. */
export interface Step {
  readonly state: Lifecycle;
  readonly effects: readonly Effect[];
}

/** Limits of the machine. */
export interface LifecycleLimits {
  /** Attempts without a proof after which the connection gives up; `Infinity` for never. */
  readonly maxAttempts: number;
}

/** A connection that was never asked to connect. */
export const IDLE: Lifecycle = {
  phase: "idle",
  attempt: 0,
  failures: 0,
  ignored: 0,
};

const CONNECT_TIMEOUT: CloseCause = {
  kind: "timeout",
  message: "Connection was not open in time",
};
const READY_TIMEOUT: CloseCause = {
  kind: "not-ready",
  message: "Connection was open but not ready in time",
};
const RECONNECT: CloseCause = {
  kind: "local",
  message: "Reconnect was asked for",
};

/** One step of the machine. Total: every event has an answer in every state. */
export function step(state: Lifecycle, event: LifecycleEvent, limits: LifecycleLimits): Step {
  switch (event.type) {
    case "connect":
      return state.phase === "idle" ? enqueue(state, []) : ignore(state);
    case "granted":
      return state.phase === "queued" ? dial(state) : ignore(state);
    case "opened":
      return state.phase === "dialing" && event.attempt === state.attempt ? open(state) : ignore(state);
    case "ready":
      return state.phase === "opening" && event.attempt === state.attempt
        ? becomeReady(state)
        : ignore(state);
    case "lost":
      return event.attempt === state.attempt ? lose(state, event.cause, event.final, limits) : ignore(state);
    case "held":
      return event.attempt === state.attempt && state.phase === "dialing"
        ? enqueue(state, leave(state))
        : ignore(state);
    case "overdue":
      return overdue(state, event.timer, event.final === true, limits);
    case "retry":
      return state.phase === "waiting" ? enqueue(state, [DISARM]) : ignore(state);
    case "reconnect":
      return reconnect(state);
    case "close":
      return close(state, event.code, event.reason);
    case "abort":
      return state.phase === "closed" ? ignore(state) : endWith(state, event.cause);
    default:
      return ignore(state);
  }
}

/** A new life for a connection that ended; attempts keep their count, so that the old life's are stale. */
export function revive(state: Lifecycle): Lifecycle {
  return state.phase === "closed" ? { ...IDLE, attempt: state.attempt, ignored: state.ignored } : state;
}

/** The timer of a phase, as the table above has it. */
export function timerOf(phase: Phase): TimerName | undefined {
  return TIMERS[phase];
}

/** Why the attempt ends when this timer is overdue; `undefined` where that ends none. */
export function causeOfOverdue(timer: TimerName): CloseCause | undefined {
  return timer === "connect" ? CONNECT_TIMEOUT : timer === "ready" ? READY_TIMEOUT : undefined;
}

/** Whether the connection has an attempt under way: a dial or a socket. */
export function hasAttempt(phase: Phase): boolean {
  return phase === "dialing" || phase === "opening" || phase === "ready" || phase === "closing";
}

const TIMERS: Readonly<Partial<Record<Phase, TimerName>>> = {
  waiting: "backoff",
  dialing: "connect",
  opening: "ready",
  ready: "stability",
  closing: "close",
};

const DISARM: Effect = { do: "disarm" };

function ignore(state: Lifecycle): Step {
  return { state: { ...state, ignored: state.ignored + 1 }, effects: [] };
}

function enqueue(state: Lifecycle, before: readonly Effect[]): Step {
  return {
    state: { ...state, phase: "queued" },
    effects: [...before, { do: "enqueue" }],
  };
}

function dial(state: Lifecycle): Step {
  const attempt = state.attempt + 1;
  const { failures } = state;
  return {
    state: { ...state, phase: "dialing", attempt },
    effects: [
      { do: "arm", timer: "connect", failures },
      { do: "dial", attempt },
    ],
  };
}

function open(state: Lifecycle): Step {
  const { failures } = state;
  return {
    state: { ...state, phase: "opening" },
    effects: [DISARM, { do: "release" }, { do: "arm", timer: "ready", failures }],
  };
}

function becomeReady(state: Lifecycle): Step {
  const { failures } = state;
  return {
    state: { ...state, phase: "ready" },
    effects: [DISARM, { do: "arm", timer: "stability", failures }, { do: "say-ready" }],
  };
}

/** Frees what belongs to the attempt, in the one order of teardown: its timer, its socket, its slot. */
function leave(state: Lifecycle): Effect[] {
  const { phase, attempt } = state;
  if (phase === "queued") return [{ do: "dequeue" }];
  if (phase === "waiting") return [DISARM];
  if (!hasAttempt(phase)) return [];
  const drop: Effect[] = [DISARM, { do: "drop", attempt }];
  return phase === "dialing" ? [...drop, { do: "release" }] : drop;
}

function lose(state: Lifecycle, cause: CloseCause, final: boolean, limits: LifecycleLimits): Step {
  const { phase } = state;
  if (phase === "closing") return endWith(state, LOCAL_CLOSE);
  if (!hasAttempt(phase)) return ignore(state);
  const failures = state.failures + 1;
  if (final || failures >= limits.maxAttempts) return endWith({ ...state, failures }, cause);
  return {
    state: { ...state, phase: "waiting", failures },
    effects: [
      ...leave(state),
      { do: "arm", timer: "backoff", failures, cause },
      { do: "say-down", cause, was: phase },
    ],
  };
}

function overdue(state: Lifecycle, timer: TimerName, final: boolean, limits: LifecycleLimits): Step {
  const { phase } = state;
  if (timer === "backoff" && phase === "waiting") return enqueue(state, []);
  if (timer === "connect" && phase === "dialing") return lose(state, CONNECT_TIMEOUT, final, limits);
  if (timer === "ready" && phase === "opening") return lose(state, READY_TIMEOUT, final, limits);
  if (timer === "stability" && phase === "ready") return { state: { ...state, failures: 0 }, effects: [] };
  if (timer === "close" && phase === "closing") return endWith(state, LOCAL_CLOSE);
  return ignore(state);
}

/** One live attempt at most: while one is on its way to `ready`, asking for another changes nothing. */
function reconnect(state: Lifecycle): Step {
  if (state.phase === "waiting") return enqueue(state, [DISARM]);
  if (state.phase !== "ready") return ignore(state);
  const down: Effect = { do: "say-down", cause: RECONNECT, was: "ready" };
  const { state: next, effects } = enqueue(state, leave(state));
  return { state: next, effects: [...effects, down] };
}

/** The cause of a close that this side asked for. */
export const LOCAL_CLOSE: CloseCause = {
  kind: "local",
  message: "Closed by this side",
};

function close(state: Lifecycle, code: number, reason: string): Step {
  const { phase, attempt, failures } = state;
  if (phase === "closing" || phase === "closed") return ignore(state);
  if (phase !== "opening" && phase !== "ready") return endWith(state, LOCAL_CLOSE);
  return {
    state: { ...state, phase: "closing" },
    effects: [DISARM, { do: "end", attempt, code, reason }, { do: "arm", timer: "close", failures }],
  };
}

function endWith(state: Lifecycle, cause: CloseCause): Step {
  return {
    state: { ...state, phase: "closed" },
    effects: [...leave(state), { do: "say-closed", cause }],
  };
}
