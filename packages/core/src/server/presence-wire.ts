import type { PresenceStep } from "./presence-view.ts";

/** What servers say to each other of a topic: a step, or where they stand. */
export interface PresenceMessage {
  readonly node: string;
  readonly version: number;
  /** Without it the message says only where the server stands. */
  readonly step?: PresenceStep;
}

/** What a server leases for a topic: its members there, as JSON texts, and its version. */
export interface PresenceSnapshot {
  readonly version: number;
  readonly members: ReadonlyMap<string, string>;
}

/** Begins the keys of the leases by which servers say that they live. */
export const LIVES = "presence-node/";

/** The subject of a topic, and what its leases' keys begin with. A topic may hold any character. */
export function topicKey(topic: string): string {
  return `presence/${topic.replaceAll("%", "%25").replaceAll("/", "%2F")}/`;
}

export function stepText(node: string, { version, after, id, value }: PresenceStep): string {
  return JSON.stringify({ node, version, after, id, value });
}

export function standingText(node: string, version: number): string {
  return JSON.stringify({ node, version });
}

export function snapshotText(version: number, members: ReadonlyMap<string, string>): string {
  return JSON.stringify({ version, members: [...members] });
}

/** @throws {TypeError | SyntaxError} for what no server of ours says. */
export function readMessage(text: string): PresenceMessage {
  const { node, version, after, id, value } = JSON.parse(text) as Record<string, unknown>;
  if (typeof node !== "string" || !isVersion(version)) throw new TypeError("it has no server or version");
  if (id === undefined) return { node, version };
  if (typeof id !== "string" || !isVersion(after) || !isValue(value)) throw new TypeError("it has no member");
  return { node, version, step: { version, after, id, value } };
}

/** @throws {TypeError | SyntaxError} for what no server of ours leases. */
export function readSnapshot(text: string): PresenceSnapshot {
  const { version, members } = JSON.parse(text) as Record<string, unknown>;
  if (!isVersion(version) || !Array.isArray(members)) throw new TypeError("it has no version or members");
  const read = new Map<string, string>();
  for (const member of members as unknown[]) {
    const [id, value] = Array.isArray(member) ? (member as unknown[]) : [];
    if (typeof id !== "string" || typeof value !== "string")
      throw new TypeError("a member is no pair of texts");
    read.set(id, value);
  }
  return { version, members: read };
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isValue(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
