/** Errors that nobody was there for. */
export interface StrayErrors {
  readonly unhandledRejections: number;
  readonly uncaughtExceptions: number;
  /** The first of them. */
  readonly first?: string;
}

/** Counts the stray errors of this process, which goes on. Returns what reads the count. */
export function countStrayErrors(): () => StrayErrors {
  const counts = { unhandledRejections: 0, uncaughtExceptions: 0 };
  let first: string | undefined;
  const note = (kind: keyof typeof counts) => (error: unknown) => {
    counts[kind]++;
    first ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  };
  process.on("unhandledRejection", note("unhandledRejections"));
  process.on("uncaughtException", note("uncaughtExceptions"));
  return () => ({ ...counts, ...(first !== undefined && { first }) });
}
