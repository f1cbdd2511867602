// Run by deno.test.ts: node_modules/.bin/deno run -A tests/contract/deno-runner.ts
import { denoListeners, denoSubjects } from "./deno-subjects.ts";
import { listenerContract } from "./listener-contract.ts";
import { type CaseResult, socketContract } from "./socket-contract.ts";

async function report(subject: string, name: string, run: () => Promise<void>): Promise<void> {
  const result: CaseResult = { subject, name };
  try {
    await run();
  } catch (error) {
    result.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  console.log(JSON.stringify(result));
}

for (const subject of denoSubjects) {
  for (const { name, run } of socketContract(subject.features)) {
    await report(subject.features.name, name, () => run(subject));
  }
}
for (const subject of denoListeners) {
  for (const { name, run } of listenerContract(subject)) await report(subject.name, name, () => run(subject));
}
// Nothing ends this process: it must end by itself.
