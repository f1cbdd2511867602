/** A message from another server of the same service, or from this one. */
export interface BackplaneMessage {
  /** Unique: a message may arrive more than once, after a reconnect, and is the same then. */
  readonly id: string;
  /** The subject it was published on. */
  readonly subject: string;
  /** What was published: JSON text. */
  readonly data: string;
}

/** A claim that lives as long as it is renewed: such as one server's members of a channel. */
export interface Lease {
  /** What it is called; one of each name. */
  readonly key: string;
  /** JSON text. */
  readonly value: string;
}

/**
 * Between the servers of one service: publish and subscribe, and leases for presence. Everything is asynchronous,
 * delivery is at least once, messages of one publisher on one subject keep their order, and so do the calls of one
 * server about one lease. Every promise settles: what gets no answer rejects in the end. NATS can implement it, and in
 * one process memory does.
 */
export interface Backplane extends AsyncDisposable {
  /** Sends to every subscriber of the subject, this server's own too. Rejects when it cannot be sent. */
  publish(subject: string, data: string): Promise<void>;
  /** Resolves when the subscription is in force, with its remover. `listener` must not throw. */
  subscribe(subject: string, listener: (message: BackplaneMessage) => void): Promise<() => Promise<void>>;
  /** Sets or renews a lease for so long; after that without a renewal it is gone everywhere. */
  lease(key: string, value: string, ttlMs: number): Promise<void>;
  /** Gives a lease up at once. */
  release(key: string): Promise<void>;
  /** The leases that are in force and whose key begins so. */
  leases(prefix: string): Promise<readonly Lease[]>;
  /** A round trip, in milliseconds; rejects when there is none. */
  ping(): Promise<number>;
  /** Ends it: subscriptions and leases of this server are gone. */
  close(): Promise<void>;
}
