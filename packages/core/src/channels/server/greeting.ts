import type { SortableIds } from "../../server/ids.ts";
import type { ServerLimits } from "../../server/limits.ts";
import type { Others } from "../cluster/others.ts";
import type { EventLog } from "./event-log.ts";
import { connectedHead, memberText, replayedHead } from "./frames.ts";
import type { Listener } from "./listener.ts";
import type { Listeners } from "./listeners.ts";

/**
 * How far before `since` a resume begins where there are several servers, in milliseconds: an event of another server
 * may sort before one that the listener got, and may not have been here yet when its connection ended.
 */
const LATE_MS = 10_000;

/** The most bytes that one UTF-16 unit of a text has in UTF-8. */
const MAX_BYTES = 3;

/** What a greeting needs of its server. */
export interface GreetingOwner {
  readonly ids: SortableIds;
  readonly limits: ServerLimits;
  readonly listeners: Listeners;
  readonly log: EventLog;
  readonly others: Others | undefined;
}

/** What history gives to one who resumes. */
interface Recovery {
  readonly recovered: boolean;
  readonly heads: readonly string[];
}

const NOTHING: Recovery = { recovered: false, heads: [] };

/** Says CONNECTED, and brings one who resumes up to date. */
export class Greeting {
  readonly #owner: GreetingOwner;

  constructor(owner: GreetingOwner) {
    this.#owner = owner;
  }

  /** Called in the moment in which it joined: who is there is said as of now, and what comes from now on follows. */
  greet(listener: Listener): void {
    const { ids, log } = this.#owner;
    const { since } = listener.request;
    const members = this.#membersBeside(listener);
    // Nothing of this channel has an id before that is found: whoever resumes after CONNECTED gets what follows it.
    const finding = log.finding(listener.channel);
    const eventId = ids.next();
    if (since !== undefined || finding !== undefined) {
      listener.holdBack();
      void this.#greetLater(listener, members, finding ?? eventId);
      return;
    }
    const head = connectedHead(members, eventId, undefined);
    if (head.length * MAX_BYTES > this.#owner.limits.maxQueueBytes / 2) {
      // It may fill the queue alone: what is emitted waits until it has gone, or everybody new would be too slow.
      listener.holdBack();
      listener.resume(head, [], false);
      return;
    }
    listener.sendSpliced(head);
    listener.startHeartbeat();
  }

  async #greetLater(listener: Listener, members: string, id: Promise<string> | string): Promise<void> {
    const eventId = typeof id === "string" ? id : await id;
    const { since } = listener.request;
    if (since === undefined) return listener.resume(connectedHead(members, eventId, undefined), [], false);
    const { recovered, heads } = await this.#recover(listener.channel, since);
    // Whoever is lost halfway through its history resumes after where it began.
    const after = recovered || heads.length > 0 ? since : eventId;
    listener.resume(connectedHead(members, after, recovered), heads, this.#owner.others !== undefined);
  }

  /** Never rejects: one who cannot be brought up to date is told so. */
  async #recover(channel: string, since: string): Promise<Recovery> {
    const { log, others } = this.#owner;
    try {
      const { events, complete } = await (others === undefined
        ? log.after(channel, since)
        : log.around(channel, since, LATE_MS));
      return { recovered: complete, heads: events.map(({ id, payload }) => replayedHead(payload, id)) };
    } catch {
      return NOTHING;
    }
  }

  #membersBeside(listener: Listener): string {
    const { listeners, others } = this.#owner;
    const texts: string[] = [];
    for (const other of listeners.in(listener.channel)) {
      if (other !== listener) texts.push(memberText(other.id, other.presence));
    }
    for (const { id, presence } of others?.known(listener.channel) ?? [])
      texts.push(memberText(id, presence));
    return texts.join(",");
  }
}
