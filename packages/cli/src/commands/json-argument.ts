import { messageOf } from "@holdfast/core/socket";
import { fit } from "../output/printable.ts";
import { usageError } from "./usage-error.ts";

/**
 * A value that was written as JSON in a shell; what is none was most often quoted for another shell, or not at all.
 *
 * @param name What the user calls it, such as `argument json`.
 * @param hint How it is written.
 */
export function jsonArgument(name: string, text: string, hint: readonly string[]): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const got = text.trim() === "" ? "nothing" : fit(text, 80);
    throw usageError(`${name} is no JSON: got ${got}`, [messageOf(error), ...hint]);
  }
}
