/** Told once: true when the peer answered, false when it did not live to. */
export type Proof = (proven: boolean) => void;

/**
 * Proves what a peer has received. Frames keep their order and every WebSocket answers a ping (RFC 6455, section
 * 5.5.2), so an answer proves that the peer's socket has read all that was sent before the ping. Only one ping
 * is under way at a time: a pong that answers an older one would prove too much.
 */
export class Prober {
  readonly #ping: (() => void) | undefined;
  #underWay: Proof[] | undefined;
  #next: Proof[] = [];
  #ended = false;

  /** @param ping Sends a ping; `undefined` where the transport has none, and then nothing is ever proven. */
  constructor(ping: (() => void) | undefined) {
    this.#ping = ping;
  }

  /** Pings for the sake of a sign of life: one that is under way already will bring it. */
  ping(): void {
    if (this.#underWay === undefined) this.#send([]);
  }

  /** Asks for the proof that everything sent until now was received. */
  prove(done: Proof): void {
    if (this.#ended || this.#ping === undefined) done(false);
    else if (this.#underWay === undefined) this.#send([done]);
    else this.#next.push(done);
  }

  /** A pong arrived. One that nobody asked for proves nothing. */
  ponged(): void {
    const proven = this.#underWay;
    if (proven === undefined) return;
    this.#underWay = undefined;
    const next = this.#next;
    this.#next = [];
    if (next.length > 0) this.#send(next);
    for (const done of proven) done(true);
  }

  /** The peer is gone. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const unproven = [...(this.#underWay ?? []), ...this.#next];
    this.#underWay = undefined;
    this.#next = [];
    for (const done of unproven) done(false);
  }

  #send(proofs: Proof[]): void {
    this.#underWay = proofs;
    this.#ping?.();
  }
}
