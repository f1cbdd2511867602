import type { Presence } from "./presence.ts";
import { type PresenceChange, PresenceView, type PresentMember } from "./presence-view.ts";
import {
  readMessage,
  readSnapshot,
  snapshotText,
  standingText,
  stepText,
  topicKey,
} from "./presence-wire.ts";

/** How long a snapshot is good without being renewed, in milliseconds; of a server that lives. */
const SNAPSHOT_MS = 60_000;

/** How often snapshots are renewed, and said where they stand, in milliseconds. */
const RENEW_MS = 20_000;

/** One topic in which this server has members: they are published and leased, and the others' are listened to. */
export class PresenceTopic {
  readonly #presence: Presence;
  readonly #topic: string;
  readonly #key: string;
  readonly #own = new Map<string, string>();
  readonly #view = new PresenceView();
  #version = 0;
  /** When the snapshot was leased last. */
  #leasedAt = Number.NEGATIVE_INFINITY;
  #leasing = false;
  #dirty = false;
  #reading = false;
  #off: (() => Promise<void>) | undefined;
  #closed = false;

  constructor(presence: Presence, topic: string) {
    this.#presence = presence;
    this.#topic = topic;
    this.#key = topicKey(topic);
  }

  get size(): number {
    return this.#own.size;
  }

  *members(): IterableIterator<PresentMember> {
    for (const [id, value] of this.#own) yield { id, value };
    yield* this.#view.members();
  }

  open(): void {
    void this.#subscribe();
  }

  set(id: string, value: string): void {
    if (this.#own.get(id) === value) return;
    this.#own.set(id, value);
    this.#step(id, value);
  }

  delete(id: string): boolean {
    if (!this.#own.delete(id)) return false;
    this.#step(id, undefined);
    return true;
  }

  /** The other servers that were heard of here. */
  nodes(): string[] {
    return this.#view.nodes();
  }

  /** A server is gone, and its members with it. */
  drop(node: string): void {
    this.#tell(this.#view.drop(node));
  }

  /** Catches up with what is due or failed before. */
  beat(): void {
    if (this.#off === undefined) void this.#subscribe();
    const { clock } = this.#presence.scheduler;
    const renews = clock.now() - this.#leasedAt >= RENEW_MS;
    if (this.#dirty || renews) void this.#lease();
    // Also where nothing seems to be missing: that the last member left may not have been heard.
    if (this.#view.stale || (renews && this.#view.nodes().length > 0)) this.reread();
  }

  /** Reads the others' snapshots. */
  reread(): void {
    void this.#read();
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    const { backplane, node } = this.#presence;
    try {
      // At once: who comes back in the same tick leases the same key after this.
      const released = backplane?.release(this.#key + node);
      await Promise.all([released, this.#off?.()]);
    } catch (error) {
      this.#presence.failed(`End of presence in ${this.#topic}`, error);
    }
  }

  #step(id: string, value: string | undefined): void {
    const { backplane, node, scheduler } = this.#presence;
    if (backplane === undefined) return;
    const after = this.#version;
    this.#version = this.#presence.nextVersion();
    const text = stepText(node, { version: this.#version, after, id, value });
    backplane.publish(this.#key, text).catch((error) => {
      this.#presence.failed(`Presence in ${this.#topic}`, error);
    });
    this.#dirty = true;
    // At once, for others look it up; in a crowd's arrival seldom, for it holds all: what is left is the beat's.
    if (scheduler.clock.now() - this.#leasedAt >= Math.max(50, this.#own.size)) void this.#lease();
  }

  async #lease(): Promise<void> {
    const { backplane, node, scheduler } = this.#presence;
    if (backplane === undefined || this.#leasing || this.#closed) return;
    this.#leasing = true;
    this.#dirty = false;
    const version = this.#version;
    this.#leasedAt = scheduler.clock.now();
    try {
      await backplane.lease(this.#key + node, snapshotText(version, this.#own), SNAPSHOT_MS);
      // Whoever read an older snapshot, or missed a step, hears that there is more.
      if (!this.#closed) await backplane.publish(this.#key, standingText(node, version));
    } catch (error) {
      this.#dirty = true;
      this.#presence.failed(`Presence in ${this.#topic}`, error);
    }
    this.#leasing = false;
  }

  async #subscribe(): Promise<void> {
    const { backplane } = this.#presence;
    if (backplane === undefined || this.#reading) return;
    this.#reading = true;
    try {
      const off = await backplane.subscribe(this.#key, ({ data }) => this.#hear(data));
      if (this.#closed) return void (await off());
      this.#off = off;
    } catch (error) {
      return this.#presence.failed(`Presence in ${this.#topic}`, error);
    } finally {
      this.#reading = false;
    }
    // After the subscription is in force: what happens from now on is heard, what happened before is in here.
    await this.#read();
  }

  async #read(): Promise<void> {
    const { backplane, node } = this.#presence;
    if (backplane === undefined || this.#reading || this.#closed) return;
    this.#reading = true;
    try {
      const leases = await backplane.leases(this.#key);
      const absent = new Set(this.#view.nodes());
      for (const { key, value } of leases) {
        const name = key.slice(this.#key.length);
        absent.delete(name);
        if (name === node || this.#closed || !this.#presence.lives(name)) continue;
        const { version, members } = readSnapshot(value);
        this.#tell(this.#view.snapshot(name, version, members));
      }
      for (const name of absent) this.#tell(this.#view.absent(name));
    } catch (error) {
      this.#presence.failed(`Presence in ${this.#topic}`, error);
    }
    this.#reading = false;
  }

  #hear(data: string): void {
    if (this.#closed) return;
    try {
      const { node, version, step } = readMessage(data);
      if (node === this.#presence.node) return;
      if (step !== undefined) return this.#tell(this.#view.step(node, step));
      this.#view.standing(node, version);
      // Its snapshot has just been renewed; where a step alone is missing, that is waited for.
      if (this.#view.stale) this.reread();
    } catch (error) {
      this.#presence.failed(`Message of presence in ${this.#topic}`, error);
    }
  }

  #tell(changes: readonly PresenceChange[]): void {
    this.#presence.changed(this.#topic, changes);
  }
}
