import { HoldfastError } from "../errors.ts";
import type { Codec } from "../protocol/codec.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether JSON text is nested deeper than `maxDepth`; `[]` is one deep. It reads the text from left to right and calls
 * nothing recursive: `JSON.parse` takes any depth, and whoever walks through its result overflows the stack. Of text
 * that is no JSON it says something, and the parser says the rest.
 */
export function isTooDeep(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** Where the string ends that begins here; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}

/** A codec that refuses text nested deeper than `maxDepth` before it is decoded. */
export function depthLimited(codec: Codec, maxDepth: number): Codec {
  return {
    decode(frame) {
      if (typeof frame === "string" && isTooDeep(frame, maxDepth)) {
        throw new HoldfastError("bad-message", `JSON is nested more than ${maxDepth} deep`);
      }
      return codec.decode(frame);
    },
    typeOf: (message) => codec.typeOf(message),
    encode: (type, message) => codec.encode(type, message),
  };
}
