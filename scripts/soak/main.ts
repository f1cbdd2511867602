import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { onSignals } from "../../packages/cli/src/commands/signals.ts";
import { HELP, type SoakFlags, soakFlags } from "./flags.ts";
import type { BotPlan, BotReport, Sample, ServerPlan, ServerReport, SoakMessage } from "./messages.ts";
import { reportText } from "./report.ts";
import { judge, type SoakEvidence } from "./verdict.ts";

/** The programs of the two processes. */
export interface SoakFiles {
  readonly server: string;
  readonly bot: string;
}

/** How long the bot may take to come to rest, and everything to end, in milliseconds. */
const SETTLE_MS = 90_000;
/** What still runs so long after the goodbye is left behind, in milliseconds. */
const LEFTOVER_MS = 2_000;

/** Runs a soak and prints its report; resolves with the exit code. */
export async function runSoak(args: readonly string[], files: SoakFiles): Promise<number> {
  let flags: SoakFlags | undefined;
  try {
    flags = soakFlags(args);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    return 2;
  }
  if (flags === undefined) {
    console.log(HELP);
    return 0;
  }
  const evidence = await observe(flags, files);
  const verdict = judge(evidence);
  console.log(flags.json ? JSON.stringify({ ...verdict, ...evidence }) : reportText(evidence, verdict));
  return verdict.passed ? 0 : 1;
}

/** What the two processes and their ends have told so far. */
interface Known {
  server: ServerReport | undefined;
  bot: BotReport | undefined;
  exitMs: number | undefined;
  botExit: number | string | undefined;
}

/** Runs both processes to their end. */
async function observe(flags: SoakFlags, files: SoakFiles): Promise<SoakEvidence> {
  const { teams, rate, forMs, seed, breakage } = flags;
  const children: ChildProcess[] = [];
  const killAll = (): void => {
    for (const child of children) child.kill("SIGKILL");
  };
  // Whatever ends this process, it leaves none behind.
  process.on("exit", killAll);
  const start = (file: string, plan: ServerPlan | BotPlan): ChildProcess => {
    const child = launch(file, plan);
    children.push(child);
    return child;
  };
  const samples: Sample[] = [];
  const known: Known = { server: undefined, bot: undefined, exitMs: undefined, botExit: undefined };
  let ended: SoakEvidence["ended"] = "in time";
  const limit = setTimeout(() => {
    ended = "cut off";
    killAll();
  }, forMs + SETTLE_MS);

  const server = start(files.server, { teams, rate, forMs, seed });
  const quiet = onSignals(() => {
    ended = "early";
    if (server.connected) server.send("finish");
  }, killAll);
  server.on("message", (message: SoakMessage) => {
    if (message.kind === "finished") known.server = message.report;
  });
  const serverEnd = endOf(server);
  const url = await Promise.race([addressOf(server), serverEnd.then(() => undefined)]);
  if (url !== undefined) {
    // Sixty in a run, but no more than four a second, and one every two seconds at least.
    const sampleMs = Math.min(2_000, Math.max(250, forMs / 60));
    console.error(`A soak of ${teams} teams for ${forMs / 1000} s; Ctrl-C ends it early, with its report`);
    const bot = start(files.bot, { url, sampleMs, atMostMs: forMs + SETTLE_MS, breakage });
    let closedAt = 0;
    bot.on("message", (message: SoakMessage) => {
      if (message.kind === "sample") samples.push(message.sample);
      if (message.kind !== "closed") return;
      closedAt = performance.now();
      known.bot = message.report;
      // What does not end by itself is what was looked for: told of, and ended.
      setTimeout(() => bot.kill("SIGKILL"), LEFTOVER_MS).unref();
    });
    // A bot whose server crashed would dial for ever.
    void serverEnd.then(() => known.server === undefined && bot.kill("SIGKILL"));
    const end = await endOf(bot);
    if (closedAt > 0) known.exitMs = Math.max(0, end.at - closedAt);
    known.botExit = end.exit;
    // Without its bot the server has nothing to wait for.
    if (server.connected && known.server === undefined) server.send("finish");
  }
  await serverEnd;
  clearTimeout(limit);
  quiet();
  process.off("exit", killAll);
  return { ...known, flags, samples, ended };
}

/** In a process group of its own: Ctrl-C reaches this process alone, which ends them in order. */
function launch(file: string, plan: ServerPlan | BotPlan): ChildProcess {
  const child = fork(file, [JSON.stringify(plan)], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    detached: true,
  });
  // What cannot be sent to it any more: its end says more.
  child.on("error", () => {});
  return child;
}

/** When and how a process ends; resolves when everything that it sent has arrived, too. */
async function endOf(child: ChildProcess): Promise<{ readonly at: number; readonly exit: number | string }> {
  const heard = once(child, "disconnect");
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  const at = performance.now();
  if (child.connected) await heard;
  return { at, exit: code ?? signal ?? "nothing" };
}

/** Where the server listens. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    server.on("message", (message: SoakMessage) => {
      if (message.kind === "listening") resolve(message.url);
    });
  });
}
