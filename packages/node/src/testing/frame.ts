/** Opcodes of RFC 6455, section 11.8. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The head of an unmasked frame (RFC 6455, section 5.2); its payload follows. */
export function frameHead(opcode: number, length: number, isFinal = true): Uint8Array {
  const first = (isFinal ? 0x80 : 0) | opcode;
  if (length < 126) return Uint8Array.of(first, length);
  if (length < 65_536) return Uint8Array.of(first, 126, length >> 8, length & 255);
  const head = new Uint8Array(10);
  head.set([first, 127]);
  new DataView(head.buffer).setBigUint64(2, BigInt(length));
  return head;
}

/** A whole unmasked frame. */
export function frame(opcode: number, payload: Uint8Array, isFinal = true): Uint8Array {
  return Buffer.concat([frameHead(opcode, payload.length, isFinal), payload]);
}

/** A whole text frame. */
export function textFrame(text: string): Uint8Array {
  return frame(OPCODE.text, Buffer.from(text));
}

/** A close frame; without a code it is empty (RFC 6455, section 5.5.1). Any code and any length are taken. */
export function closeFrame(code?: number, reason = ""): Uint8Array {
  if (code === undefined) return frame(OPCODE.close, new Uint8Array());
  return frame(OPCODE.close, Buffer.concat([Uint8Array.of(code >> 8, code & 255), Buffer.from(reason)]));
}
