/** The largest message that listeners under the contract take, in bytes. */
export const LIMIT_BYTES: number = 262_144;

/** How a transport differs from the reference. Every difference is asserted by a case of its own. */
export interface Features {
  /** What the transport is called in the report. */
  readonly name: string;
  /** Whether paths and request headers exist; `unsent` where only this dialler cannot send its own headers. */
  readonly requests: "full" | "unsent" | "none";
  /** What a dial shows of the HTTP status of a refusal. */
  readonly status: "shown" | "hidden" | "none";
  /** Whether close codes and reasons travel. */
  readonly closeCodes: boolean;
  /** What the dialler hears of the codes from 1001 to 1013 that servers have: those, or their stand-ins from 4001 on. */
  readonly serverCodes: "sent" | "mapped" | "none";
  /** Whether bytes stay bytes and an empty frame a frame, or everything is a line. */
  readonly frames: "any" | "lines";
  /** Whether the dialler's and the listener's sockets can be dropped. */
  readonly terminate: { readonly near: boolean; readonly far: boolean };
  /** Whether the dialler's and the listener's sockets have a ping. */
  readonly ping: { readonly near: boolean; readonly far: boolean };
  /** What the dialler hears when it sent a message over the listener's limit; `none` where there is no limit. */
  readonly oversize: "too-large" | "abnormal" | "closed" | "none";
  /** Whether the dialler can be given a limit of its own. */
  readonly ownLimit: boolean;
  /** What the dialler hears when the listener closes. */
  readonly listenerClose: "abnormal" | "closed";
  /** What comes of frames that come in between a close of the dialler's or listener's side and its answer. */
  readonly closingWindow: { readonly near: "kept" | "lost"; readonly far: "kept" | "lost" };
  /** What comes of a close that a mute peer never answers: the connection is dropped, or kept. */
  readonly muteClose: "dropped" | "kept";
  /** What comes of a close frame after which the peer leaves TCP open. */
  readonly closeLeftOpen: "ended" | "kept" | "none";
  /** Whether dials and connections are TCP below, which a fault server can watch. */
  readonly overTcp: boolean;
  /** Addresses that cannot be dialled. */
  readonly badAddresses: readonly string[];
}

const NOT_WEB_SOCKETS = ["not a url", "", "ftp://127.0.0.1/x", "tcp://127.0.0.1:1", "ws://"];

const both = { near: true, far: true };
const neither = { near: false, far: false };

/** The reference. */
export const memoryFeatures: Features = {
  name: "memory() of core",
  requests: "full",
  status: "shown",
  closeCodes: true,
  serverCodes: "sent",
  frames: "any",
  terminate: both,
  ping: both,
  oversize: "none",
  ownLimit: false,
  listenerClose: "abnormal",
  closingWindow: { near: "kept", far: "kept" },
  muteClose: "kept",
  closeLeftOpen: "none",
  overTcp: false,
  badAddresses: ["not a url", ""],
};

export const nodeWebSocketFeatures: Features = {
  name: "webSocket() of node against its listener",
  requests: "full",
  status: "shown",
  closeCodes: true,
  serverCodes: "sent",
  frames: "any",
  terminate: both,
  ping: both,
  oversize: "too-large",
  ownLimit: true,
  listenerClose: "abnormal",
  closingWindow: { near: "kept", far: "kept" },
  muteClose: "dropped",
  closeLeftOpen: "ended",
  overTcp: true,
  badAddresses: NOT_WEB_SOCKETS,
};

export const portableFeatures: Features = {
  ...nodeWebSocketFeatures,
  name: "portable webSocket() of core against node's listener",
  requests: "unsent",
  ownLimit: false,
  terminate: { near: false, far: true },
  ping: { near: false, far: true },
  muteClose: "kept",
  closeLeftOpen: "kept",
};

export const nodeTcpFeatures: Features = {
  name: "tcp() of node against its listener",
  requests: "none",
  status: "none",
  closeCodes: false,
  serverCodes: "none",
  frames: "lines",
  terminate: both,
  ping: neither,
  oversize: "abnormal",
  ownLimit: true,
  listenerClose: "abnormal",
  closingWindow: { near: "kept", far: "kept" },
  muteClose: "dropped",
  closeLeftOpen: "none",
  overTcp: true,
  badAddresses: ["not a url", "", "ws://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp:"],
};

export const denoTcpFeatures: Features = {
  ...nodeTcpFeatures,
  name: "tcp() of deno against its listener",
};

export const denoWebSocketFeatures: Features = {
  ...nodeWebSocketFeatures,
  name: "webSocket() of deno against its listener",
  terminate: neither,
  ping: neither,
  serverCodes: "mapped",
  oversize: "closed",
  listenerClose: "closed",
  closingWindow: { near: "kept", far: "lost" },
  muteClose: "kept",
};

export const denoAgainstNodeFeatures: Features = {
  ...nodeWebSocketFeatures,
  name: "webSocket() of deno against node's listener under Deno",
  terminate: { near: false, far: true },
  ping: { near: false, far: true },
  muteClose: "kept",
};

export const nodeUnderDenoFeatures: Features = {
  ...nodeWebSocketFeatures,
  name: "webSocket() of node against its listener, both under Deno",
};
