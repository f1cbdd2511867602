import { describe, expect, test } from "vitest";
import {
  CAUSE,
  type Driven,
  everyEvent,
  type Held,
  isIgnored,
  keyOf,
  LifecycleDriver,
  START,
} from "../../../../tests/support/lifecycle-driver.ts";
import {
  type Effect,
  hasAttempt,
  type LifecycleEvent,
  type Phase,
  revive,
  step,
  timerOf,
} from "./lifecycle.ts";

const LIMITS = { maxAttempts: 3 };
const driver = new LifecycleDriver(LIMITS);
const { nodes, transitions } = driver.explore(everyEvent);
const stepOf = (from: Driven, event: LifecycleEvent): Driven => driver.step(from, event).to;
const says = (effects: readonly Effect[], what: Effect["do"]): number =>
  effects.filter((effect) => effect.do === what).length;
const attemptOf = (event: LifecycleEvent): number | undefined =>
  "attempt" in event ? event.attempt : undefined;

test("every state that can be reached is closed under every event, and none throws", () => {
  console.info(`lifecycle: ${nodes.size} states, ${transitions.length} transitions`);
  const phases = new Set([...nodes.values()].map(({ state }) => state.phase));
  expect([...phases].sort()).toEqual([
    "closed",
    "closing",
    "dialing",
    "idle",
    "opening",
    "queued",
    "ready",
    "waiting",
  ]);
  for (const { to } of transitions) expect(nodes.has(keyOf(to))).toBe(true);
});

test("C26 C46 C76 no timer is lost or armed over another, no slot given back twice, no attempt live twice", () => {
  expect([...driver.faults]).toEqual([]);
});

test.each([1, 2, 5])("C51 all of it holds if the connection gives up after %d attempts", (maxAttempts) => {
  const other = new LifecycleDriver({ maxAttempts });
  const { nodes: reached } = other.explore(everyEvent);
  expect([...other.faults]).toEqual([]);
  expect(Math.max(...Array.from(reached.values(), ({ state }) => state.failures))).toBe(maxAttempts);
});

describe("in every state", () => {
  test("C26 the timer of the phase is armed, and no other; one that proved itself needs none", () => {
    for (const { state, held } of nodes.values()) {
      const allowed = state.phase === "ready" ? ["stability", undefined] : [timerOf(state.phase)];
      expect(allowed).toContain(held.timer);
    }
  });

  test("C46 the gate is waited in while queued, a slot is held while dialling, and never else", () => {
    const slots: Partial<Record<Phase, Held["slot"]>> = { queued: "waiting", dialing: "taken" };
    for (const { state, held } of nodes.values()) expect(held.slot).toBe(slots[state.phase] ?? "none");
  });

  test("C76 there is one live attempt, the latest, while a phase needs one, and else none", () => {
    for (const { state, held } of nodes.values()) {
      expect(held.live).toBe(hasAttempt(state.phase) ? state.attempt : undefined);
    }
  });

  test("C51 failures never reach the limit while the connection lives", () => {
    for (const { state } of nodes.values()) {
      expect(state.failures).toBeLessThanOrEqual(LIMITS.maxAttempts - (state.phase === "closed" ? 0 : 1));
    }
  });

  test("a close and its timeout end it, whatever it was doing, and nothing is left", () => {
    for (const node of nodes.values()) {
      const closing = stepOf(node, { type: "close", code: 1000, reason: "" });
      const closed = stepOf(closing, { type: "overdue", timer: "close" });
      expect(closed.state.phase).toBe("closed");
      expect(closed.held).toEqual(START.held);
    }
  });

  test("C51 an abort and a connect begin a new life from nothing", () => {
    for (const node of nodes.values()) {
      const closed = stepOf(node, { type: "abort", cause: CAUSE });
      const { state, held } = stepOf(closed, { type: "connect" });
      expect(state).toMatchObject({ phase: "queued", failures: 0, attempt: node.state.attempt });
      expect(held).toEqual({ timer: undefined, slot: "waiting", live: undefined });
    }
  });
});

