import {
  type Effect,
  IDLE,
  type Lifecycle,
  type LifecycleEvent,
  type LifecycleLimits,
  revive,
  step,
  type TimerName,
} from "../../packages/core/src/connection/lifecycle.ts";
import type { CloseCause } from "../../packages/core/src/socket/close-cause.ts";
import { brokenBy } from "./lifecycle-laws.ts";

/** What losses and aborts carry where it does not matter. */
export const CAUSE: CloseCause = { kind: "abnormal", message: "test" };

/** The timers of the machine. */
export const TIMER_NAMES: readonly TimerName[] = ["backoff", "connect", "ready", "stability", "close"];

/** A machine with more states than this, up to what only counts, is broken. */
const MAX_STATES = 1_000;

/** What a driver holds on behalf of the machine. */
export interface Held {
  timer: TimerName | undefined;
  slot: "none" | "waiting" | "taken";
  live: number | undefined;
}

/** The machine's state, and what a driver holds in it. */
export interface Driven {
  readonly state: Lifecycle;
  readonly held: Held;
}

/** One step: where it began and ended, what caused it, what was to be done. */
export interface Transition {
  readonly from: Driven;
  readonly event: LifecycleEvent;
  readonly to: Driven;
  readonly effects: readonly Effect[];
}

/** A connection that was never asked to connect. */
export const START: Driven = { state: IDLE, held: { timer: undefined, slot: "none", live: undefined } };

/** Whether a step changed nothing but the counter of ignored events. */
export const isIgnored = ({ from, to }: Transition): boolean => to.state.ignored > from.state.ignored;

/** Drives a machine as `link.ts` does, and notes what a driver could not do and which laws were broken. */
export class LifecycleDriver {
  /** Each once, in the order they were found. */
  readonly faults: Set<string> = new Set();
  /** Steps taken. */
  steps = 0;
  readonly #limits: LifecycleLimits;
  readonly #machine: typeof step;

  constructor(limits: LifecycleLimits, machine: typeof step = step) {
    this.#limits = limits;
    this.#machine = machine;
  }

  /** One step: a timer that fired is no longer armed, a slot that was granted is taken. */
  step(from: Driven, event: LifecycleEvent): Transition {
    this.steps++;
    const before = { ...from.held };
    if (event.type === "overdue" && before.timer === event.timer) before.timer = undefined;
    if (event.type === "granted" && before.slot === "waiting") before.slot = "taken";
    const state = Object.freeze(event.type === "connect" ? revive(from.state) : { ...from.state });
    const { state: next, effects } = this.#machine(state, Object.freeze(event), this.#limits);
    const to = { state: next, held: perform(before, effects, this.faults) };
    const transition = { from, event, to, effects };
    for (const broken of brokenBy(transition)) this.faults.add(broken);
    return transition;
  }

  /** Every state that can be reached by these events, and every transition between them, breadth first. */
  explore(eventsIn: (state: Lifecycle) => readonly LifecycleEvent[]): {
    nodes: Map<string, Driven>;
    transitions: Transition[];
  } {
    const nodes = new Map([[keyOf(START), START]]);
    const transitions: Transition[] = [];
    for (const from of nodes.values()) {
      if (nodes.size > MAX_STATES) {
        this.faults.add("the states have no end");
        break;
      }
      for (const event of eventsIn(from.state)) {
        const transition = this.step(from, event);
        transitions.push(transition);
        const key = keyOf(transition.to);
        if (!nodes.has(key)) nodes.set(key, transition.to);
      }
    }
    return { nodes, transitions };
  }
}

/** Two states of one key behave alike: the numbers of attempts and of ignored events only count. */
export const keyOf = ({ state, held }: Driven): string =>
  [state.phase, state.failures, state.attempt > 0, held.timer, held.slot, held.live === state.attempt].join();

/** Every event, with the attempt that is current, the one before and one that never was. */
export function everyEvent({ attempt }: Lifecycle): LifecycleEvent[] {
  const ofAttempts = [attempt, attempt - 1, attempt + 1].flatMap((id): LifecycleEvent[] => [
    { type: "opened", attempt: id },
    { type: "ready", attempt: id },
    { type: "lost", attempt: id, cause: CAUSE, final: false },
    { type: "lost", attempt: id, cause: CAUSE, final: true },
    { type: "held", attempt: id },
  ]);
  const overdue = TIMER_NAMES.flatMap((timer): LifecycleEvent[] =>
    [false, true].map((final) => ({ type: "overdue", timer, final })),
  );
  return [
    ...ofAttempts,
    ...overdue,
    { type: "connect" },
    { type: "granted" },
    { type: "retry" },
    { type: "reconnect" },
    { type: "close", code: 1000, reason: "" },
    { type: "abort", cause: CAUSE },
  ];
}

/** Performs effects as a driver does, and notes what cannot be done. */
function perform(held: Held, effects: readonly Effect[], faults: Set<string>): Held {
  const after = { ...held };
  const check = (fine: boolean, fault: string): void => void (fine || faults.add(fault));
  for (const effect of effects) {
    switch (effect.do) {
      case "disarm":
        after.timer = undefined;
        break;
      case "arm":
        check(after.timer === undefined, `${effect.timer} armed over ${after.timer}`);
        after.timer = effect.timer;
        break;
      case "enqueue":
        check(after.slot === "none", `enqueued with a slot ${after.slot}`);
        after.slot = "waiting";
        break;
      case "dequeue":
      case "release":
        check(after.slot === (effect.do === "release" ? "taken" : "waiting"), `${effect.do}: ${after.slot}`);
        after.slot = "none";
        break;
      case "dial":
        check(after.live === undefined, "dialled with a live attempt");
        after.live = effect.attempt;
        break;
      case "drop":
        check(after.live === effect.attempt, "dropped what is not live");
        after.live = undefined;
        break;
      case "end":
        check(after.live === effect.attempt, "ended what is not live");
        break;
    }
  }
  return after;
}
