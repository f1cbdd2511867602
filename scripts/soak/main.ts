import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { endInOrder, killAll, start } from "../command-line/children.ts";
import { runCommand } from "../command-line/command.ts";
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
export function runSoak(args: readonly string[], files: SoakFiles): Promise<number> {
  return runCommand(args, { help: HELP, read: soakFlags, run: (flags) => soak(flags, files) });
}

async function soak(flags: SoakFlags, files: SoakFiles): Promise<number> {
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
  const launch = (file: string, plan: ServerPlan | BotPlan): ChildProcess =>
    start(file, [JSON.stringify(plan)], ["--expose-gc"]);
  const samples: Sample[] = [];
  const known: Known = { server: undefined, bot: undefined, exitMs: undefined, botExit: undefined };
  let ended: SoakEvidence["ended"] = "in time";
  const limit = setTimeout(() => {
    ended = "cut off";
    killAll();
  }, forMs + SETTLE_MS);

  const server = launch(files.server, { teams, rate, forMs, seed });
  const quiet = endInOrder(() => {
    ended = "early";
    if (server.connected) server.send("finish");
  });
  server.on("message", (message: SoakMessage) => {
    if (message.kind === "finished") known.server = message.report;
  });
  const serverEnd = endOf(server);
  const url = await Promise.race([addressOf(server), serverEnd.then(() => undefined)]);
  if (url !== undefined) {
    // Sixty in a run, but no more than four a second, and one every two seconds at least.
    const sampleMs = Math.min(2_000, Math.max(250, forMs / 60));
    console.error(`A soak of ${teams} teams for ${forMs / 1000} s; Ctrl-C ends it early, with its report`);
    const bot = launch(files.bot, { url, sampleMs, atMostMs: forMs + SETTLE_MS, breakage });
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
  return { ...known, flags, samples, ended };
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
