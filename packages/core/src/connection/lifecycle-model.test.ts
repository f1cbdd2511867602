import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  type Driven,
  everyEvent,
  LifecycleDriver,
  START,
  TIMER_NAMES,
} from "../../../../tests/support/lifecycle-driver.ts";
import { ADVANCE, expected, TYPES } from "../../../../tests/support/lifecycle-picture.ts";
import type { CloseCause, CloseKind } from "../socket/close-cause.ts";
import { type Lifecycle, type LifecycleEvent, step } from "./lifecycle.ts";

/**
 * The exploration visits every state; these runs carry the data: attempts of every age, failures without end,
 * causes of every kind, and events with fields missing. The model is the picture in lifecycle.ts, as a
 * table in tests/support.
 */
/** One generated event: as it is, or as the state makes it. */
type Spec =
  | { readonly advance: true }
  | { readonly event: LifecycleEvent }
  | { readonly event: LifecycleEvent; readonly offset: number };

const KINDS: CloseKind[] = [
  "refused",
  "timeout",
  "busy",
  "mute",
  "closed",
  "abnormal",
  "too-large",
  "resources",
];
const anyNumber = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 53, 1e-9),
);
const cause: fc.Arbitrary<CloseCause> = fc.record(
  { kind: fc.constantFrom(...KINDS), message: fc.string(), retryAfterMs: anyNumber, code: anyNumber },
  { requiredKeys: ["kind", "message"] },
);
const final = fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.boolean());
const named = fc.oneof(
  fc.record({ type: fc.constantFrom("opened" as const, "ready" as const, "held" as const) }),
  fc.record({ type: fc.constant("lost" as const), cause, final }),
);
/** Mostly the current attempt; else an older one, one to come, and what no counter ever reaches. */
const offset = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -5, max: 5 }), anyNumber);
const plain: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom("connect" as const, "granted" as const, "retry" as const) }),
  fc.record({ type: fc.constant("reconnect" as const) }),
  fc.record({ type: fc.constant("overdue" as const), timer: fc.constantFrom(...TIMER_NAMES), final }),
  fc.record({ type: fc.constant("close" as const), code: anyNumber, reason: fc.string() }),
  fc.record({ type: fc.constant("abort" as const), cause }),
);
/** Types that exist, without their fields: where an attempt or a timer is missing it is nobody's, and stale. */
const bare = fc.constantFrom(...TYPES).map((type) => ({ type }) as LifecycleEvent);
const spec: fc.Arbitrary<Spec> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ advance: true } as const) },
  { weight: 6, arbitrary: fc.record({ event: named as fc.Arbitrary<LifecycleEvent>, offset }) },
  { weight: 3, arbitrary: fc.record({ event: plain }) },
  { weight: 1, arbitrary: fc.record({ event: bare }) },
);
const limit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(2 ** 31, Number.POSITIVE_INFINITY));

interface Real {
  at: Driven;
  readonly driver: LifecycleDriver;
}

let steps = 0;
let mostFailures = 0;
let mostAttempts = 0;

class Say implements fc.Command<{ state: Lifecycle; maxAttempts: number }, Real> {
  readonly #spec: Spec;

  constructor(given: Spec) {
    this.#spec = given;
  }

  check(): boolean {
    return true;
  }

  run(model: { state: Lifecycle; maxAttempts: number }, real: Real): void {
    const event = this.#eventIn(model.state);
    model.state = expected(model.state, event, model.maxAttempts);
    const { to, effects } = real.driver.step(real.at, event);
    real.at = to;
    expect(to.state).toEqual(model.state);
    expect([...real.driver.faults]).toEqual([]);
    for (const effect of effects) {
      if (effect.do !== "arm") continue;
      expect(effect.failures).toBe(model.state.failures);
      // What the host said about when to come back reaches whoever computes the wait, as it was said.
      if (effect.timer === "backoff" && event.type === "lost") expect(effect.cause).toBe(event.cause);
    }
    steps++;
    mostFailures = Math.max(mostFailures, to.state.failures);
    mostAttempts = Math.max(mostAttempts, to.state.attempt);
  }

  #eventIn({ phase, attempt }: Lifecycle): LifecycleEvent {
    if ("advance" in this.#spec) return ADVANCE[phase](attempt);
    const { event } = this.#spec;
    return "offset" in this.#spec
      ? ({ ...event, attempt: attempt + this.#spec.offset } as LifecycleEvent)
      : event;
  }

  toString(): string {
    return JSON.stringify(this.#spec);
  }
}

const setUp = (maxAttempts: number) => ({
  model: { state: START.state, maxAttempts },
  real: { at: START, driver: new LifecycleDriver({ maxAttempts }) },
});
const seed = Math.floor(Math.random() * 2 ** 31);

afterAll(() => {
  console.info(
    `lifecycle model: ${steps} steps, seed ${seed}, up to ${mostAttempts} attempts, ${mostFailures} failures`,
  );
});

test("C19 C38 C51 the machine does what its picture says, whatever happens and whatever the events carry", () => {
  const commands = fc.commands([spec.map((given) => new Say(given))], { maxCommands: 120, size: "max" });
  fc.assert(
    fc.property(limit, commands, (maxAttempts, says) => fc.modelRun(() => setUp(maxAttempts), says)),
    { seed, numRuns: 300 },
  );
});

test("C38 C76 it still does after hundreds of events", () => {
  const says = fc.array(spec, { minLength: 200, maxLength: 600, size: "max" });
  fc.assert(
    fc.property(limit, says, (maxAttempts, specs) => {
      const { model, real } = setUp(maxAttempts);
      for (const given of specs) new Say(given).run(model, real);
    }),
    { seed, numRuns: 100 },
  );
});

test("C51 a thousand failures in a row end it where there is a limit, and never where there is none", () => {
  for (const maxAttempts of [1, 2, 999, 1_000, 1_001, Number.POSITIVE_INFINITY]) {
    const { model, real } = setUp(maxAttempts);
    const fail: Spec = { event: { type: "overdue", timer: "connect" } };
    const advance: Spec = { advance: true };
    new Say(advance).run(model, real);
    for (let failure = 0; failure < 1_000 && model.state.phase !== "closed"; failure++) {
      for (const given of failure === 0 ? [advance, fail] : [advance, advance, fail])
        new Say(given).run(model, real);
    }
    const ended = maxAttempts <= 1_000;
    expect(model.state).toMatchObject({
      phase: ended ? "closed" : "waiting",
      failures: Math.min(1_000, maxAttempts),
    });
  }
});

test("what is no event at all throws nothing", () => {
  // The types rule these out and `link.ts` makes none: only that nothing is thrown is promised.
  const strange = fc
    .record({ type: fc.anything() }, { requiredKeys: [] })
    .filter(({ type }) => typeof type !== "string" || !TYPES.includes(type));
  const { nodes } = new LifecycleDriver({ maxAttempts: 3 }).explore(everyEvent);
  fc.assert(
    fc.property(strange, (event) => {
      for (const { state } of nodes.values()) {
        expect(() => step(state, event as unknown as LifecycleEvent, { maxAttempts: 3 })).not.toThrow();
      }
    }),
    { seed },
  );
});
