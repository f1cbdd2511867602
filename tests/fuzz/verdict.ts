import type { Way } from "./rtm-frames.ts";

/** What a frame is: the wire document read once more, without the schemas. */
export type Verdict =
  | { readonly kind: "invalid" }
  | { readonly kind: "unknown"; readonly type: string; readonly message: Record<string, unknown> }
  | { readonly kind: "message"; readonly type: string; readonly message: Record<string, unknown> };

type Shape = (message: Record<string, unknown>) => boolean;

/** A string, or a finite number that is no integer beyond 2^53. */
export function isTeamId(value: unknown): value is string | number {
  if (typeof value === "string") return true;
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === "string";
const isRow = (row: unknown): boolean => {
  if (typeof row !== "object" || row === null) return false;
  const { id, connected, message_count, props_count } = row as Record<string, unknown>;
  return isTeamId(id) && typeof connected === "boolean" && isCount(message_count) && isCount(props_count);
};
const bare: Shape = () => true;
const named: Shape = ({ team_id }) => isTeamId(team_id);
const maybeNamed: Shape = ({ team_id }) => team_id === undefined || isTeamId(team_id);
const pinged: Shape = ({ unique_id }) => isTeamId(unique_id);

const SHAPES: Readonly<Record<Way, ReadonlyMap<string, Shape>>> = {
  "global.client": new Map<string, Shape>([
    ["team.connect", named],
    ["healthcheck", ({ stats }) => Array.isArray(stats) && stats.every(isRow)],
  ]),
  "global.server": new Map<string, Shape>([
    ["hello", bare],
    ["goodbye", bare],
    ["team.join", named],
    ["team.left", named],
    ["team.connect", (message) => named(message) && isText(message.ws_url)],
    ["error", (message) => isText(message.message) && maybeNamed(message)],
    ["healthcheck", bare],
  ]),
  "team.client": new Map([["ping", pinged]]),
  "team.server": new Map<string, Shape>([
    ["hello", bare],
    ["pong", pinged],
    ["message", ({ text }) => isText(text)],
    ["team.left", maybeNamed],
  ]),
};

const encoder = new TextEncoder();

/** What a frame is in these directions; a server has one receiver for both of its connections. */
export function verdictOf(frame: string | Uint8Array, maxBytes: number, ...ways: Way[]): Verdict {
  if (typeof frame !== "string" || encoder.encode(frame).length > maxBytes) return { kind: "invalid" };
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return { kind: "invalid" };
  }
  if (typeof message !== "object" || message === null) return { kind: "invalid" };
  const { type } = message as { type?: unknown };
  if (typeof type !== "string") return { kind: "invalid" };
  const known = message as Record<string, unknown>;
  const shape = ways.map((way) => SHAPES[way].get(type)).find((found) => found !== undefined);
  if (shape === undefined) return { kind: "unknown", type, message: known };
  return shape(known) ? { kind: "message", type, message: known } : { kind: "invalid" };
}
