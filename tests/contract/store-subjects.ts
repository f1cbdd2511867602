import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "@holdfast/core/server";
import { createManualClock } from "@holdfast/core/testing";
import { sqliteStore } from "@holdfast/sqlite";
import type { StoreSubject } from "./store-contract.ts";

const BEGIN = Date.UTC(2026, 0, 1);

/** Every store there is. */
export const storeSubjects: readonly StoreSubject[] = [
  {
    name: "memoryStore()",
    async open() {
      const clock = createManualClock();
      return {
        store: memoryStore({ clock }),
        now: () => BEGIN + clock.now(),
        advance: (ms) => clock.advance(ms),
        done: async () => {},
      };
    },
  },
  {
    name: "sqliteStore()",
    async open() {
      const directory = await mkdtemp(join(tmpdir(), "holdfast-store-"));
      let time = BEGIN;
      return {
        store: sqliteStore({ file: join(directory, "a file?#%20é.db"), now: () => time }),
        now: () => time,
        advance: async (ms) => {
          time += ms;
        },
        done: () => rm(directory, { recursive: true }),
      };
    },
  },
];
