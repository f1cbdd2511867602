import { abortError, clip, type ErrorCode, HoldfastError, messageOf } from "../errors.ts";
import { functionOption, integerOption, numberOption } from "../options.ts";
import { encodeMessage, type MessagesOf, type Protocol } from "../protocol/protocol.ts";
import { type Invalid, type MessageSink, Receiver } from "../protocol/receiver.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { Frame } from "../socket/socket.ts";
import type { Attempt } from "./attempt.ts";
import { type HandoverOwner, Handovers } from "./handover.ts";
import type { PingOutcome } from "./heartbeat.ts";
import { Link } from "./link.ts";
import type { AttemptInfo, LinkOwner } from "./link-owner.ts";
import { RecentIds } from "./recent-ids.ts";
import { Replies, type ReplyOptions } from "./replies.ts";
import type { SendOptions, SendOutcome } from "./sender.ts";
import type { LinkOptions, LinkSettings } from "./settings.ts";

/** What a client half is told of its protocol, alone or in a manager. */
export interface ExchangeOptions<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends LinkOptions {
  /** The protocol; this side is its client. */
  protocol: Protocol<Client, Server>;
  /** The server message whose arrival makes the connection ready. @default ready as soon as it is open */
  readyOn?: keyof Server & string;
  /**
   * The protocol's own ping, as type and message. Any frame counts as the answer.
   * @default a ping of the transport, where it has one
   */
  ping?: (key: unknown) => {
    [Type in keyof Client & string]: readonly [Type, Client[Type]];
  }[keyof Client & string];
  /** The key of the request that a server message answers; `undefined` for none. See `request`. */
  replyKey?: (type: keyof Server & string, message: Server[keyof Server]) => unknown;
  /**
   * The id of a server message, where the protocol may repeat one after a reconnect; `undefined` for none. A message
   * whose id came already is counted in `stats().duplicates` and goes no further.
   */
  messageId?: (type: keyof Server & string, message: Server[keyof Server]) => unknown;
  /** How many message ids each connection remembers. @default 1000 */
  rememberedIds?: number;
}

/** A request: the key that its reply will have, and how long to wait for it. */
export interface RequestOptions extends ReplyOptions {
  /** What `replyKey` gives for the reply. */
  key: unknown;
}

/** What an exchange tells the one it works for. */
export interface ExchangeHooks {
  address(link: Link, info: AttemptInfo): string | URL | Promise<string | URL>;
  ready(link: Link): void;
  /** `next` stands where `previous` stood; its `ready` or its `down` follows. */
  replaced(previous: Link, next: Link): void;
  down(link: Link, cause: CloseCause, retryInMs: number, wasReady: boolean): void;
  closed(link: Link, cause: CloseCause): void;
  message(link: Link, type: string, message: object): void;
  invalid(link: Link, invalid: Invalid): void;
  unknown(link: Link, type: string, message: unknown): void;
  dropped(link: Link, count: number, why: string): void;
  error(link: Link, error: HoldfastError): void;
}

/** Puts a protocol on links: frames become messages, messages become frames, requests find their replies. */
export class Exchange<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  implements LinkOwner, MessageSink<Attempt>, HandoverOwner
{
  /** Frames that were no message, over all links. */
  invalid = 0;
  /** Messages of types that the protocol does not have. */
  unknown = 0;
  /** Messages that were kept for later and then dropped. */
  dropped = 0;
  /** Messages whose id had come already. */
  duplicates = 0;
  /** Links that replace each other. */
  readonly handovers: Handovers;
  readonly #options: ExchangeOptions<Client, Server>;
  readonly #settings: LinkSettings;
  readonly #hooks: ExchangeHooks;
  readonly #receiver: Receiver<Attempt>;
  readonly #replies = new Map<Link, Replies>();
  readonly #rememberedIds: number;
  /** By the key of the connection: a handover does not forget them. */
  readonly #recentIds = new Map<unknown, RecentIds>();

