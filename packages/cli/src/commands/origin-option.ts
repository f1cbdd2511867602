import { usageError } from "./usage-error.ts";

/** An origin is what a browser sends: scheme, host and port. Copied from an address bar it has a slash at its end, or a path. */
const WITH_PATH = /^(https?:\/\/[^/?#@\s]+)[/?#]/i;

/** Takes `--origin`, which may come again and again. */
export function origins(text: string, before: readonly string[] = []): readonly string[] {
  const origin = WITH_PATH.exec(text)?.[1];
  if (origin !== undefined) throw usageError(`option --origin must have no path: write ${origin}`);
  return [...before, text];
}
