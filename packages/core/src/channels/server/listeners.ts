import { byteLength } from "../../bytes.ts";
import type { HeartbeatPace, PingOutcome } from "../../connection/heartbeat.ts";
import type { Scheduler } from "../../connection/scheduler.ts";
import { type Invalid, type MessageSink, Receiver } from "../../protocol/receiver.ts";
import { Hub } from "../../server/hub.ts";
import { randomId, type SortableIds } from "../../server/ids.ts";
import { depthLimited } from "../../server/json-depth.ts";
import type { ServerLimits } from "../../server/limits.ts";
import { RateLimit } from "../../server/rate-limit.ts";
import type { SessionOwner } from "../../server/session-owner.ts";
import type { CloseCause } from "../../socket/close-cause.ts";
import type { Frame, Socket } from "../../socket/socket.ts";
import type { MemberText } from "../cluster/others.ts";
import { type AckMessage, channelProtocol, type PresenceMessage } from "../messages.ts";
import { headOf, memberText } from "./frames.ts";
import { Listener, type ListenRequest } from "./listener.ts";

/** The longest presence, in bytes of JSON. */
export const MAX_PRESENCE_BYTES = 4_096;

/** What happens among listeners that others must know. */
export interface ListenersOwner {
  /** It is in its channel now. */
  listenerJoined(listener: Listener): void;
  listenerUpdated(listener: Listener): void;
  /** It is in no channel any more; `slow` where it was closed because it did not read. */
  listenerLeft(listener: Listener, why: string, slow: boolean): void;
  /** Its socket is closed or given up. */
  listenerGone(listener: Listener): void;
  /** Returns whether somebody waited for it. */
  listenerAcked(listener: Listener, eventId: string): boolean;
  /** So many of its messages were dropped. */
  listenerFlooded(listener: Listener, count: number): void;
}

/** Everybody who listens on this server, by channel and by id. */
export class Listeners implements SessionOwner, MessageSink<Listener> {
  readonly scheduler: Scheduler;
  readonly limits: ServerLimits;
  readonly heartbeat: HeartbeatPace;
  readonly rate: RateLimit;
  readonly counts = { invalid: 0, unknown: 0, rateLimited: 0, slow: 0, pingTimeouts: 0 };
  /** Whether everybody is to go: nobody is told any more that somebody left. */
  ending = false;
  readonly #owner: ListenersOwner;
  readonly #ids: SortableIds;
  readonly #receiver: Receiver<Listener>;
  readonly #hub: Hub<Listener>;
  readonly #byId = new Map<string, Listener>();
  /** Those whose socket is not gone, those who left their channel included. */
  readonly #sessions = new Set<Listener>();

  constructor(scheduler: Scheduler, limits: ServerLimits, ids: SortableIds, owner: ListenersOwner) {
    this.scheduler = scheduler;
    this.limits = limits;
    this.heartbeat = { intervalMs: limits.pingIntervalMs, timeoutMs: limits.pongTimeoutMs };
    this.rate = new RateLimit(limits.messagesPerSecond, limits.messageBurst);
    this.#ids = ids;
    this.#owner = owner;
    this.#hub = new Hub(limits.topicsPerConnection);
    const codec = depthLimited(channelProtocol.codec, limits.maxDepth);
    this.#receiver = new Receiver(channelProtocol.client, codec, limits.maxMessageBytes, this);
  }

  /** How many listen. */
  get size(): number {
    return this.#byId.size;
  }

  /** How many sockets are not gone. */
  get sockets(): number {
    return this.#sessions.size;
  }

  /** Channels that somebody listens to. */
  get channels(): number {
    return this.#hub.size;
  }

