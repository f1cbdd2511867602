import { clip } from "./errors.ts";

/** Checks for options: each throws at the call and names the option and its value. */

/** A finite number within bounds, or its default. @throws {TypeError | RangeError} */
export function numberOption(
  name: string,
  value: unknown,
  fallback: number,
  { min = 0, max = 2_147_483_647 }: { min?: number; max?: number } = {},
): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number") throw new TypeError(`Option ${name} must be a number: got ${show(value)}`);
  if (Number.isNaN(value) || value < min || value > max) {
    throw new RangeError(`Option ${name} must be between ${min} and ${max}: got ${value}`);
  }
  return value;
}

/** A whole number within bounds, or its default. @throws {TypeError | RangeError} */
export function integerOption(
  name: string,
  value: unknown,
  fallback: number,
  bounds: { min?: number; max?: number } = {},
): number {
  const number = numberOption(name, value, fallback, bounds);
  if (!Number.isInteger(number)) throw new RangeError(`Option ${name} must be a whole number: got ${number}`);
  return number;
}

/** True or false, or its default. @throws {TypeError} */
export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean")
    throw new TypeError(`Option ${name} must be true or false: got ${show(value)}`);
  return value;
}

/** One of a few words, or its default. @throws {TypeError} */
export function wordOption<Word extends string>(
  name: string,
  value: unknown,
  words: readonly Word[],
  fallback: Word,
): Word {
  if (value === undefined) return fallback;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) {
    throw new TypeError(`Option ${name} must be one of ${words.join(", ")}: got ${show(value)}`);
  }
  return word;
}

/** A function, where one is required. @throws {TypeError} */
export function functionOption<Fn>(name: string, value: Fn): Fn {
  if (typeof value !== "function")
    throw new TypeError(`Option ${name} must be a function: got ${show(value)}`);
  return value;
}

/** An options object, or an empty one. @throws {TypeError} */
export function objectOption<T extends object>(name: string, value: T | undefined): Partial<T> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`Option ${name} must be an object: got ${show(value)}`);
  }
  return value;
}

/** A list of texts, or an empty one. @throws {TypeError} */
export function textsOption(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((text) => typeof text !== "string")) {
    throw new TypeError(`Option ${name} must be a list of strings: got ${show(value)}`);
  }
  return value;
}

/** An `AbortSignal`, where one is given. @throws {TypeError} */
export function signalOption(name: string, value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  if (typeof (value as AbortSignal | null)?.addEventListener !== "function") {
    throw new TypeError(`Option ${name} must be an AbortSignal: got ${show(value)}`);
  }
  return value as AbortSignal;
}

function show(value: unknown): string {
  return typeof value === "function" ? "a function" : clip(value, 80);
}
