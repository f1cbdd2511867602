import { execFile } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./packages.ts";

/** How a program ended: its exit code and all it wrote. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, for messages. */
  readonly output: string;
}

/** Where and with what environment a program runs, and how long it may take. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Is given what the program writes to its standard output as it comes. */
  readonly onOutput?: (text: string) => void;
}

const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);

/** Runs a program to its end; one that takes too long is killed and told of as such. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { cwd, env, timeoutMs = 110_000, onOutput } = options;
  return new Promise((resolve, reject) => {
    const settings = {
      cwd,
      env: { ...inherited(), ...env },
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    };
    const child = execFile(command, args, { ...settings, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) return resolve({ code: 0, stdout, output });
      if (typeof error.code === "number") return resolve({ code: error.code, stdout, output });
      const why = error.killed ? `did not end within ${timeoutMs} ms` : error.message;
      reject(new Error(`${command} ${args.join(" ")} ${why}\n${output}`));
    });
    if (onOutput !== undefined) child.stdout?.on("data", (chunk) => onOutput(String(chunk)));
  });
}

/** Runs a program that has to succeed. @throws {Error} with all it wrote, when it does not. */
export async function succeed(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const finished = await run(command, args, options);
  if (finished.code === 0) return finished;
  throw new Error(`${command} ${args.join(" ")} ended with ${finished.code}\n${finished.output}`);
}

/** The commands the tests run, from the versions this repository has installed. */
export const commands = {
  deno: bin("deno"),
  tsc: bin("tsc"),
  attw: bin("attw"),
  vitest: bin("vitest"),
  npm: "npm",
  node: process.execPath,
} as const;

/** The environment, without what a test runner and npm leave in it and with output that can be read. */
function inherited(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|FORCE_COLOR|npm_(lifecycle|package)_)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