  /** Those whose socket is not gone; a copy. */
  all(): Listener[] {
    return [...this.#sessions];
  }

  /** Who listens to a channel. */
  in(channel: string): ReadonlySet<Listener> {
    return this.#hub.members(channel);
  }

  /** One who listens to this channel. */
  get(channel: string, clientId: string): Listener | undefined {
    const listener = this.#byId.get(clientId);
    return listener?.channel === channel ? listener : undefined;
  }

  /**
   * Takes one in. `greet` says its first frame, or holds back what comes until then: between the joining and the first
   * frame nobody else's code runs.
   */
  add(socket: Socket, request: ListenRequest, greet: (listener: Listener) => void): Listener {
    const listener = new Listener(this, randomId("client_"), socket, request);
    this.#sessions.add(listener);
    this.#byId.set(listener.id, listener);
    this.#hub.join(request.channel, listener);
    greet(listener);
    this.publish(request.channel, "PRESENCE:JOINED", memberOf(listener), listener);
    this.#owner.listenerJoined(listener);
    return listener;
  }

  /** Who listens to a channel, as JSON texts. */
  memberTexts(channel: string): string[] {
    return Array.from(this.#hub.members(channel), memberOf);
  }

  /** Tells everybody in a channel. */
  publish(channel: string, type: string, payload: string, except?: Listener): void {
    this.#hub.publish(channel, headOf(type, payload, this.#ids.next()), { except });
  }

  /** Sends a head to everybody in a channel, or to some of them; returns how many sockets took it. */
  deliver(channel: string, head: string, only?: readonly Listener[]): number {
    return this.#hub.publish(channel, head, { only });
  }

  /** Says to one what it did wrong. */
  sayError(listener: Listener, code: string, message: string): void {
    listener.sendSpliced(this.#errorHead(code, message));
  }

  /** Says why, and closes. */
  closeWith(listener: Listener, code: string, message: string, closeCode: number): void {
    listener.sendLast(this.#errorHead(code, message));
    listener.why = message;
    listener.close(closeCode, message);
  }

  sessionFrame(listener: Listener, frame: Frame): void {
    this.#receiver.receive(listener, frame);
  }

  sessionPing(listener: Listener): PingOutcome {
    const took = listener.sendNow(headOf("PING", "{}", this.#ids.next()));
    if (took) listener.pinged();
    return took ? "sent" : "refused";
  }

  sessionMute(listener: Listener): void {
    this.counts.pingTimeouts++;
    this.closeWith(listener, "PING_TIMEOUT", "Client did not respond to PING event", 4408);
  }

  sessionDropped(): void {
    this.counts.rateLimited++;
  }

  sessionFlooded(listener: Listener, dropped: number): void {
    const { messagesPerSecond } = this.limits;
    this.sayError(
      listener,
      "RATE_LIMITED",
      `More than ${messagesPerSecond} messages a second: ${dropped} were dropped`,
    );
    this.#owner.listenerFlooded(listener, dropped);
  }

  sessionEnded(listener: Listener, cause: CloseCause): void {
    listener.ended();
    this.#byId.delete(listener.id);
    this.#hub.leave(listener.channel, listener);
    const slow = cause.kind === "local" && cause.code === 1013;
    if (slow) this.counts.slow++;
    if (!this.ending) {
      this.publish(listener.channel, "PRESENCE:LEFT", JSON.stringify({ clientID: listener.id }));
    }
    this.#owner.listenerLeft(listener, listener.why ?? cause.message, slow);
  }

  sessionGone(listener: Listener): void {
    this.#sessions.delete(listener);
    this.#owner.listenerGone(listener);
  }

  onMessage(listener: Listener, type: string, message: object): void {
    if (type === "PONG") listener.ponged();
    else if (type === "ACK") this.#acked(listener, (message as AckMessage).payload.eventID);
    else this.#update(listener, (message as PresenceMessage).payload);
  }

  onUnknown(): void {
    this.counts.unknown++;
  }

  onInvalid(listener: Listener, { reason }: Pick<Invalid, "reason">): void {
    this.counts.invalid++;
    if (!listener.open) return;
    this.sayError(listener, "INVALID_MESSAGE", reason);
    if (listener.mistake()) listener.close(1008, "Too many frames that make no sense");
  }

  /** Who acknowledges what it was asked to must not be taken for a flood, however many events there are. */
  #acked(listener: Listener, eventId: string): void {
    if (this.#owner.listenerAcked(listener, eventId)) listener.refund();
  }

  #errorHead(code: string, message: string): string {
    return headOf("ERROR", JSON.stringify({ message, code }), this.#ids.next());
  }

  #update(listener: Listener, presence: unknown): void {
    const text = JSON.stringify(presence);
    const bytes = byteLength(text);
    if (bytes > MAX_PRESENCE_BYTES) {
      const reason = `Presence may have ${MAX_PRESENCE_BYTES} bytes: got ${bytes}`;
      return this.onInvalid(listener, { reason });
    }
    listener.presence = text;
    this.#owner.listenerUpdated(listener);
    this.publish(listener.channel, "PRESENCE:UPDATED", memberOf(listener));
  }
}

/** A listener as others see it. */
export function textOf({ id, presence }: Listener): MemberText {
  return { id, presence };
}

function memberOf({ id, presence }: Listener): string {
  return memberText(id, presence);
}
