// Run by http-service.test.ts, and allowed nothing but to read: node_modules/.bin/deno run --allow-read tests/http/deno-runner.ts
import { cases } from "./cases.ts";

for (const { name, run } of cases) {
  let error: string | undefined;
  try {
    await run();
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  console.log(JSON.stringify({ name, error }));
}
// Nothing ends this process: it must end by itself.
