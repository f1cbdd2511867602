import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { ROOT } from "../support/packages.ts";

/** A program that was started, and what it has written. */
export interface Started {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves as soon as it has written something like this. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>;
}

/** What a program is given besides its arguments. */
export interface Given {
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its stdin is a pipe, `child.stdin`, and not empty. */
  readonly stdin?: boolean;
}

/** The command `holdfast` of this tree, bundled from its sources. */
export interface Holdfast {
  /** Starts it with these arguments. */
  start(...args: string[]): Started;
  /** Starts it with more than arguments. */
  startGiven(given: Given, ...args: string[]): Started;
  /** Runs it to its end. */
  run(...args: string[]): Promise<Started & { readonly code: number | string }>;
  /** Ends what still runs, and removes the bundle. */
  cleanUp(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Bundles the command. */
export async function bundleHoldfast(): Promise<Holdfast> {
  const { bundleCli } = await import(pathToFileURL(join(ROOT, "scripts", "bundle-cli.mjs")).href);
  const { file, remove } = (await bundleCli()) as { file: string; remove(): Promise<void> };
  const startGiven = (given: Given, ...args: string[]): Started =>
    startProgram(process.execPath, [file, ...args], given);
  const start = (...args: string[]): Started => startGiven({}, ...args);
  return {
    start,
    startGiven,
    run: async (...args) => {
      const started = start(...args);
      const code = await started.ended;
      // The getters go on: a spread would freeze what was written before the end.
      return Object.defineProperty(started, "code", { value: code }) as Started & { code: number | string };
    },
    cleanUp: async () => {
      for (const child of running) child.kill("SIGKILL");
      await remove();
    },
  };
}

/** Starts any program, with nothing in its environment that changes what it prints. */
export function startProgram(command: string, args: readonly string[], given: Given = {}): Started {
  const changing = /^(FORCE_COLOR|NO_COLOR|NODE_OPTIONS|VITEST|HOLDFAST_)/;
  const own = Object.entries(process.env).filter(([name]) => !changing.test(name));
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...Object.fromEntries(own), ...given.env },
    stdio: [given.stdin === true ? "pipe" : "ignore", "pipe", "pipe"],
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  running.add(child);
  const written = { stdout: "", stderr: "" };
  const looks = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      for (const look of looks) look();
    });
  }
  const ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return (code ?? signal) as number | string;
  });
  return {
    child,
    ended,
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    wrote: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(`${written.stdout}\n${written.stderr}`);
          if (found === null) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
        void ended.then((code) =>
          reject(new Error(`It ended with ${code} and never wrote ${pattern}:\n${written.stderr}`)),
        );
      }),
  };
}

/** The address that a server tells. */
export async function addressOf(server: Started): Promise<string> {
  const [, address] = await server.wrote(/Listening on (\S+)/);
  return address as string;
}
