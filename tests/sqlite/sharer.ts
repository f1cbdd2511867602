// Run by shared.test.ts, twice at once: appends so many events of its own to a shared file, and trims another topic.
import { sqliteStore } from "@holdfast/sqlite";

const [file = "", name = "", count = "0"] = process.argv.slice(2);
const store = sqliteStore({ file, lockTimeoutMs: 60_000 });
const keep = { maxEvents: 10, maxBytes: 10_000, maxAgeMs: 60_000 };
for (let n = 0; n < Number(count); n++) {
  const id = `evt_${String(n).padStart(6, "0")}_${name}`;
  const event = { id, time: Date.now(), payload: "1" };
  await Promise.all([store.append(name, event), store.append("both", event), store.append("news", event)]);
  await store.trim("news", keep);
  if (n % 10 === 0) await store.range("news");
}
await store.close();
