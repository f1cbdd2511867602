/** The bytes of an unmasked text frame, as a server sends it. */
export function frameOf(text) {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload]);
  if (length > 65_535) throw new RangeError(`Frame must be at most 65535 bytes: got ${length}`);
  return Buffer.concat([Buffer.from([0x81, 126, length >> 8, length & 255]), payload]);
}

/** A text that makes the JSON message of RTM about 60 bytes long. */
export const TEXT = "a quiet word among the teams, 60b";
