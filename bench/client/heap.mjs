import { writeHeapSnapshot } from "node:v8";

/** Writes everything on the heap to a file. */
export function writeSnapshot(path) {
  globalThis.gc();
  writeHeapSnapshot(path);
}
