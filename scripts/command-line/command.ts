// Here and not in tests/: the bundles of soak and herd, the simulation on Node and the one on Deno import it.
const EXIT_CODES = `Exit codes
  0  all of it holds
  1  something does not
  2  bad usage`;

/** A command of this tree. */
export interface CommandSpec<Asked> {
  /** What `--help` prints, but for the exit codes. */
  readonly help: string;
  /** Reads the arguments; `undefined` where the help was asked for. @throws {Error} for bad ones. */
  read(args: readonly string[]): Asked | undefined;
  /** Resolves with the exit code. */
  run(asked: Asked): Promise<number>;
}

/** Runs a command, prints its help, or says what it cannot take; resolves with the exit code. */
export async function runCommand<Asked>(args: readonly string[], spec: CommandSpec<Asked>): Promise<number> {
  let asked: Asked | undefined;
  try {
    asked = spec.read(args);
  } catch (error) {
    console.error(`error: ${(error as Error).message}\nSee --help`);
    return 2;
  }
  if (asked !== undefined) return spec.run(asked);
  console.log(`${spec.help}\n\n${EXIT_CODES}`);
  return 0;
}
