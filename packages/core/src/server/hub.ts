/** What a hub needs of those who join. */
export interface HubMember {
  /** Whether it can be sent to; one that cannot joins nothing. */
  readonly open: boolean;
  /** What it is in: the hub's own note, made at the first join. */
  topics: Set<string> | undefined;
  /** Sends a head that many share, with a tail of its own; must not throw. */
  sendSpliced(head: string): boolean;
}

/** What became of a wish to join: `joined`, `already` in it, `full` (it is in too many), or its connection has `ended`. */
export type JoinOutcome = "joined" | "already" | "full" | "ended";

/** Whom a publish reaches. */
export interface PublishTo<Member> {
  /** Everybody but this one. */
  except?: Member | undefined;
  /** Of these, those who are in the topic; each once. */
  only?: Iterable<Member> | undefined;
}

/** Those who are in one topic, and the set that a fan-out walks through at this moment. */
interface Topic<Member> {
  members: Set<Member>;
  walked: Set<Member> | undefined;
}

/** Who is in which topic, kept both ways; a topic is there as long as somebody is in it. */
export class Hub<Member extends HubMember> {
  readonly #topicsPerMember: number;
  readonly #topics = new Map<string, Topic<Member>>();

  /** @param topicsPerMember In how many topics one may be. */
  constructor(topicsPerMember: number) {
    this.#topicsPerMember = topicsPerMember;
  }

  /** How many topics have somebody in them. */
  get size(): number {
    return this.#topics.size;
  }

  /** The topics that have somebody in them. */
  topics(): IterableIterator<string> {
    return this.#topics.keys();
  }

  /** Who is in a topic; a set that may change afterwards. */
  members(topic: string): ReadonlySet<Member> {
    return this.#topics.get(topic)?.members ?? (NOBODY as ReadonlySet<Member>);
  }

  join(topic: string, member: Member): JoinOutcome {
    if (!member.open) return "ended";
    member.topics ??= new Set();
    if (member.topics.has(topic)) return "already";
    if (member.topics.size >= this.#topicsPerMember) return "full";
    member.topics.add(topic);
    const known = this.#topics.get(topic);
    if (known === undefined) this.#topics.set(topic, { members: new Set([member]), walked: undefined });
    else ownSet(known).add(member);
    return "joined";
  }

  /** Returns whether it was in it. */
  leave(topic: string, member: Member): boolean {
    if (member.topics?.delete(topic) !== true) return false;
    const known = this.#topics.get(topic);
    if (known === undefined) return false;
    ownSet(known).delete(member);
    if (known.members.size === 0) this.#topics.delete(topic);
    return true;
  }

  /** Takes it out of everything, and returns what it was in. */
  leaveAll(member: Member): string[] {
    const topics = [...(member.topics ?? [])];
    for (const topic of topics) this.leave(topic, member);
    return topics;
  }

  /**
   * Sends to those who are in the topic at this moment, each at most once, and returns how many sockets took it. Who
   * joins or leaves meanwhile changes nothing for the others; who joins meanwhile does not get it.
   */
  publish(topic: string, head: string, { except, only }: PublishTo<Member> = {}): number {
    const known = this.#topics.get(topic);
    if (known === undefined) return 0;
    const { members, walked } = known;
    let took = 0;
    known.walked = members;
    for (const member of only === undefined ? members : new Set(only)) {
      if (member === except || (only !== undefined && !members.has(member))) continue;
      // Who left meanwhile is still in the set that this walks through; there is another one only then.
      if (known.members !== members && !known.members.has(member)) continue;
      if (member.sendSpliced(head)) took++;
    }
    known.walked = walked;
    return took;
  }
}

const NOBODY: ReadonlySet<never> = new Set();

/** The set to change: a copy while a fan-out walks through the old one, for it must not meet one twice. */
function ownSet<Member>(topic: Topic<Member>): Set<Member> {
  if (topic.walked === topic.members) topic.members = new Set(topic.members);
  return topic.members;
}
