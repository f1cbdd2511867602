/** One connection, as the server saw it. Times are milliseconds since 1970, which all processes of a machine share. */
export interface SeenConnection {
  /** The path asked for, "" until the request is whole. */
  readonly path: string;
  readonly openedAtMs: number;
  /** When the dialler ended TCP. */
  readonly endedAtMs?: number;
  readonly endedBy?: "fin" | "reset";
  readonly texts: number;
  readonly closeCode?: number;
}

/** All that a server saw. */
export interface Seen {
  readonly connections: readonly SeenConnection[];
  /** TCP connections that the dialler has not ended. */
  readonly open: number;
  /** The most of them that there were at once. */
  readonly mostOpen: number;
}

/** What can be waited for at a server; all that is given must hold. */
export interface Awaited {
  /** Connections whose request was whole, at least. */
  readonly asked?: number;
  /** TCP connections that the dialler has ended, at least. */
  readonly ended?: number;
  /** Open TCP connections, exactly. */
  readonly open?: number;
  /** Text messages received over all connections, at least. */
  readonly texts?: number;
  /** Close frames received, at least. */
  readonly closes?: number;
}

/** Now, on the clock that `Seen` is told in. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
