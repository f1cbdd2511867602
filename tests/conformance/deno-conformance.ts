// Run by deno.test.ts: node_modules/.bin/deno run -A tests/conformance/deno-conformance.ts
import { denoServers } from "./deno-servers.ts";
import { serverCases } from "./server-cases.ts";

for (const subject of denoServers) {
  for (const { name, run } of serverCases(subject)) {
    const result: { subject: string; name: string; error?: string } = { subject: subject.name, name };
    try {
      await run(subject);
    } catch (error) {
      result.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    console.log(JSON.stringify(result));
  }
}
// Nothing ends this process: it must end by itself.
