import type { Runtime } from "../bench.ts";
import { closeAndEnd, type ExitMode, mark } from "../exit-modes.ts";
import { runCases } from "../run-cases.ts";

/** Does in a process of Node or Bun what its arguments say: `cases <control>`, or `exit <mode> <address>`. */
export async function runProcess(runtime: Runtime): Promise<void> {
  const strays: unknown[] = [];
  process.on("unhandledRejection", (reason) => strays.push(reason));
  process.on("uncaughtException", (error) => strays.push(error));
  process.on("exit", () => {
    console.log(mark("exitAtMs"));
    // What went wrong after the last report shows in the exit code.
    if (strays.length > 0) process.exitCode = 3;
  });
  await obey(runtime, process.argv.slice(2), strays, console.log);
  // Nothing ends this process: it must end by itself.
}

/** Obeys the arguments of a process. */
export async function obey(
  runtime: Runtime,
  [what = "", ...given]: readonly string[],
  strays: readonly unknown[],
  say: (line: string) => void,
): Promise<void> {
  const [first = "", second = ""] = given;
  if (what === "cases") {
    await runCases(runtime, first, strays, say);
    return say(mark("closedAtMs"));
  }
  return closeAndEnd(runtime, first as ExitMode, second, say);
}
