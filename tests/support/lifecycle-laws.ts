import { hasAttempt, type Phase, timerOf } from "../../packages/core/src/connection/lifecycle.ts";
import type { Transition } from "./lifecycle-driver.ts";

/** Where each phase may lead: the picture in lifecycle.ts, as a list. */
const LEADS_TO: Readonly<Record<Phase, readonly Phase[]>> = {
  idle: ["queued", "closed"],
  queued: ["dialing", "closed"],
  dialing: ["opening", "waiting", "queued", "closed"],
  opening: ["ready", "waiting", "closing", "closed"],
  ready: ["queued", "waiting", "closing", "closed"],
  waiting: ["queued", "closed"],
  closing: ["closed"],
  closed: ["queued"],
};

/** The laws that a step breaks, whatever led to it. */
export function brokenBy({ from, event, to, effects }: Transition): string[] {
  const broken: string[] = [];
  const law = (fine: boolean, what: string): void =>
    void (fine || broken.push(`${what}: ${event.type} in ${from.state.phase}`));
  const { phase } = to.state;
  const entered = phase !== from.state.phase;
  const ended = from.state.phase === "closed";
  const ignored = to.state.ignored > from.state.ignored;

  law(!entered || LEADS_TO[from.state.phase].includes(phase), `leads to ${phase}`);
  law(!ignored || (effects.length === 0 && !entered), "an ignored event does something");
  law(!ended || ignored || event.type === "connect", "something happens after the end");

  const foreign = "attempt" in event && event.attempt !== from.state.attempt;
  law(!foreign || ignored, "what another attempt says is not ignored");
  const says = (what: "say-ready" | "say-closed"): number =>
    effects.filter((effect) => effect.do === what).length;
  law(says("say-closed") === Number(entered && phase === "closed"), "the end is not told once");
  law(says("say-ready") === Number(entered && phase === "ready"), "ready is not told once");

  // One live attempt, the current one; every effect is about it.
  const live = hasAttempt(phase) ? to.state.attempt : undefined;
  law(Object.is(to.held.live, live), "the live attempt is not the phase's");
  for (const effect of effects) {
    if (!("attempt" in effect)) continue;
    const current = effect.do === "dial" ? to.state.attempt : from.state.attempt;
    law(effect.attempt === current, `${effect.do} of an attempt that is not current`);
  }

  // A timer that was armed is cancelled or fires; a phase that is entered arms its own.
  const fired = event.type === "overdue" && event.timer === from.held.timer;
  const cancelled = effects.some((effect) => effect.do === "disarm");
  const arms = effects.filter((effect) => effect.do === "arm").map((effect) => effect.timer);
  law(!entered || from.held.timer === undefined || fired || cancelled, "a timer is lost");
  law(String(arms) === String((entered && timerOf(phase)) || []), "the phase's timer is not armed on entry");
  const proved = phase === "ready" && to.state.failures === 0;
  law(to.held.timer === timerOf(phase) || (proved && to.held.timer === undefined), "a timer is missing");

  const slot = phase === "queued" ? "waiting" : phase === "dialing" ? "taken" : "none";
  law(to.held.slot === slot, "the slot is not the phase's");

  // Backoff starts anew with a proof or with a new life, and never else.
  const proof = from.state.phase === "ready" && fired && event.timer === "stability";
  const anew = ended && event.type === "connect";
  law(to.state.failures >= from.state.failures || proof || anew, "backoff is reset without proof");
  law(to.state.failures <= from.state.failures + 1, "failures jump");
  return broken;
}