describe("in every transition", () => {
  test("what is ignored changes a counter and does nothing", () => {
    for (const transition of transitions.filter(isIgnored)) {
      const { from, to, effects, event } = transition;
      const before = event.type === "connect" ? revive(from.state) : from.state;
      expect(to.state).toEqual({ ...before, ignored: before.ignored + 1 });
      expect(effects).toEqual([]);
    }
  });

  test("C6 C19 what is to be done is about the current attempt, and a dial about the next", () => {
    for (const { from, effects } of transitions) {
      const about = effects.flatMap((effect) => ("attempt" in effect ? [[effect.do, effect.attempt]] : []));
      const { attempt } = from.state;
      for (const [what, id] of about) expect(id).toBe(what === "dial" ? attempt + 1 : attempt);
    }
  });

  test("C26 a timer that is armed is cancelled or fires before its phase is left", () => {
    for (const { from, event, to, effects } of transitions) {
      if (from.held.timer === undefined || to.state.phase === from.state.phase) continue;
      const fired = event.type === "overdue" && event.timer === from.held.timer;
      expect(fired || says(effects, "disarm") === 1).toBe(true);
    }
  });

  test("C19 what comes from another attempt is ignored", () => {
    const stale = transitions.filter(
      ({ from, event }) => (attemptOf(event) ?? from.state.attempt) !== from.state.attempt,
    );
    expect(stale.length).toBeGreaterThan(0);
    expect(stale.every(isIgnored)).toBe(true);
  });

  test("after the end nothing happens until it is connected anew", () => {
    const closed = transitions.filter(({ from }) => from.state.phase === "closed");
    expect(closed.filter(({ event }) => event.type !== "connect").every(isIgnored)).toBe(true);
    expect(closed.filter(({ event }) => event.type === "connect").some(isIgnored)).toBe(false);
    for (const { state } of nodes.values()) {
      if (state.phase !== "closed") continue;
      expect(step(state, { type: "connect" }, LIMITS).state.phase).toBe("closed");
    }
  });

  test("C21 C57 while it closes only its end follows, and a second close is ignored", () => {
    for (const transition of transitions.filter(({ from }) => from.state.phase === "closing")) {
      expect(["closing", "closed"]).toContain(transition.to.state.phase);
      expect(transition.event.type === "close" && !isIgnored(transition)).toBe(false);
    }
  });

  test("C21 the end is told once, last, and each time it is reached", () => {
    for (const { from, to, effects } of transitions) {
      const ends = from.state.phase !== "closed" && to.state.phase === "closed";
      expect(says(effects, "say-closed")).toBe(ends ? 1 : 0);
      if (ends) expect(effects.at(-1)?.do).toBe("say-closed");
    }
  });

  test("C25 a loss that is not the end is told once, with what was lost, and ready is told once", () => {
    for (const { from, event, to, effects } of transitions) {
      // A held dial has not failed: it only waits again.
      const gone = hasAttempt(from.state.phase) && ["waiting", "queued"].includes(to.state.phase);
      const lost = gone && event.type !== "held";
      expect(says(effects, "say-down")).toBe(lost ? 1 : 0);
      const down = effects.find((effect) => effect.do === "say-down");
      if (down) expect(down).toMatchObject({ was: from.state.phase });
      const ready = from.state.phase !== "ready" && to.state.phase === "ready";
      expect(says(effects, "say-ready")).toBe(ready ? 1 : 0);
    }
  });

  test("C26 teardown has one order: the timer, the socket, the slot, what comes next, and then the user", () => {
    const order: Effect["do"][] = ["disarm", "drop", "dequeue", "release", "end", "enqueue", "arm", "dial"];
    for (const { effects } of transitions) {
      const ranks = effects.map((effect) =>
        effect.do.startsWith("say") ? order.length : order.indexOf(effect.do),
      );
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    }
  });

  test("attempts only count up, one for each dial", () => {
    for (const { from, to, effects } of transitions) {
      expect(to.state.attempt).toBe(from.state.attempt + says(effects, "dial"));
    }
  });

  test("C38 C39 failures count up with each loss, and only a proof or a new life sets them back", () => {
    for (const { from, to, event } of transitions) {
      const { phase, failures } = from.state;
      const proved = phase === "ready" && event.type === "overdue" && event.timer === "stability";
      if (proved || (event.type === "connect" && phase === "closed")) expect(to.state.failures).toBe(0);
      else if (hasAttempt(phase) && to.state.phase === "waiting")
        expect(to.state.failures).toBe(failures + 1);
      else if (to.state.phase !== "closed") expect(to.state.failures).toBe(failures);
    }
  });

  test("every wait that a connection ends is told how many failures there were, and why", () => {
    for (const { to, effects } of transitions) {
      const arm = effects.find((effect) => effect.do === "arm");
      if (arm?.do !== "arm") continue;
      expect(arm.failures).toBe(to.state.failures);
      expect(arm.cause !== undefined).toBe(arm.timer === "backoff");
    }
  });
});

test("C49 a final cause ends it at once with that cause, from any attempt", () => {
  for (const { state, held } of nodes.values()) {
    if (!hasAttempt(state.phase) || state.phase === "closing") continue;
    const event: LifecycleEvent = { type: "lost", attempt: state.attempt, cause: CAUSE, final: true };
    const { effects, to } = driver.step({ state, held }, event);
    expect([to.state.phase, effects.at(-1)]).toEqual(["closed", { do: "say-closed", cause: CAUSE }]);
  }
});
