/** Reads the request, keeps TCP open and says nothing. The last step. */
export interface NeverAnswer {
  /** What is done. */
  readonly do: "never-answer";
}

/** Answers the request with another HTTP status than 101, then a FIN. The last step. */
export interface Refuse {
  /** What is done. */
  readonly do: "refuse";
  /** The HTTP status, 200 to 599. */
  readonly status: number;
  /** Headers of the answer, such as `retry-after` or `location`. @default only what HTTP needs */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the answer. @default none */
  readonly body?: string;
}

/** Answers the request with 101: from here on it is a WebSocket (RFC 6455, section 4.2.2). */
export interface Upgrade {
  /** What is done. */
  readonly do: "upgrade";
  /** Sends the answer one byte at a time, so many milliseconds apart. @default all at once */
  readonly byteDelayMs?: number;
}

/** Sends one text frame. */
export interface SendText {
  /** What is done. */
  readonly do: "text";
  /** What is sent. */
  readonly text: string;
}

/** Sends one binary frame. */
export interface SendBinary {
  /** What is done. */
  readonly do: "binary";
  /** What is sent. */
  readonly bytes: Uint8Array;
}

/** Sends one text message in fragments; a character may be split between two. */
export interface SendFragments {
  /** What is done. */
  readonly do: "fragments";
  /** What is sent. */
  readonly text: string;
  /** How many bytes of it a fragment carries. */
  readonly bytes: number;
}

/** Sends one text frame a byte at a time. */
export interface Drip {
  /** What is done. */
  readonly do: "drip";
  /** What is sent. */
  readonly text: string;
  /** The time between two bytes, in milliseconds. */
  readonly byteDelayMs: number;
}

/** Sends a text frame whose bytes are not UTF-8. */
export interface SendInvalidUtf8 {
  /** What is done. */
  readonly do: "invalid-utf8";
}

/** Sends one large text frame in chunks, no faster than the dialler reads. */
export interface SendOversized {
  /** What is done. */
  readonly do: "oversized";
  /** The size of its payload. */
  readonly bytes: number;
}

/** Puts these bytes on TCP as they are, before or after the upgrade. */
export interface SendRaw {
  /** What is done. */
  readonly do: "raw";
  /** What is sent. */
  readonly bytes: Uint8Array;
}

/** Sends a close frame, then a FIN. The last step. */
export interface Close {
  /** What is done. */
  readonly do: "close";
  /** Any code from 0 to 65535, also one that must not be sent. @default a close frame without a code */
  readonly code?: number;
  /** The reason; one of more than 123 bytes makes a frame that breaks the protocol. @default none */
  readonly reason?: string;
  /** Sends no FIN: TCP stays open, and nothing is answered any more. @default false */
  readonly leaveOpen?: boolean;
}

/** Sends a FIN without a close frame. The last step. */
export interface End {
  /** What is done. */
  readonly do: "end";
}

/** Sends a RST, which also destroys what the dialler has not read yet. The last step. */
export interface Reset {
  /** What is done. */
  readonly do: "reset";
}

/** Reads on and answers nothing: no pong, no echo of a close, no FIN. TCP stays open. The last step. */
export interface Mute {
  /** What is done. */
  readonly do: "mute";
}

/** Stops reading: the buffers of both systems fill up. It does not see the dialler's end any more. */
export interface StopReading {
  /** What is done. */
  readonly do: "stop-reading";
}

/** Lets time pass, and is a proper peer meanwhile. */
export interface Wait {
  /** What is done. */
  readonly do: "wait";
  /** How long, in milliseconds. */
  readonly ms: number;
}

/**
 * One thing that a fault server does to a connection.
 *
 * | `do` | on the wire |
 * |---|---|
 * | `never-answer` | nothing at all; last step |
 * | `refuse` | an HTTP answer other than 101, then FIN; last step |
 * | `upgrade` | HTTP 101, if asked for one byte at a time |
 * | `text`, `binary` | one whole frame |
 * | `fragments` | one text message in several frames |
 * | `drip` | one text frame, byte by byte |
 * | `invalid-utf8`, `oversized` | a text frame that is not UTF-8, or very large |
 * | `raw` | any bytes |
 * | `close` | a close frame with any code, then FIN unless TCP is left open; last step |
 * | `end`, `reset` | FIN, or RST, without a close frame; last step |
 * | `mute` | nothing any more, while TCP stays open; last step |
 * | `stop-reading` | nothing; the dialler's bytes pile up |
 * | `wait` | nothing but answers to pings and to a close |
 *
 * After a list without a last step it is a proper peer: pings are answered, a close is echoed, a FIN follows a FIN.
 */
export type FaultStep =
  | NeverAnswer
  | Refuse
  | Upgrade
  | SendText
  | SendBinary
  | SendFragments
  | Drip
  | SendInvalidUtf8
  | SendOversized
  | SendRaw
  | Close
  | End
  | Reset
  | Mute
  | StopReading
  | Wait;
