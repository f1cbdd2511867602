import { clip } from "../../errors.ts";
import { Fault } from "./fault.ts";

/** A query, decoded: each key with its values in their order. A Map, so that `__proto__` is only a name (S22). */
export type Parameters = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a query, such as `?a=1&b=2`, as forms write it: `+` is a space.
 * @throws {Fault} `BAD_PARAMETER` for what cannot be decoded: put right silently, it would be other data.
 */
export function parametersOf(query: string): Parameters {
  const found = new Map<string, string[]>();
  const text = query.startsWith("?") ? query.slice(1) : query;
  for (const part of text.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const key = decoded(at === -1 ? part : part.slice(0, at));
    const value = at === -1 ? "" : decoded(part.slice(at + 1));
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else values.push(value);
  }
  return found;
}

/**
 * The one value of a parameter, or `undefined` where it is not given.
 * @throws {Fault} `BAD_PARAMETER` when it is given twice: neither is more right than the other.
 */
export function only(parameters: Parameters, name: string): string | undefined {
  const values = parameters.get(name);
  if (values === undefined) return undefined;
  if (values.length > 1)
    throw new Fault("BAD_PARAMETER", `Parameter ${name} is given ${values.length} times`);
  return values[0];
}

/** A refused parameter; the text names it and its value. */
export function badParameter(name: string, wanted: string, value: string): Fault {
  return new Fault("BAD_PARAMETER", `Parameter ${name} must be ${wanted}: got ${clip(value, 80)}`);
}

/**
 * A whole number from 1 up to `max`, or `undefined` where it is not given.
 * @throws {Fault} `BAD_PARAMETER`
 */
export function wholeNumber(parameters: Parameters, name: string, max: number): number | undefined {
  const text = only(parameters, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1 || value > max) {
    throw badParameter(name, `a whole number from 1 to ${max}`, text);
  }
  return value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Without its value: it may be a token.
    throw new Fault("BAD_PARAMETER", "Query cannot be decoded: a % must be followed by the hex of UTF-8");
  }
}
