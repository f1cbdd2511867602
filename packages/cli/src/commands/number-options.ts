import { InvalidArgumentError } from "commander";

/** Parsers for options that are numbers. What they throw, commander prints with the option and its value. */

/** Digits only: no sign, no exponent, no hexadecimal. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => within(/^\d+$/.test(text) ? Number(text) : Number.NaN, min, max, "an integer");
}

/** Digits with or without a decimal point. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) =>
    within(/^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN, min, max, "a number");
}

/** Seconds, as milliseconds; at most the longest delay that a timer takes. */
export function seconds(min: number): (text: string) => number {
  const parse = decimal(min, 2_147_483);
  return (text) => parse(text) * 1000;
}

function within(value: number, min: number, max: number, kind: string): number {
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It must be ${kind} from ${min} to ${max}.`);
}
