// Run by killed.test.ts on Node and on Deno: appends until it is killed, and says what was acknowledged.
import { sqliteStore } from "@holdfast/sqlite";

const [file = ""] = process.argv.slice(2);
const store = sqliteStore({ file });
const filling = JSON.stringify("x".repeat(2_000));
for (let n = 0; ; n += 10) {
  const ids = Array.from({ length: 10 }, (_, index) => `evt_${String(n + index).padStart(8, "0")}`);
  await Promise.all(
    ids.map(async (id) => {
      await store.append("news", { id, time: Date.now(), payload: filling });
      // Written before the next event goes: what is read of this was acknowledged.
      process.stdout.write(`${id}\n`);
    }),
  );
  await store.trim("other", { maxEvents: 1, maxBytes: 1, maxAgeMs: 1_000 });
}
