import { integerOption, objectOption } from "../options.ts";

/** What one peer may ask of a server. Each is on by default. */
export interface ServerLimits {
  /** A larger message is refused: 413, or close 1009; in bytes. @default 65536 */
  maxMessageBytes: number;
  /** JSON nested deeper is refused before anything walks through it. @default 32 */
  maxDepth: number;
  /** The longest name of a channel, a room, a nickname; in characters. @default 200 */
  maxNameLength: number;
  /** How long a peer may take to be let in, in milliseconds. @default 5000 */
  handshakeTimeoutMs: number;
  /** Messages of one connection that are taken in the long run, a second. @default 50 */
  messagesPerSecond: number;
  /** Messages of one connection that are taken at once. @default 100 */
  messageBurst: number;
  /** Connections of one address. @default 20 */
  connectionsPerAddress: number;
  /** Topics of one connection. @default 128 */
  topicsPerConnection: number;
  /** What may wait for one connection, in bytes; over it the connection is closed as slow. @default 1048576 */
  maxQueueBytes: number;
  /** How long what waits may make no progress, in milliseconds. @default 10000 */
  stallTimeoutMs: number;
  /** How often a peer is pinged, in milliseconds. @default 25000 */
  pingIntervalMs: number;
  /** How long the answer may take, in milliseconds. @default 10000 */
  pongTimeoutMs: number;
  /** Bad frames within a minute that close a connection. @default 10 */
  maxMistakes: number;
}

/**
 * The limits of a server, checked, with their defaults: one object for all its sessions.
 *
 * @throws {TypeError | RangeError} for a limit that is no whole number of at least 1, naming it and its value.
 */
export function serverLimits(options?: Partial<ServerLimits>): ServerLimits {
  const given = objectOption("limits", options);
  const limit = (name: keyof ServerLimits, fallback: number): number =>
    integerOption(`limits.${name}`, given[name], fallback, { min: 1 });
  return {
    maxMessageBytes: limit("maxMessageBytes", 65_536),
    maxDepth: limit("maxDepth", 32),
    maxNameLength: limit("maxNameLength", 200),
    handshakeTimeoutMs: limit("handshakeTimeoutMs", 5_000),
    messagesPerSecond: limit("messagesPerSecond", 50),
    messageBurst: limit("messageBurst", 100),
    connectionsPerAddress: limit("connectionsPerAddress", 20),
    topicsPerConnection: limit("topicsPerConnection", 128),
    maxQueueBytes: limit("maxQueueBytes", 1_048_576),
    stallTimeoutMs: limit("stallTimeoutMs", 10_000),
    pingIntervalMs: limit("pingIntervalMs", 25_000),
    pongTimeoutMs: limit("pongTimeoutMs", 10_000),
    maxMistakes: limit("maxMistakes", 10),
  };
}