  constructor(options: ExchangeOptions<Client, Server>, settings: LinkSettings, hooks: ExchangeHooks) {
    const { protocol } = options;
    if (protocol?.server?.validators === undefined) {
      throw new TypeError(`Option protocol must come from defineProtocol: got ${clip(protocol, 80)}`);
    }
    const { readyOn } = options;
    if (readyOn !== undefined && !protocol.server.validators.has(readyOn)) {
      const types = [...protocol.server.validators.keys()].join(", ");
      throw new TypeError(`Option readyOn must be one of ${types}: got ${clip(readyOn, 80)}`);
    }
    this.#options = options;
    this.#settings = settings;
    this.#hooks = hooks;
    if (options.messageId !== undefined) functionOption("messageId", options.messageId);
    this.#rememberedIds = integerOption("rememberedIds", options.rememberedIds, 1_000, { min: 1 });
    this.handovers = new Handovers(settings, this);
    this.#receiver = new Receiver(protocol.server, protocol.codec, settings.maxMessageBytes, this);
  }

  /** Sends a message that fits its schema. @throws {HoldfastError} `bad-message` */
  send(link: Link, type: string, message: object, options?: SendOptions): SendOutcome {
    return link.send(this.#encode(type, message), options);
  }

  /** Sends a message and waits for its reply. */
  async request<Reply>(link: Link, type: string, message: object, options: RequestOptions): Promise<Reply> {
    const { key, signal } = options;
    const timeoutMs = numberOption("timeoutMs", options.timeoutMs, 5_000, { min: 1 });
    if (signal?.aborted) throw abortError(`Request ${type}`, signal);
    const frame = this.#encode(type, message);
    const replies = this.#replies.get(link) ?? new Replies(this.#settings.scheduler);
    this.#replies.set(link, replies);
    const reply = replies.expect<Reply>(key, timeoutMs, signal);
    if (link.send(frame, {}, reply) === "rejected") {
      replies.fail(key, new HoldfastError("not-sent", `Request ${type} was not sent: ${link.phase}`));
    }
    // One that is given up before it was sent is not sent later.
    reply.catch(() => link.withdraw(reply));
    return reply;
  }

  /** Drops what is there and dials anew; a handover that is under way is given up. */
  reconnect(link: Link): void {
    this.handovers.cancel(link);
    link.dispatch({ type: "reconnect" });
  }

  /** Begins to close; a handover that is under way is given up first, so that nothing takes over meanwhile. */
  close(link: Link, code: number, reason: string): void {
    this.handovers.cancel(link);
    link.dispatch({ type: "close", code, reason });
  }

  /** Who waits for the backoff tries at once. */
  retry(link: Link): void {
    link.dispatch({ type: "retry" });
    this.handovers.retry(link);
  }

  successorOf({ key, priority }: Link): Link {
    return new Link(this.#settings, this, key, priority);
  }

  busy(link: Link): boolean {
    const { open, queued } = link;
    const replies = this.#replies.get(link)?.size ?? 0;
    return queued > 0 || replies > 0 || (open !== undefined && this.#receiver.isWaiting(open.attempt));
  }

  linkReplaced(previous: Link, next: Link): void {
    this.#hooks.replaced(previous, next);
  }

  linkAddress(link: Link, info: AttemptInfo): string | URL | Promise<string | URL> {
    return this.#hooks.address(link, info);
  }

  linkOpened(): boolean {
    return this.#options.readyOn === undefined;
  }

  linkFrame(attempt: Attempt, frame: Frame): void {
    this.#receiver.receive(attempt, frame);
  }

  linkPing(link: Link): PingOutcome {
    const { ping } = this.#options;
    if (ping !== undefined) {
      const frame = this.#guard(link, "Option ping", () => {
        const [type, message] = ping(link.key);
        return this.#encode(type, message);
      });
      if (frame === undefined) return "unable";
      return link.send(frame, { urgent: true }) === "sent" ? "sent" : "refused";
    }
    const socket = link.open?.socket;
    if (socket?.ping === undefined) return "unable";
    try {
      socket.ping();
      return "sent";
    } catch {
      return "refused";
    }
  }

  linkReady(link: Link): void {
    const previous = this.handovers.takeOver(link);
    this.#hooks.ready(link);
    if (previous !== undefined) this.handovers.retire(previous);
  }

  linkDown(link: Link, cause: CloseCause, retryInMs: number, wasReady: boolean): void {
    // What was asked while the connection was down still waits in the outbox.
    if (wasReady) this.#failReplies(link, "connection-lost", cause);
    // A frame that not even the transport took: there is nothing of it to show.
    if (cause.kind === "too-large") {
      this.invalid++;
      this.#hooks.invalid(link, { reason: cause.message, sample: "" });
    }
    const told = this.handovers.lost(link, cause);
    if (told !== undefined) this.#hooks.down(told, cause, told === link ? retryInMs : 0, wasReady);
  }

  linkClosed(link: Link, cause: CloseCause): void {
    const isEnd = this.handovers.ended(link, cause);
    this.#failReplies(link, isEnd ? "closed" : "connection-lost", cause);
    this.#replies.delete(link);
    if (!isEnd) return;
    this.#recentIds.delete(link.key);
    this.#hooks.closed(link, cause);
  }

  linkDropped(link: Link, count: number, why: string): void {
    this.dropped += count;
    this.#hooks.dropped(link, count, why);
  }

  onMessage(attempt: Attempt, type: string, message: object): void {
    const link = this.#linkOf(attempt);
    if (link === undefined) return;
    const { readyOn, replyKey, messageId } = this.#options;
    if (type === readyOn) link.ready();
    if (messageId !== undefined && this.#isRepeated(link, type, message)) {
      this.duplicates++;
      return;
    }
    if (replyKey !== undefined && this.#replies.size > 0) this.#resolveReply(link, type, message);
    this.handovers.heard(link);
    this.#hooks.message(link, type, message);
  }

  #resolveReply(link: Link, type: string, message: object): void {
    const { replyKey } = this.#options;
    const replies = this.#replies.get(link);
    if (replies === undefined || replies.size === 0) return;
    const key = this.#guard(link, "Option replyKey", () =>
      replyKey?.(type as keyof Server & string, message as Server[keyof Server]),
    );
    if (key !== undefined) replies.resolve(key, message);
  }

