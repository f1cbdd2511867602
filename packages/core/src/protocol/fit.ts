/** Says that a message fits its schema as it is. `false` says nothing: the schema itself has to look. */
export type Fits = (value: unknown) => boolean;

/** What is read of a schema of valibot. */
interface KnownSchema {
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly async?: unknown;
  readonly pipe?: unknown;
  readonly entries?: Readonly<Record<string, KnownSchema>>;
  readonly wrapped?: KnownSchema;
  readonly default?: unknown;
  readonly options?: readonly KnownSchema[];
  readonly item?: KnownSchema;
  readonly check?: Fits;
}

/**
 * A quick look for schemas of valibot that change nothing: open objects of plain fields. Nearly every message fits, and
 * then neither a result nor a copy is made of it. Whatever is less simple has no such look, or a narrower one.
 */
export function fitOf(schema: unknown): Fits | undefined {
  const { kind, type, async, pipe, entries, wrapped, options, item, check, ...rest } = schema as KnownSchema;
  if (kind !== "schema" || async === true || pipe !== undefined) return undefined;
  if (typeof type === "string" && Object.hasOwn(PLAIN, type)) return PLAIN[type];
  if (type === "optional" && wrapped !== undefined && rest.default === undefined)
    return optional(fitOf(wrapped));
  if (type === "union" && options !== undefined) return union(options);
  if (type === "custom" && typeof check === "function") return check;
  if (type === "array" && item !== undefined) return list(fitOf(item));
  if (type === "loose_object" && entries !== undefined) return openObject(entries);
  return undefined;
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
  return fits && ((value) => Array.isArray(value) && value.every(fits));
}

/** Those of its schemas that are simple do; for the others it says nothing. */
function union(options: readonly KnownSchema[]): Fits | undefined {
  const looks = options.map(fitOf).filter((fits) => fits !== undefined);
  return looks.length === 0 ? undefined : (value) => looks.some((fits) => fits(value));
}

function openObject(entries: Readonly<Record<string, KnownSchema>>): Fits | undefined {
  const fields: Array<{ readonly key: string; readonly fits: Fits }> = [];
  for (const [key, schema] of Object.entries(entries)) {
    const fits = fitOf(schema);
    if (fits === undefined) return undefined;
    fields.push({ key, fits });
  }
  return (value) => {
    if (!isPlain(value)) return false;
    for (const { key, fits } of fields) if (!fits(value[key])) return false;
    return true;
  };
}

/** Whether it is an object as JSON makes them, without the keys that a schema would leave out (S22). */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    value.constructor === Object &&
    (value as { prototype?: unknown }).prototype === undefined &&
    !Object.hasOwn(value, "__proto__")
  );
}
