/** Says that a message fits its schema as it is. `false` says nothing: the schema itself has to look. */
export type Fits = (value: unknown) => boolean;

/** What is read of a schema of valibot. */
interface KnownSchema {
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly async?: unknown;
  readonly pipe?: unknown;
  readonly wrapped?: KnownSchema;
  readonly default?: unknown;
  readonly options?: readonly KnownSchema[];
  readonly item?: KnownSchema;
  readonly check?: Fits;
}

/** The looks of schemas that `openObject` made: a copy of one, which may run otherwise, has none. */
const LOOKS = new WeakMap<object, Fits>();

/**
 * A quick look at messages of a schema, if it has one. Nearly every message fits, and then neither a result nor a copy
 * is made of it.
 */
export function fitOf(schema: object): Fits | undefined {
  return LOOKS.get(schema);
}

/** Gives an open object its look, if its fields are plain. */
export function keepFit(schema: object, entries: object): void {
  const fits = openFields(entries as Readonly<Record<string, KnownSchema>>);
  if (fits !== undefined) LOOKS.set(schema, fits);
}

/** A look at one field: a schema of valibot that changes nothing. */
function fieldFit(schema: KnownSchema): Fits | undefined {
  const { kind, type, async, pipe, wrapped, options, item, check, ...rest } = schema;
  if (kind !== "schema" || async === true || pipe !== undefined || "fallback" in rest) return undefined;
  if (typeof type === "string" && Object.hasOwn(PLAIN, type)) return PLAIN[type];
  if (type === "optional" && wrapped !== undefined && rest.default === undefined)
    return optional(fieldFit(wrapped));
  if (type === "union" && options !== undefined) return union(options);
  if (type === "custom" && typeof check === "function") return passes(schema as { check: Fits });
  if (type === "array" && item !== undefined) return list(fieldFit(item));
  return LOOKS.get(schema);
}

const PLAIN: Readonly<Record<string, Fits>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number" && !Number.isNaN(value),
  boolean: (value) => typeof value === "boolean",
};

function optional(fits: Fits | undefined): Fits | undefined {
  return fits && ((value) => value === undefined || fits(value));
}

function list(fits: Fits | undefined): Fits | undefined {
  if (fits === undefined) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return false;
    // By index: a method of its own must not answer for it.
    for (let at = 0; at < value.length; at++) if (!fits(value[at])) return false;
    return true;
  };
}

/** A check of the user's that throws says nothing: the schema asks it again where its failure is caught. */
function passes(schema: { check: Fits }): Fits {
  return (value) => {
    try {
      return schema.check(value);
    } catch {
      return false;
    }
  };
}

/** The first schema that takes a value decides: no look past one that is not simple, or may take what its look leaves. */
function union(options: readonly KnownSchema[]): Fits | undefined {
  const looks: Fits[] = [];
  for (const option of options) {
    const fits = fieldFit(option);
    if (fits === undefined) break;
    looks.push(fits);
    if (!Object.hasOwn(PLAIN, String(option.type))) break;
  }
  return looks.length === 0 ? undefined : (value) => looks.some((fits) => fits(value));
}

interface FieldLook {
  readonly key: string;
  readonly fits: Fits;
  readonly optional: boolean;
}

function openFields(entries: Readonly<Record<string, KnownSchema>>): Fits | undefined {
  const fields: FieldLook[] = [];
  for (const key in entries) {
    // One that is computed when it is asked for may lead back to this object.
    const schema = Object.getOwnPropertyDescriptor(entries, key)?.value as KnownSchema | undefined;
    const fits = schema && fieldFit(schema);
    if (fits === undefined) return undefined;
    fields.push({ key, fits, optional: schema?.type === "optional" });
  }
  return (value) => {
    if (!isPlain(value)) return false;
    // By index: each message passes here, and an iterator is made for each that does.
    for (let at = 0; at < fields.length; at++) {
      const { key, fits, optional } = fields[at] as FieldLook;
      const field = value[key];
      if (!fits(field) || !(optional || field !== undefined || Object.hasOwn(value, key))) return false;
    }
    return true;
  };
}

/** Whether it is an object as JSON makes them, without the keys that a schema would leave out (S22). */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    // First, because it tells V8 the shape: then asking for the prototype is no call.
    value.constructor === Object &&
    Object.getPrototypeOf(value) === Object.prototype &&
    (value as { prototype?: unknown }).prototype === undefined &&
    !Object.hasOwn(value, "__proto__")
  );
}