  onInvalid(attempt: Attempt, invalid: Invalid): void {
    const link = this.#linkOf(attempt);
    if (link === undefined) return;
    this.invalid++;
    this.#hooks.invalid(link, invalid);
  }

  onUnknown(attempt: Attempt, type: string, message: unknown): void {
    const link = this.#linkOf(attempt);
    if (link === undefined) return;
    this.unknown++;
    this.#hooks.unknown(link, type, message);
  }

  #isRepeated(link: Link, type: string, message: object): boolean {
    const { messageId } = this.#options;
    const id = this.#guard(link, "Option messageId", () =>
      messageId?.(type as keyof Server & string, message as Server[keyof Server]),
    );
    if (id === undefined) return false;
    const known = this.#recentIds.get(link.key) ?? new RecentIds(this.#rememberedIds);
    this.#recentIds.set(link.key, known);
    return !known.isNew(id);
  }

  /** Whose attempt it is; an asynchronous schema may settle when the attempt is long abandoned. */
  #linkOf(attempt: Attempt): Link | undefined {
    if (attempt.owner === undefined) this.#settings.leftovers.lateFrames++;
    return attempt.owner as Link | undefined;
  }

  #encode(type: string, message: object): Frame {
    const { protocol } = this.#options;
    return encodeMessage(protocol.client, protocol.codec, type, message);
  }

  /** Calls a function of the user's, whose failure is reported and does no harm. */
  #guard<Result>(link: Link, what: string, call: () => Result): Result | undefined {
    try {
      return call();
    } catch (cause) {
      this.#hooks.error(
        link,
        new HoldfastError("listener-failed", `${what} failed: ${messageOf(cause)}`, { cause }),
      );
      return undefined;
    }
  }

  #failReplies(link: Link, code: ErrorCode, cause: CloseCause): void {
    const message = `Request got no reply: ${cause.message}`;
    this.#replies.get(link)?.failAll(new HoldfastError(code, message, { cause }));
  }
}
