import { Scheduler } from "../../packages/core/src/connection/scheduler.ts";
import type { MemoryBackplane } from "../../packages/core/src/server/memory-backplane.ts";
import { Presence } from "../../packages/core/src/server/presence.ts";
import type { ManualClock } from "../../packages/core/src/testing/mod.ts";
import { BackplaneCable } from "./backplane-cable.ts";

/** One of several servers, as far as presence goes. */
export interface PresenceServer {
  readonly presence: Presence;
  readonly cable: BackplaneCable;
  /** What it was told of the others' members. */
  readonly told: string[];
  readonly failures: string[];
  /** Who is there. */
  ids(topic?: string): string[];
}

/** A server more on a bus. */
export function servePresence(clock: ManualClock, bus: MemoryBackplane): PresenceServer {
  const cable = new BackplaneCable(bus);
  const told: string[] = [];
  const failures: string[] = [];
  const presence = new Presence(new Scheduler(clock), cable, {
    presenceChanged: (topic, { kind, id, value }) => void told.push(`${topic}: ${kind} ${id} ${value}`),
    presenceFailed: ({ message }) => void failures.push(message),
  });
  const ids = (topic = "news"): string[] =>
    presence
      .members(topic)
      .map(({ id }) => id)
      .sort();
  return { presence, cable, told, failures, ids };
}

/** A server that was killed: it does nothing more, and says nothing. */
export function kill({ presence, cable }: PresenceServer): void {
  cable.cut = true;
  void presence.close();
}
