import * as v from "valibot";
import { keepFit } from "./fit.ts";

/** Whether two types are the same. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Flattens intersections, so that two spellings of one shape compare as equal. */
export type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T;

/**
 * Accepts a valibot schema only if its output is exactly `Shape`: no field extra, missing, or optional by
 * mistake. The interface is written by hand, as documentation; this keeps it true.
 *
 * @example
 * ```ts
 * import { exactly, openObject } from "@holdfast/core";
 * import * as v from "valibot";
 *
 * interface Greeting {
 *   text: string;
 * }
 * const greeting = exactly<Greeting>()(openObject({ text: v.string() }));
 * ```
 */
export function exactly<Shape>(): <Output>(
  schema: Equal<Flat<Output>, Flat<Shape>> extends true ? v.GenericSchema<unknown, Output> : never,
) => v.GenericSchema<unknown, Shape> {
  return (schema) => schema as unknown as v.GenericSchema<unknown, Shape>;
}

/**
 * An object whose named fields are checked and whose other fields pass through: a peer may know more fields
 * than we do. They are there at run time and left out of the type. Where all fields are plain, a message that fits is
 * taken as it is, without a copy.
 */
export function openObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<Entries, undefined>>> {
  const schema = v.looseObject(entries);
  keepFit(schema, entries);
  return schema as unknown as v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<Entries, undefined>>>;
}
