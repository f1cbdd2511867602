/** A member of a topic on another server; `value` is JSON text. */
export interface PresentMember {
  readonly id: string;
  readonly value: string;
}

/** What became of a member. */
export interface PresenceChange extends PresentMember {
  readonly kind: "joined" | "updated" | "left";
}

/** What one server says of one member of a topic, from one moment to the next. */
export interface PresenceStep {
  /** Its number: rises with each step of that server. */
  readonly version: number;
  /** The number of the topic's step before it; 0 where nobody was in the topic. */
  readonly after: number;
  readonly id: string;
  /** `undefined` where it left. */
  readonly value: string | undefined;
}

/** How often in a row a server may be missing among the snapshots before its members are gone. */
const MAX_ABSENCES = 2;

/** One other server, as far as one topic goes. */
class Node {
  readonly members = new Map<string, string>();
  version = 0;
  /** Whether a step is missing: a snapshot of this version or a later one has it. */
  stale = false;
  absences = 0;
  /** Steps since the last snapshot, while one is missing: an older snapshot must not undo them. */
  readonly touched = new Map<string, number>();
}

/**
 * The members of one topic on all other servers. Steps come by message and may be lost, repeated, or overtaken by
 * a snapshot; snapshots may be older than steps. Whatever the order, each change is told once, and once nothing is
 * missing the view is what the other server has. It does no I/O.
 */
export class PresenceView {
  readonly #nodes = new Map<string, Node>();

  /** Whether a step is missing, so that snapshots are to be read. */
  get stale(): boolean {
    for (const node of this.#nodes.values()) if (node.stale) return true;
    return false;
  }

  /** The servers it knows of. */
  nodes(): string[] {
    return [...this.#nodes.keys()];
  }

  *members(): IterableIterator<PresentMember> {
    for (const { members } of this.#nodes.values()) {
      for (const [id, value] of members) yield { id, value };
    }
  }

  /** A step of a server; one that was seen before changes nothing. */
  step(name: string, { version, after, id, value }: PresenceStep): PresenceChange[] {
    const node = this.#node(name);
    if (version <= node.version) return [];
    const changes: PresenceChange[] = [];
    if (after === 0) {
      // Nobody was there before it: what is still held had left.
      for (const old of [...node.members.keys()]) if (old !== id) set(node, old, undefined, changes);
      node.stale = false;
      node.touched.clear();
    } else if (after !== node.version) node.stale = true;
    node.version = version;
    if (node.stale) node.touched.set(id, version);
    set(node, id, value, changes);
    return changes;
  }

  /** A server says where it stands: whether a step is missing here. */
  standing(name: string, version: number): void {
    const node = this.#node(name);
    if (version > node.version) node.stale = true;
  }

  /** A server's snapshot. */
  snapshot(name: string, version: number, members: ReadonlyMap<string, string>): PresenceChange[] {
    const node = this.#node(name);
    const changes: PresenceChange[] = [];
    node.absences = 0;
    // Where no step is missing, an older snapshot says nothing new.
    if (version < node.version && !node.stale) return changes;
    const isNewer = (id: string): boolean => (node.touched.get(id) ?? 0) > version;
    for (const id of [...node.members.keys()]) {
      if (!members.has(id) && !isNewer(id)) set(node, id, undefined, changes);
    }
    for (const [id, value] of members) if (!isNewer(id)) set(node, id, value, changes);
    if (version < node.version) return changes;
    node.version = version;
    node.stale = false;
    node.touched.clear();
    return changes;
  }

  /** A server had no snapshot. It may be on its way, so that only the next time its members are gone. */
  absent(name: string): PresenceChange[] {
    const node = this.#nodes.get(name);
    if (node === undefined || (node.members.size === 0 && !node.stale)) return [];
    node.stale = true;
    if (++node.absences < MAX_ABSENCES) return [];
    const changes: PresenceChange[] = [];
    for (const id of [...node.members.keys()]) set(node, id, undefined, changes);
    node.stale = false;
    node.touched.clear();
    return changes;
  }

  /** A server is gone, and its members with it. */
  drop(name: string): PresenceChange[] {
    const node = this.#nodes.get(name);
    if (node === undefined) return [];
    this.#nodes.delete(name);
    return Array.from(node.members, ([id, value]) => ({ kind: "left", id, value }));
  }

  #node(name: string): Node {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node = new Node();
    this.#nodes.set(name, node);
    return node;
  }
}

function set(node: Node, id: string, value: string | undefined, changes: PresenceChange[]): void {
  const old = node.members.get(id);
  if (old === value) return;
  if (value !== undefined) node.members.set(id, value);
  else node.members.delete(id);
  const kind = value === undefined ? "left" : old === undefined ? "joined" : "updated";
  changes.push({ kind, id, value: value ?? old ?? "" });
}
