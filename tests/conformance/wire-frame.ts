/** A client's frame as its bits, right or wrong (RFC 6455, section 5.2). */
export interface WireFrame {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** @default true */
  readonly fin?: boolean;
  /** The three reserved bits, 4 for RSV1. @default 0 */
  readonly rsv?: number;
  /** @default true */
  readonly masked?: boolean;
  /** The length as it is claimed, where that is not the payload's. */
  readonly claimed?: bigint;
}

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const MASK = [0x37, 0xfa, 0x21, 0x3d];

/** The frame as bytes, masked with a key that changes every one of them. */
export function wire({
  opcode,
  payload = "",
  fin = true,
  rsv = 0,
  masked = true,
  claimed,
}: WireFrame): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const length = claimed ?? BigInt(bytes.length);
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const maskBit = masked ? 0x80 : 0;
  if (length < 126n) head.push(maskBit | Number(length));
  else if (length < 65_536n) head.push(maskBit | 126, Number(length) >> 8, Number(length) & 255);
  else {
    head.push(maskBit | 127);
    for (let shift = 56n; shift >= 0n; shift -= 8n) head.push(Number((length >> shift) & 255n));
  }
  const body = masked ? bytes.map((byte, index) => byte ^ (MASK[index % 4] as number)) : bytes;
  return Uint8Array.from([...head, ...(masked ? MASK : []), ...body]);
}

/** The payload of a close frame: a code, and a reason that may be bytes. */
export function closing(code: number, reason: string | Uint8Array = ""): Uint8Array {
  const bytes = typeof reason === "string" ? new TextEncoder().encode(reason) : reason;
  return Uint8Array.of(code >> 8, code & 255, ...bytes);
}
