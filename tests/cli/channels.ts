import { onTestFinished } from "vitest";
import { addressOf, type Given, type Holdfast, type Started } from "./holdfast.ts";

/** What runs until the test ends, however it ends. */
export function ending(started: Started): Started {
  onTestFinished(() => void started.child.kill("SIGKILL"));
  return started;
}

/** A server of channels on a free port. */
export interface ServedChannels {
  readonly server: Started;
  readonly url: string;
  /** The address of its channel `news`. */
  readonly news: string;
}

/** Starts `holdfast channels`, and waits until it listens. */
export async function served(holdfast: Holdfast, ...args: string[]): Promise<ServedChannels> {
  const server = ending(holdfast.start("channels", "--port=0", ...args));
  const url = await addressOf(server);
  return { server, url, news: `${url}/news` };
}

/** Starts `holdfast listen`, and waits until it is connected. */
export async function listening(holdfast: Holdfast, given: Given, ...args: string[]): Promise<Started> {
  const listener = ending(holdfast.startGiven(given, "listen", ...args));
  await listener.wrote(/"connected"|connected as/);
  return listener;
}

/** A line of `holdfast listen --json`. */
export type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

/** What a listener wrote with `--json`. */
export function linesOf({ stdout }: Started): Line[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** The payloads that a listener wrote with `--json`. */
export function payloads(started: Started): unknown[] {
  return linesOf(started).flatMap(({ event, payload }) => (event === "data" ? [payload] : []));
}
