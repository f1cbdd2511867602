/** The runtimes of the matrix. */
export type RuntimeName = "node-ws" | "undici" | "node-22" | "node-24" | "deno" | "bun" | "chromium";

/** How a runtime differs from the reference, Node's `ws`. Every difference is asserted by a case of its own. */
export interface Features {
  readonly name: RuntimeName;
  /** What the report calls it. */
  readonly title: string;
  /** Whether its sockets can be dropped: else what is abandoned stays as long as the server keeps it. */
  readonly drop: boolean;
  /** Whether its sockets have a ping: else the protocol's own is used. */
  readonly transportPing: boolean;
  /** What it shows of a refused upgrade: status and Retry-After, the status alone, or nothing. */
  readonly refusal: "full" | "status" | "hidden";
  /** Whether the factory can be given a limit of frames. */
  readonly ownLimit: boolean;
  /**
   * Whether after a dial that was given up it opens one more TCP connection, on which it asks for nothing: never, for a
   * moment, or until its keep-alive ends.
   */
  readonly idleAfterDial: "none" | "moment" | "kept";
  /**
   * How soon it tells of a close frame after which TCP stays open, in milliseconds; `undefined` for never, so that only
   * a heartbeat finds it out.
   */
  readonly leftOpenMs: number | undefined;
  /** Whether it is a page, which can be taken off the network, and has no process that must end. */
  readonly page: boolean;
}

const nodeWs: Features = {
  name: "node-ws",
  title: "Node 20, ws",
  drop: true,
  transportPing: true,
  refusal: "full",
  ownLimit: true,
  idleAfterDial: "none",
  leftOpenMs: 1_000,
  page: false,
};

/** The standard's WebSocket: no way to drop a connection, no ping, nothing of a refusal. */
const standard: Features = {
  ...nodeWs,
  drop: false,
  transportPing: false,
  refusal: "hidden",
  ownLimit: false,
  leftOpenMs: undefined,
};

/** All runtimes, in the order in which they run. */
export const FEATURES: Readonly<Record<RuntimeName, Features>> = {
  "node-ws": nodeWs,
  undici: { ...standard, name: "undici", title: "Node 20, undici", idleAfterDial: "moment" },
  "node-22": { ...standard, name: "node-22", title: "Node 22, native", idleAfterDial: "kept" },
  "node-24": { ...standard, name: "node-24", title: "Node 24, native", idleAfterDial: "moment" },
  deno: {
    ...standard,
    name: "deno",
    title: "Deno, native",
    refusal: "status",
    ownLimit: true,
    leftOpenMs: 0,
  },
  bun: { ...standard, name: "bun", title: "Bun, native", refusal: "status" },
  chromium: { ...standard, name: "chromium", title: "Chromium, native", leftOpenMs: 2_000, page: true },
};
