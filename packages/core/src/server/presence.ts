import { type Scheduler, Timer } from "../connection/scheduler.ts";
import { HoldfastError, messageOf } from "../errors.ts";
import type { Backplane } from "./backplane.ts";
import { randomId } from "./ids.ts";
import { PresenceTopic } from "./presence-topic.ts";
import type { PresenceChange, PresentMember } from "./presence-view.ts";
import { LIVES, readSnapshot, topicKey } from "./presence-wire.ts";

/** What presence needs of its server. */
export interface PresenceOwner {
  /** A member on another server joined, changed or left; each is told once. */
  presenceChanged(topic: string, change: PresenceChange): void;
  /** The backplane failed: told once, until it works again and presence has caught up. */
  presenceFailed(error: HoldfastError): void;
}

/** How long a server that says nothing more counts as living, in milliseconds. */
export const LIFE_MS = 10_000;

/**
 * Who is in which topic over several servers: the own members, and what the others say of theirs. Each server leases
 * one sign of life and, for each topic, a snapshot of its members; in between it publishes each step. A server whose
 * sign of life ends is gone with all its members.
 */
export class Presence {
  /** This server, as the others see it. */
  readonly node: string = randomId("node_");
  readonly scheduler: Scheduler;
  readonly backplane: Backplane | undefined;
  readonly #owner: PresenceOwner;
  readonly #topics = new Map<string, PresenceTopic>();
  readonly #timer: Timer = new Timer({ onTimer: () => void this.#beat() });
  /** The servers that live, as of the last look. */
  #living: ReadonlySet<string> = new Set();
  /** Those that were heard of without a sign of life at the last look: it may only have been too early. */
  #suspects: ReadonlySet<string> = new Set();
  /** Whether a look failed since: messages may have been missed. */
  #missed = false;
  #beating = false;
  #failing = false;
  #version = 0;
  #closed = false;

  /** @param backplane Without one there are no other servers. */
  constructor(scheduler: Scheduler, backplane: Backplane | undefined, owner: PresenceOwner) {
    this.scheduler = scheduler;
    this.backplane = backplane;
    this.#owner = owner;
    if (backplane !== undefined) void this.#beat();
  }

  /** How many topics have a member on this server. */
  get size(): number {
    return this.#topics.size;
  }

  /** One of this server's members joins, or says something new of itself; `value` is JSON text. */
  set(topic: string, id: string, value: string): void {
    if (this.#closed) return;
    let known = this.#topics.get(topic);
    if (known === undefined) {
      known = new PresenceTopic(this, topic);
      this.#topics.set(topic, known);
      known.open();
    }
    known.set(id, value);
  }

  /** One of this server's members leaves. */
  delete(topic: string, id: string): void {
    const known = this.#topics.get(topic);
    if (known === undefined || !known.delete(id) || known.size > 0) return;
    this.#topics.delete(topic);
    known.close();
  }

  /** The members of a topic on all servers, as far as they are known here: of topics in which this server has one. */
  members(topic: string): PresentMember[] {
    return [...(this.#topics.get(topic)?.members() ?? [])];
  }

  /** The members of any topic on all servers, asked for anew. Rejects as the backplane does. */
  async lookUp(topic: string): Promise<PresentMember[]> {
    const known = this.#topics.get(topic);
    if (known !== undefined || this.backplane === undefined) return this.members(topic);
    const key = topicKey(topic);
    const [lives, leases] = await Promise.all([this.backplane.leases(LIVES), this.backplane.leases(key)]);
    const living = new Set(lives.map((life) => life.key.slice(LIVES.length)));
    const found: PresentMember[] = [];
    for (const lease of leases) {
      if (!living.has(lease.key.slice(key.length))) continue;
      for (const [id, value] of readSnapshot(lease.value).members) found.push({ id, value });
    }
    return found;
  }

  /** Ends it: the others see this server's members leave. Never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.scheduler.disarm(this.#timer);
    const closing = Array.from(this.#topics.values(), (topic) => topic.close());
    this.#topics.clear();
    await Promise.all(closing);
    await this.backplane?.release(LIVES + this.node).catch((error) => this.failed("Farewell", error));
  }

  /** The number of the next step. */
  nextVersion(): number {
    return ++this.#version;
  }

  /** Whether a server is not known to be gone. */
  lives(node: string): boolean {
    return this.#living.has(node);
  }

  changed(topic: string, changes: readonly PresenceChange[]): void {
    if (this.#closed) return;
    for (const change of changes) this.#owner.presenceChanged(topic, change);
  }

  failed(what: string, error: unknown): void {
    if (this.#closed || this.#failing) return;
    this.#failing = true;
    const why = `${what} failed on the backplane: ${messageOf(error)}`;
    this.#owner.presenceFailed(new HoldfastError("not-sent", why, { cause: error }));
  }

  /** Says that this server lives, looks who else does, and lets each topic catch up. */
  async #beat(): Promise<void> {
    const { backplane } = this;
    if (backplane === undefined) return;
    // Armed first: a backplane that never answers must not end the beats.
    this.scheduler.arm(this.#timer, LIFE_MS / 3);
    if (this.#beating) return;
    this.#beating = true;
    try {
      await backplane.lease(LIVES + this.node, "{}", LIFE_MS);
      const lives = await backplane.leases(LIVES);
      if (this.#closed) return;
      this.#failing = false;
      this.#look(new Set(lives.map(({ key }) => key.slice(LIVES.length))));
    } catch (error) {
      this.#missed = true;
      this.failed("Sign of life", error);
    }
    this.#beating = false;
    for (const topic of this.#topics.values()) topic.beat();
  }

  #look(living: ReadonlySet<string>): void {
    const back = [...living].some((node) => node !== this.node && !this.#living.has(node));
    const [before, suspects] = [this.#living, this.#suspects];
    const silent = new Set<string>();
    this.#living = living;
    this.#suspects = silent;
    for (const topic of this.#topics.values()) {
      for (const node of topic.nodes()) {
        if (living.has(node)) continue;
        if (before.has(node) || suspects.has(node)) topic.drop(node);
        else silent.add(node);
      }
      // A server that is new here, or was thought gone, may have members that are not in the view.
      if (back || this.#missed) topic.reread();
    }
    this.#missed = false;
  }
}
