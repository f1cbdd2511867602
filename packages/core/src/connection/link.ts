import { hostOf } from "../socket/address.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { Frame, Socket } from "../socket/socket.ts";
import { Attempt, type AttemptOwner } from "./attempt.ts";
import { type Destination, destinationOf } from "./destination.ts";
import type { DialWaiter } from "./dial-gate.ts";
import { Heartbeat, type HeartbeatOwner, type PingOutcome, STALL_MS } from "./heartbeat.ts";
import type { Effect, Lifecycle, LifecycleEvent, Phase } from "./lifecycle.ts";
import { causeOfOverdue, IDLE, revive, step, timerOf } from "./lifecycle.ts";
import type { LinkOwner } from "./link-owner.ts";
import { ScheduledTask } from "./scheduler.ts";
import { type OpenAttempt, Sender, type SenderOwner, type SendOptions, type SendOutcome } from "./sender.ts";
import type { LinkSettings } from "./settings.ts";
import { holdsHost, waitOf } from "./waits.ts";

const LIVES_AND_ENDS: ReadonlySet<LifecycleEvent["type"]> = new Set(["connect", "close", "abort"]);
const CONNECT_ANEW: CloseCause = { kind: "local", message: "Closed by this side, and connected anew" };

/**
 * The driver of one connection: performs what the lifecycle says. What it calls back are its own methods and
 * what it knows is shared, because there may be ten thousand of it.
 */
export class Link extends ScheduledTask implements AttemptOwner, DialWaiter, HeartbeatOwner, SenderOwner {
  readonly settings: LinkSettings;
  /** Whose connection it is, in a manager. */
  readonly key: unknown;
  readonly priority: number;
  /** The host of the latest address. */
  host = "";
  /** Times it was ready. */
  connects = 0;
  /** Frames that arrived. */
  received = 0;
  /** Frames handed to a socket. */
  sent = 0;
  /** Why the latest attempt ended. */
  cause: CloseCause | undefined;
  readonly #owner: LinkOwner;
  #state: Lifecycle = IDLE;
  #attempt: Attempt | undefined;
  #heartbeat: Heartbeat | undefined;
  #sender: Sender | undefined;
  #queue: LifecycleEvent[] | undefined;
  #busy = false;
  #graced = false;
  #turn: (() => void) | undefined;
  #delayMs = 0;

  constructor(settings: LinkSettings, owner: LinkOwner, key: unknown, priority: number) {
    super();
    this.settings = settings;
    this.#owner = owner;
    this.key = key;
    this.priority = priority;
  }

  /** The lifecycle's state. */
  get lifecycle(): Lifecycle {
    return this.#state;
  }

  get phase(): Phase {
    return this.#state.phase;
  }

  get queued(): number {
    return this.#sender?.queued ?? 0;
  }

  /** Whether it is ready and has been for long enough that its backoff starts anew. */
  get proved(): boolean {
    return this.phase === "ready" && !this.armed;
  }

  get ended(): boolean {
    // What is queued behind the step that is under way counts: a listener that closed has closed.
    const last = this.#queue?.findLast(({ type }) => LIVES_AND_ENDS.has(type));
    if (last !== undefined) return last.type !== "connect";
    return this.phase === "closed" || this.phase === "closing";
  }

  get open(): (OpenAttempt & { readonly attempt: Attempt }) | undefined {
    const { phase } = this;
    const attempt = this.#attempt;
    const socket = attempt?.socket;
    if (socket === undefined || (phase !== "ready" && phase !== "opening")) return undefined;
    return { attempt: attempt as Attempt, socket, ready: phase === "ready" };
  }

  /** Begins to connect. A link that ended begins a new life; one that is closing ends first. */
  connect(): void {
    if (this.ended && this.phase !== "closed") this.dispatch({ type: "abort", cause: CONNECT_ANEW });
    this.dispatch({ type: "connect" });
  }

  /** Before it begins: attempts go on counting where those of a link before it stood, and so do failures. */
  inherit(failures: number, attempt: number): void {
    this.#state = { ...IDLE, failures, attempt };
  }

  /** It stands where another stood: figures go over, and what may be replayed. Once more at that one's end. */
  succeed(previous: Link): void {
    this.connects += previous.connects;
    this.received += previous.received;
    this.sent += previous.sent;
    previous.connects = previous.received = previous.sent = 0;
    const waiting = previous.#sender?.handOver() ?? [];
    if (waiting.length === 0) return;
    this.#sender ??= new Sender(this);
    this.#sender.adopt(waiting);
  }

