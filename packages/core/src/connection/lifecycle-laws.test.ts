import { expect, test } from "vitest";
import { everyEvent, LifecycleDriver } from "../../../../tests/support/lifecycle-driver.ts";
import { type Effect, type Phase, step } from "./lifecycle.ts";

/** The exploration is worth what it catches: each of these machines breaks one law. */
type Machine = typeof step;

const LIMITS = { maxAttempts: 3 };

/** Machines that forget some of their effects. */
const without =
  (isForgotten: (effect: Effect, phase: Phase) => boolean): Machine =>
  (state, event, limits) => {
    const taken = step(state, event, limits);
    const effects = taken.effects.filter((effect) => !isForgotten(effect, taken.state.phase));
    return { ...taken, effects };
  };

const resetsAtOpen: Machine = (state, event, limits) => {
  const taken = step(state, event, limits);
  if (event.type !== "opened" || taken.state.phase !== "opening") return taken;
  return { ...taken, state: { ...taken.state, failures: 0 } };
};

const adoptsLateOpen: Machine = (state, event, limits) =>
  step(state, event.type === "opened" ? { ...event, attempt: state.attempt } : event, limits);

const wakesUp: Machine = (state, event, limits) =>
  step(
    event.type === "retry" && state.phase === "closed" ? { ...state, phase: "waiting" } : state,
    event,
    limits,
  );

const dialsTwice: Machine = (state, event, limits) =>
  step(event.type === "granted" ? { ...state, phase: "queued" } : state, event, limits);

test("the machine itself breaks none", () => {
  const driver = new LifecycleDriver(LIMITS);
  driver.explore(everyEvent);
  expect([...driver.faults]).toEqual([]);
});

test.each<[string, Machine, RegExp]>([
  ["C38 starts backoff anew at open", resetsAtOpen, /backoff is reset without proof/],
  ["C6 adopts a late open", adoptsLateOpen, /what another attempt says is not ignored/],
  [
    "C15 waits for a close event before it lets go",
    without(({ do: what }) => what === "drop"),
    /live attempt/,
  ],
  ["C26 loses a timer", without(({ do: what }) => what === "arm"), /timer is not armed on entry/],
  ["C26 leaves a timer behind", without(({ do: what }) => what === "disarm"), /a timer is lost/],
  ["C46 keeps its slot", without(({ do: what }) => what === "release"), /the slot is not the phase's/],
  [
    "C46 stays in the gate's queue",
    without(({ do: what }) => what === "dequeue"),
    /the slot is not the phase's/,
  ],
  ["C21 never tells its end", without(({ do: what }) => what === "say-closed"), /the end is not told once/],
  ["C51 wakes up after its end", wakesUp, /something happens after the end/],
  ["C23 dials while an attempt is live", dialsTwice, /dialled with a live attempt/],
  [
    "C3 never arms the timer of one phase alone",
    without((effect, phase) => effect.do === "arm" && phase === "opening"),
    /timer is not armed on entry: opened in dialing/,
  ],
])("a machine that %s is found out", (_, machine, caught) => {
  const driver = new LifecycleDriver(LIMITS, machine);
  driver.explore(everyEvent);
  expect([...driver.faults].join("\n")).toMatch(caught);
});
