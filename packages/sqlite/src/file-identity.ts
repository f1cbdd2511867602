import { stat } from "node:fs/promises";

/**
 * Which file a path leads to now, or `undefined` where there is none: a file that was deleted is still written to by
 * whoever has it open, and gone when that ends.
 */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === "ENOENT") return undefined;
    throw error;
  }
}
