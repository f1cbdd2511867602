import { Command, CommanderError } from "commander";
import { addBotCommand } from "./commands/bot.ts";
import { addChannelsCommand } from "./commands/channels.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addEmitCommand } from "./commands/emit.ts";
import { EXIT } from "./commands/exit-codes.ts";
import { addListenCommand } from "./commands/listen.ts";
import { addRtmCommand } from "./commands/rtm.ts";
import { processOutput } from "./output/output.ts";
import { VERSION } from "./version.ts";

/**
 * The command `holdfast`; resolves with its exit code.
 *
 * @param args What follows the command's name.
 * @param entry The file that runs it, for commands that start another of their kind.
 * @example
 * ```ts
 * import { runCli } from "@holdfast/cli";
 *
 * process.exitCode = await runCli(["--version"], process.argv[1] ?? "");
 * ```
 */
export async function runCli(args: readonly string[], entry: string): Promise<number> {
  const output = processOutput();
  let code: number = EXIT.ok;
  const done = (result: number): void => {
    code = result;
  };
  const program = new Command("holdfast")
    .description(
      "Realtime connections that stay up: run a bot, serve the RTM protocol with faults and keep score, serve channels, " +
        "listen and emit.",
    )
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  addBotCommand(program, output, done);
  addRtmCommand(program, output, done);
  addDemoCommand(program, entry, output, done);
  addChannelsCommand(program, output, done);
  addListenCommand(program, output, done);
  addEmitCommand(program, output, done);
  for (const command of program.commands) command.helpOption("-h, --help", "print this help").exitOverride();
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code.startsWith("holdfast.")) output.note(error.message);
    // Asked for, the help and the version are no mistake; commander has printed whichever it is.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}
