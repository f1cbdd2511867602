import type { Invariant } from "./violation.ts";

/** One change to a file of core: this text, which must be there, becomes that. */
export interface Breakage {
  /** Below `packages/core/src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A law of core, broken on purpose, and what must catch it. */
export interface BrokenLaw {
  readonly law: string;
  readonly breakages: readonly Breakage[];
  /** `exploration` for the lifecycle's, and the simulation's invariants, any one of them. */
  readonly caughtBy: { readonly exploration?: true; readonly simulation?: readonly Invariant[] };
}

const LIFECYCLE = "connection/lifecycle.ts";
const ATTEMPT = "connection/attempt.ts";
const TEAMS = "rtm/team-connections.ts";

/** What is broken on purpose. Where a text moves, the breakage moves with it: one that is not found is a failure. */
export const BROKEN_LAWS: readonly BrokenLaw[] = [
  {
    law: "backoff starts anew at open",
    breakages: [
      {
        file: LIFECYCLE,
        find: 'state: { ...state, phase: "opening" },',
        replace: 'state: { ...state, phase: "opening", failures: 0 },',
      },
    ],
    caughtBy: { exploration: true, simulation: ["backoff"] },
  },
  {
    law: "backoff starts anew at hello",
    breakages: [
      {
        file: LIFECYCLE,
        find: 'state: { ...state, phase: "ready" },',
        replace: 'state: { ...state, phase: "ready", failures: 0 },',
      },
    ],
    caughtBy: { exploration: true, simulation: ["backoff"] },
  },
  {
    law: "a mute peer's close is waited for",
    breakages: [
      {
        file: "connection/link.ts",
        find: 'this.#lost(this.#state.attempt, { kind: "mute", message });',
        replace: "this.#attempt?.close(1000, message);",
      },
    ],
    caughtBy: { simulation: ["recovery", "healthcheck"] },
  },
  {
    law: "the late open of an abandoned attempt is adopted",
    breakages: [
      {
        file: LIFECYCLE,
        find: 'return state.phase === "dialing" && event.attempt === state.attempt ? open(state) : ignore(state);',
        replace: 'return state.phase === "dialing" ? open(state) : ignore(state);',
      },
    ],
    caughtBy: { exploration: true },
  },
  {
    law: "a socket that opens late is kept",
    breakages: [
      {
        file: ATTEMPT,
        find: "if (this.#ended === undefined) this.#drop(socket);",
        replace: "",
      },
    ],
    caughtBy: { simulation: ["late-open", "one-socket"] },
  },
  {
    law: "an abandoned socket is not dropped",
    breakages: [
      {
        file: ATTEMPT,
        find: "if (this.#socket !== undefined && this.#ended === undefined) this.#drop(this.#socket);",
        replace: "",
      },
    ],
    caughtBy: { simulation: ["one-socket", "counted-once", "healthcheck", "recovery", "nothing-left"] },
  },
  {
    law: "the hello is waited for without a timer",
    breakages: [
      {
        file: LIFECYCLE,
        find: 'effects: [DISARM, { do: "release" }, { do: "arm", timer: "ready", failures }],',
        replace: 'effects: [DISARM, { do: "release" }],',
      },
    ],
    caughtBy: { exploration: true, simulation: ["recovery"] },
  },
  {
    law: "the backoff's timer is not disarmed",
    breakages: [
      {
        file: LIFECYCLE,
        find: 'if (phase === "waiting") return [DISARM];',
        replace: 'if (phase === "waiting") return [];',
      },
    ],
    caughtBy: { exploration: true },
  },
  {
    law: "the heartbeat's timer is not disarmed",
    breakages: [
      {
        file: "connection/heartbeat.ts",
        find: "this.#running = false;\n    this.#scheduler.disarm(this);",
        replace: "this.#running = false;",
      },
    ],
    caughtBy: { simulation: ["limits", "nothing-left"] },
  },
  {
    law: "an invalid message is counted",
    breakages: [
      {
        file: TEAMS,
        find: 'this.#manager.on("invalid", ({ key, ...invalid }) =>',
        replace: `this.#manager.on("invalid", ({ key }) => void this.#count(key, { text: "" }));
    this.#manager.on("invalid", ({ key, ...invalid }) =>`,
      },
    ],
    caughtBy: { simulation: ["counted-once"] },
  },
  {
    law: "a message is counted twice",
    breakages: [{ file: TEAMS, find: "team.messages++;", replace: "team.messages += 2;" }],
    caughtBy: { simulation: ["counted-once"] },
  },
  {
    law: "Props counts as props",
    breakages: [{ file: TEAMS, find: 'text.includes("props")', replace: "/props/i.test(text)" }],
    caughtBy: { simulation: ["counted-once"] },
  },
  {
    law: "a second join is a second socket",
    breakages: [
      { file: "rtm/roster.ts", find: "if (team?.joined) return undefined;", replace: "" },
      {
        file: "connection/connection-manager.ts",
        find: "if (this.#links.has(key)) return false;",
        replace: "",
      },
    ],
    caughtBy: { simulation: ["one-socket"] },
  },
  {
    law: "connected is claimed before the hello",
    breakages: [{ file: TEAMS, find: 'readyOn: "hello",', replace: "" }],
    caughtBy: { simulation: ["healthcheck"] },
  },
  {
    law: "dials are not paced",
    breakages: [{ file: "connection/dial-gate.ts", find: "this.#pace.spend(", replace: "void (" }],
    caughtBy: { simulation: ["dial-rate"] },
  },
  {
    law: "a host that says later is asked by the others",
    breakages: [
      {
        file: "connection/link.ts",
        find: "if (holdsHost(effect.cause)) gate.hold(this.host, this.#delayMs);",
        replace: "",
      },
    ],
    caughtBy: { simulation: ["later"] },
  },
  {
    law: "the global connection queues with the teams",
    breakages: [{ file: "rtm/client.ts", find: "priority: 1,", replace: "" }],
    caughtBy: { simulation: ["global-first"] },
  },
  {
    law: "a stall of our own is taken for a mute peer",
    breakages: [
      {
        file: "connection/heartbeat.ts",
        find: "if (lateMs <= Math.min(STALL_MS, this.#windowMs / 2) || this.#graces >= MAX_GRACES) {",
        replace: "if (lateMs >= 0) {",
      },
    ],
    caughtBy: { simulation: ["stall"] },
  },
  {
    law: "a failed dial keeps its slot",
    breakages: [
      {
        file: LIFECYCLE,
        find: 'return phase === "dialing" ? [...drop, { do: "release" }] : drop;',
        replace: "return drop;",
      },
    ],
    caughtBy: { exploration: true, simulation: ["limits", "nothing-left", "recovery", "global-first"] },
  },
  {
    law: "a spent address is dialled again",
    breakages: [
      {
        file: TEAMS,
        find: "if (this.#global.up) {",
        replace: "if (this.#global.up && team.lastUrl === undefined) {",
      },
    ],
    caughtBy: { simulation: ["recovery"] },
  },
  {
    law: "a late farewell is taken for a new one",
    breakages: [
      {
        file: TEAMS,
        find: 'if (phase === "opening" || phase === "ready")',
        replace: "if (id !== undefined)",
      },
    ],
    caughtBy: { simulation: ["healthcheck", "counted-once", "recovery", "limits"] },
  },
  {
    law: "a gap is not told",
    breakages: [{ file: TEAMS, find: 'events.emit("team.gap", { teamId: key, downMs });', replace: "" }],
    caughtBy: { simulation: ["gap"] },
  },
  {
    law: "departed teams are never forgotten",
    breakages: [
      {
        file: "rtm/roster.ts",
        find: "if (this.#departed.size > this.#maxDeparted)",
        replace: "if (this.#departed.size < 0)",
      },
    ],
    caughtBy: { simulation: ["limits"] },
  },
];
