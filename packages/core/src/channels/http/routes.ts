import { clip } from "../../errors.ts";
import { Fault } from "./fault.ts";

/** What can be done with a channel. */
export type RouteAction = "emit" | "listen" | "history" | "members";

/** Where a request leads. */
export interface Route {
  readonly action: RouteAction;
  /** The channel's name, decoded. */
  readonly channel: string;
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ["emit", "GET, POST"],
  ["listen", "GET"],
  ["history", "GET"],
  ["members", "GET"],
]);

/** The methods of an action, as `Allow` has them. */
export function methodsOf({ action }: Route): string {
  return METHODS.get(action) as string;
}

/**
 * Where a path leads, such as `/news/emit`, still percent-encoded and without its query.
 * @throws {Fault} `NOT_FOUND`, `BAD_CHANNEL`
 */
export function routeOf(path: string, maxNameLength: number): Route {
  const [before, name, action, ...rest] = path.split("/");
  if (
    before !== "" ||
    name === undefined ||
    action === undefined ||
    rest.length > 0 ||
    !METHODS.has(action)
  ) {
    throw new Fault(
      "NOT_FOUND",
      `Nothing is at ${clip(path, 80)}: there are /:channel/emit, /listen, /history and /members`,
    );
  }
  return { action: action as RouteAction, channel: channelName(decoded(name), maxNameLength) };
}

/**
 * A channel's name, checked: 1 to so many characters, no control characters, no `/`; not a step of a path.
 * @throws {Fault} `BAD_CHANNEL`
 */
export function channelName(name: string, maxNameLength: number): string {
  if (name === "") throw new Fault("BAD_CHANNEL", "Channel name is empty");
  // However it is encoded: some that read the path before take it as a step, and others do not.
  if (name === "." || name === "..") throw new Fault("BAD_CHANNEL", `Channel name must not be "${name}"`);
  if (name.length > maxNameLength) {
    throw new Fault(
      "BAD_CHANNEL",
      `Channel name is longer than ${maxNameLength} characters: ${clip(name, 40)}`,
    );
  }
  if (/[\p{Cc}\p{Cs}/]/u.test(name)) {
    throw new Fault(
      "BAD_CHANNEL",
      `Channel name must not have control characters or "/": ${JSON.stringify(clip(name, 80))}`,
    );
  }
  return name;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Fault("BAD_CHANNEL", `Channel name cannot be decoded: ${clip(name, 80)}`);
  }
}
