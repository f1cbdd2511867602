import { Deferred } from "../deferred.ts";
import { HoldfastError } from "../errors.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import { LOCAL_CLOSE } from "./lifecycle.ts";
import type { Link } from "./link.ts";
import { Timer } from "./scheduler.ts";
import type { LinkSettings } from "./settings.ts";

/** What handovers need of the exchange whose links they join. */
export interface HandoverOwner {
  /** A link with the same key and priority that has not begun. */
  successorOf(link: Link): Link;
  /** Whether a retired link still has something to send, or a reply to wait for. */
  busy(link: Link): boolean;
  /** From now on `next` stands where `previous` stood. */
  linkReplaced(previous: Link, next: Link): void;
}

interface Handover {
  readonly current: Link;
  readonly successor: Link;
  readonly done: Deferred<void>;
  /** Armed while the successor waits to begin. */
  readonly start: Timer;
}

/**
 * Make before break: a second link connects beside the first, and once it is ready the first retires. The lifecycle
 * knows nothing of it: each link has one live attempt at most, and only between them there may be two.
 */
export class Handovers {
  readonly #settings: LinkSettings;
  readonly #owner: HandoverOwner;
  readonly #byCurrent = new Map<Link, Handover>();
  readonly #bySuccessor = new Map<Link, Handover>();
  /** Links that were replaced and have not ended: by whom, and what closes them where they do not end by themselves. */
  readonly #retired = new Map<Link, { readonly heir: Link; readonly timer?: Timer }>();

  constructor(settings: LinkSettings, owner: HandoverOwner) {
    this.#settings = settings;
    this.#owner = owner;
  }

  /** Begins, or joins the one that is under way. Resolves when the new socket has taken over. */
  begin(current: Link): Promise<void> {
    const known = this.#byCurrent.get(current);
    if (known !== undefined) return known.done.promise;
    // A listener may have closed it: that waits for the end of the step that is under way.
    if (current.phase !== "ready" || current.ended) return Promise.resolve();
    // Two at a time, never three: who retired earlier ends before another begins.
    this.#endRetired(current);
    const successor = this.#owner.successorOf(current);
    const start = new Timer({ onTimer: () => successor.connect() });
    const handover: Handover = { current, successor, done: new Deferred(), start };
    this.#byCurrent.set(current, handover);
    this.#bySuccessor.set(successor, handover);
    // A server that sends everybody away at once must not be dialled in a circle: that counts as a failure.
    const failures = current.proved ? 0 : current.lifecycle.failures + 1;
    successor.inherit(failures, current.lifecycle.attempt);
    const { backoff, random, scheduler } = this.#settings;
    if (failures === 0) successor.connect();
    else scheduler.arm(start, backoff(failures, random));
    return handover.done.promise;
  }

  /** A successor is ready: it takes over. Returns the link that retires, for {@linkcode retire}. */
  takeOver(successor: Link): Link | undefined {
    const handover = this.#bySuccessor.get(successor);
    if (handover === undefined) return undefined;
    const { current } = handover;
    this.#forget(handover);
    successor.succeed(current);
    // Before anybody is told: what happens to it from now on is no longer the connection's.
    const timer = new Timer({ onTimer: () => current.dispatch({ type: "close", code: 1000, reason: "" }) });
    this.#retired.set(current, { heir: successor, timer });
    this.#settings.scheduler.arm(timer, this.#settings.closeTimeoutMs);
    this.#owner.linkReplaced(current, successor);
    handover.done.resolve();
    return current;
  }

  /** A replaced link begins to close once it has nothing left to do, at the latest after the close timeout. */
  retire(link: Link): void {
    if (this.#retired.has(link)) this.#endIfIdle(link);
  }

  /** Something happened on a link: if it is retired, it may have been the last thing that it waited for. */
  heard(link: Link): void {
    if (this.#retired.size > 0 && this.#retired.has(link)) this.#endIfIdle(link);
  }

  /**
   * A link was lost. If it is retired it ends; if a successor is on its way that takes its place at once.
   * Returns the link that the loss is to be told of; `undefined` for one that nobody needs to hear of.
   */
  lost(link: Link, cause: CloseCause): Link | undefined {
    if (this.#bySuccessor.has(link)) return undefined;
    if (this.#retired.has(link)) {
      link.dispatch({ type: "abort", cause });
      return undefined;
    }
    const handover = this.#byCurrent.get(link);
    if (handover === undefined) return link;
    const { successor, done } = handover;
    done.reject(new HoldfastError("connection-lost", `Handover was overtaken: ${cause.message}`, { cause }));
    // It has not begun, or waits itself: the link goes on as after any loss, with its own backoff.
    if (successor.phase === "idle" || successor.phase === "waiting") {
      this.cancel(link);
      return link;
    }
    this.#forget(handover);
    successor.succeed(link);
    this.#owner.linkReplaced(link, successor);
    this.#retired.set(link, { heir: successor });
    link.dispatch({ type: "abort", cause });
    return successor;
  }

  /**
   * A link ended for good, and so does what belongs to it. Returns whether the end is to be told: that of a
   * successor or of a retired link is not the connection's.
   */
  ended(link: Link, cause: CloseCause): boolean {
    const own = this.#bySuccessor.get(link);
    if (own !== undefined) {
      this.#forget(own);
      own.done.reject(new HoldfastError("closed", `Handover failed: ${cause.message}`, { cause }));
      return false;
    }
    const retired = this.#retired.get(link);
    if (retired !== undefined) {
      this.#retired.delete(link);
      if (retired.timer !== undefined) this.#settings.scheduler.disarm(retired.timer);
      retired.heir.succeed(link);
      return false;
    }
    this.cancel(link);
    this.#endRetired(link);
    return true;
  }

  /** The network is back: a successor that waits tries at once. */
  retry(link: Link): void {
    this.#byCurrent.get(link)?.successor.dispatch({ type: "retry" });
  }

  /** What a link has counted, with what a retired one still counts for it. */
  figuresOf(link: Link): { readonly received: number; readonly sent: number; readonly queued: number } {
    if (this.#retired.size === 0) return link;
    let { received, sent, queued } = link;
    for (const [retired, { heir }] of this.#retired) {
      if (heir !== link) continue;
      received += retired.received;
      sent += retired.sent;
      queued += retired.queued;
    }
    return { received, sent, queued };
  }

  /** Gives a handover of this link up, if there is one. */
  cancel(link: Link): void {
    const handover = this.#byCurrent.get(link);
    if (handover === undefined) return;
    this.#settings.scheduler.disarm(handover.start);
    handover.successor.dispatch({ type: "abort", cause: LOCAL_CLOSE });
  }

  #endRetired({ key }: Link): void {
    for (const retired of [...this.#retired.keys()])
      if (Object.is(retired.key, key)) retired.dispatch({ type: "abort", cause: LOCAL_CLOSE });
  }

  #endIfIdle(link: Link): void {
    if (!this.#owner.busy(link)) link.dispatch({ type: "close", code: 1000, reason: "" });
  }

  #forget({ current, successor }: Handover): void {
    this.#byCurrent.delete(current);
    this.#bySuccessor.delete(successor);
  }
}
