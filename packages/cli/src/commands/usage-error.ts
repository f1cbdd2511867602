import { CommanderError } from "commander";
import { printable } from "../output/printable.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * Bad usage, told as it is. What commander makes of an error shows the value, and with it whatever password or token is
 * in it.
 *
 * @param hint Lines that go below, such as how it is written.
 */
export function usageError(problem: string, hint: readonly string[] = []): CommanderError {
  const text = [`error: ${printable(problem)}`, ...hint.map((line) => `  ${printable(line)}`)].join("\n");
  return new CommanderError(EXIT.usage, "holdfast.badUsage", text);
}

/** How the libraries begin what they say of an option, and what it is called here. */
const NAMES: ReadonlyArray<readonly [library: string, here: string]> = [
  ["Option channel ", "argument url: the channel "],
  ["Option clients ", "option --clients "],
  ["Option idempotencyKey ", "option --idempotency-key "],
  ["Option origins must hold origins ", "option --origin must be an origin "],
  ["Option file must be ", "option --store must be memory, or "],
  ["Presence ", "option --presence "],
];

/** What a library said of an option, as bad usage of the flag that it came from. */
export function optionError({ message }: { readonly message: string }): CommanderError {
  const [library = "", here = ""] = NAMES.find(([known]) => message.startsWith(known)) ?? [];
  const told = here + message.slice(library.length);
  return usageError(told.endsWith("got ") ? `${told}nothing` : told);
}

/** What a factory throws for an option that makes no sense, as bad usage; any other error as it is. */
export function asUsage<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    const isOption = error instanceof TypeError || error instanceof RangeError;
    if (isOption || code === "bad-message" || code === "dial-failed") throw optionError(error as Error);
    throw error;
  }
}
