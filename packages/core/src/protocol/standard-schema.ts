/**
 * The part of Standard Schema 1 (standardschema.dev) that Holdfast uses. valibot, zod, arktype and others
 * implement it, so a protocol may be written with any of them.
 */
export interface StandardSchema<Output = unknown> {
  /** The standard's own property. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** The library's name. */
    readonly vendor: string;
    /** Checks a value, at once or in a promise. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Types only; never there at run time. */
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a check gives: the value, or the issues found. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The first issue in one line, such as `team_id: expected number`. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  const [first] = issues;
  if (first === undefined) return "does not fit its schema";
  const path = (first.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  return path === "" ? first.message : `${path}: ${first.message}`;
}
