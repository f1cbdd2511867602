// Run by store.test.ts: node_modules/.bin/deno run -A tests/contract/store-deno.ts
import type { CaseResult } from "./socket-contract.ts";
import { storeContract } from "./store-contract.ts";
import { storeSubjects } from "./store-subjects.ts";

for (const subject of storeSubjects) {
  for (const { name, run } of storeContract()) {
    const result: CaseResult = { subject: subject.name, name };
    try {
      await run(subject);
    } catch (error) {
      result.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    console.log(JSON.stringify(result));
  }
}
// Nothing ends this process: it must end by itself.