  /** One step of the lifecycle. What happens inside a step waits until the step is done. */
  dispatch(event: LifecycleEvent): void {
    if (this.#busy) {
      this.#queue ??= [];
      this.#queue.push(event);
      return;
    }
    this.#busy = true;
    try {
      for (let next: LifecycleEvent | undefined = event; next !== undefined; next = this.#queue?.shift()) {
        const before = next.type === "connect" ? revive(this.#state) : this.#state;
        const { state, effects } = step(before, next, this.settings);
        this.#state = state;
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#queue = undefined;
      this.#busy = false;
    }
  }

  /** The ready condition is met. */
  ready(): void {
    if (this.phase === "opening") this.dispatch({ type: "ready", attempt: this.#state.attempt });
  }

  /** Sends a frame, or keeps it for later; `tag` is what a kept one can be withdrawn by. */
  send(frame: Frame, options: SendOptions = {}, tag?: object): SendOutcome {
    // Past everything that waits: a ping needs no queue.
    if (options.urgent) return this.write(frame) ? "sent" : "rejected";
    this.#sender ??= new Sender(this);
    return this.#sender.send(frame, options, tag);
  }

  write(frame: Frame): boolean {
    if (this.open?.attempt.send(frame) !== true) return false;
    this.sent++;
    return true;
  }

  /** Takes back a frame that is still kept. */
  withdraw(tag: object): void {
    this.#sender?.withdraw(tag);
  }

  onGranted(): void {
    this.dispatch({ type: "granted" });
  }

  onTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.();
  }

  onHeld(): void {
    this.dispatch({ type: "held", attempt: this.#state.attempt });
  }

  turn(attempt: Attempt, dial: () => Promise<Socket>): Promise<Socket> {
    return new Promise((resolve) => {
      if (attempt !== this.#attempt) return;
      this.#turn = () => resolve(dial());
      this.settings.gate.turn(this);
    });
  }

  run(lateMs: number): void {
    const name = timerOf(this.phase);
    if (name === undefined) return;
    // Our own loop stalled: what the kernel already has for us, an open socket or a hello, gets its turn first.
    if (lateMs > STALL_MS && !this.#graced && (name === "connect" || name === "ready")) {
      this.#graced = true;
      this.settings.scheduler.arm(this, STALL_MS);
    } else {
      const cause = causeOfOverdue(name);
      const final = cause !== undefined && this.settings.isFinal(cause);
      this.dispatch({ type: "overdue", timer: name, final });
    }
  }

  sendPing(): PingOutcome {
    return this.#owner.linkPing(this);
  }

  onMute(message: string): void {
    this.#lost(this.#state.attempt, { kind: "mute", message });
  }

  async destination(attempt: Attempt, signal: AbortSignal): Promise<Destination> {
    const { failures } = this.#state;
    const info = { attempt: attempt.id, failures, signal, ...(this.cause && { cause: this.cause }) };
    const destination = await destinationOf(this.settings, () => this.#owner.linkAddress(this, info));
    if (attempt === this.#attempt) this.host = this.settings.hosts.of(hostOf(destination.address));
    return destination;
  }

  attemptOpened(attempt: Attempt): void {
    this.dispatch({ type: "opened", attempt: attempt.id });
    if (attempt === this.#attempt && this.#owner.linkOpened(this)) this.ready();
  }

  attemptHeard(attempt: Attempt, frame: Frame | undefined): void {
    if (attempt !== this.#attempt) return;
    this.#heartbeat?.heard();
    if (frame === undefined) return;
    this.received++;
    this.#owner.linkFrame(attempt, frame);
  }

  attemptLost(attempt: Attempt, cause: CloseCause): void {
    this.#lost(attempt.id, cause);
  }

  dropped(count: number, why: string): void {
    this.#owner.linkDropped(this, count, why);
  }

  #lost(attempt: number, cause: CloseCause): void {
    this.dispatch({ type: "lost", attempt, cause, final: this.settings.isFinal(cause) });
  }

  #perform(effect: Effect): void {
    const { scheduler, gate } = this.settings;
    switch (effect.do) {
      case "disarm":
        this.#graced = false;
        return scheduler.disarm(this);
      case "arm":
        this.#delayMs = waitOf(effect.timer, this.settings, effect.failures, effect.cause);
        if (holdsHost(effect.cause)) gate.hold(this.host, this.#delayMs);
        return scheduler.arm(this, this.#delayMs);
      case "enqueue":
        return gate.enter(this);
      case "dequeue":
        return gate.leave(this);
      case "release":
        return gate.release(this);
      case "dial":
        return this.#dial(effect.attempt);
      case "drop":
        return this.#drop(effect.attempt);
      case "end":
        this.#heartbeat?.stop();
        return this.#attempt?.close(effect.code, effect.reason);
      case "say-ready":
        return this.#becomeReady();
      case "say-down":
        return this.#becomeDown(effect.cause, effect.was === "ready");
      case "say-closed":
        return this.#becomeClosed(effect.cause);
    }
  }

  #dial(id: number): void {
    this.#attempt = new Attempt(id, this, this.settings.leftovers);
    void this.#attempt.dial(this.settings.socket);
  }

  #drop(attempt: number): void {
    this.#heartbeat?.stop();
    this.#attempt?.abandon();
    this.#attempt = undefined;
    this.#sender?.lose(attempt);
  }

  #becomeReady(): void {
    const { heartbeat, scheduler, random } = this.settings;
    this.connects++;
    if (heartbeat !== undefined) {
      this.#heartbeat ??= new Heartbeat(heartbeat, scheduler, this);
      this.#heartbeat.start(random());
    }
    this.#sender?.drain();
    this.#owner.linkReady(this);
  }

  #becomeDown(cause: CloseCause, wasReady: boolean): void {
    this.cause = cause;
    this.#owner.linkDown(this, cause, this.phase === "waiting" ? this.#delayMs : 0, wasReady);
  }

  #becomeClosed(cause: CloseCause): void {
    this.cause = cause;
    this.#sender?.close();
    this.#owner.linkClosed(this, cause);
  }
}
