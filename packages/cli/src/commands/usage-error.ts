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

/** What a factory throws for an option that makes no sense, as bad usage; any other error as it is. */
export function asUsage<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    const isOption = error instanceof TypeError || error instanceof RangeError;
    if (isOption || code === "bad-message" || code === "dial-failed")
      throw usageError((error as Error).message);
    throw error;
  }
}
