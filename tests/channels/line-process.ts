import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ROOT } from "../support/packages.ts";
import { commands } from "../support/run.ts";

/** How a program of this folder is run from its source, by runtime. */
const RUNTIMES = {
  node: [commands.node, ["--import", "tsx", "--conditions=@holdfast/source"]],
  deno: [commands.deno, ["run", "--allow-all", "--no-prompt"]],
} as const;

/** A runtime that programs of this folder run on. */
export type Runtime = keyof typeof RUNTIMES;

const PATIENCE_MS = 30_000;

/** A program of this folder that is told what to do in JSON lines, and tells what happened in JSON lines. */
export class LineProcess<Line extends object> {
  /** What it said, in order. */
  readonly lines: Line[] = [];
  /** Resolves with its exit code, or `null` where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(runtime: Runtime, program: string, options: unknown) {
    const [command, flags] = RUNTIMES[runtime];
    const args = [...flags, `tests/channels/${program}`, JSON.stringify(options)];
    const env = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
    this.#child = spawn(command, args, { cwd: ROOT, env, stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdin?.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code) => {
        resolve(code);
        this.#look();
      });
    });
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as Line);
      this.#look();
    });
  }

  /** Tells it something. */
  tell(command: object): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Resolves with the first line, said already or not, that fits. */
  waitFor<Found extends Line>(what: string, fits: (line: Line) => line is Found): Promise<Found>;
  waitFor(what: string, fits: (line: Line) => boolean): Promise<Line>;
  waitFor(what: string, fits: (line: Line) => boolean): Promise<Line> {
    return new Promise((resolve, reject) => {
      const over = (settle: () => void): void => {
        this.#waiting.delete(look);
        clearTimeout(deadline);
        settle();
      };
      const look = (): void => {
        const found = this.lines.find(fits);
        if (found !== undefined) over(() => resolve(found));
        else if (this.#child.exitCode !== null || this.#child.signalCode !== null) fail("it ended");
      };
      const fail = (why: string): void => {
        const said = this.lines.slice(-20).map((line) => JSON.stringify(line));
        over(() => reject(new Error(`No ${what}: ${why}; it said last:\n${said.join("\n")}`)));
      };
      const deadline = setTimeout(() => fail(`not within ${PATIENCE_MS} ms`), PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  /** Sends it a signal, such as `SIGKILL`. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it by `kill -9`, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
