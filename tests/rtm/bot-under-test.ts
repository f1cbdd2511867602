import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type BotEvents, type BotOptions, type BotStats, createBot } from "@holdfast/node";
import { EVENT_NAMES, plain } from "./bot-log.ts";

/** What can be said of a bot's options in JSON, so that they can be told to another process. */
export type PlainOptions = Omit<BotOptions, "socket" | "signal" | "clock" | "random" | "backoff"> & {
  backoff?: { baseMs: number; maxMs: number };
};

/** One event of a bot, as it was told. */
export interface Told {
  readonly name: keyof BotEvents;
  readonly event: Record<string, unknown>;
}

/** A bot that a test drives, in this process or in another runtime's. */
export interface BotUnderTest {
  readonly told: Told[];
  /** Resolves with the first event, told already or not, that fits. */
  waitFor(
    name: keyof BotEvents,
    fits?: (event: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>>;
  stats(): Promise<BotStats>;
  /** Resolves with why the bot ended. */
  readonly closed: Promise<{ reason: string }>;
  close(): Promise<void>;
}

export type StartBot = (options: PlainOptions) => BotUnderTest;

/** Reconnects quickly, so that a test need not wait; every test overrides what it is about. */
export const QUICK = { backoff: { baseMs: 20, maxMs: 100 }, stableAfterMs: 100, closeTimeoutMs: 300 };

/** A log of events that can be waited for. */
class EventLog {
  readonly told: Told[] = [];
  readonly #waiting = new Set<() => void>();

  add(told: Told): void {
    this.told.push(told);
    for (const look of [...this.#waiting]) look();
  }

  waitFor(name: string, fits: (event: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    const found = (): Told | undefined => this.told.find((told) => told.name === name && fits(told.event));
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const told = found();
        if (told === undefined) return;
        this.#waiting.delete(look);
        clearTimeout(deadline);
        resolve(told.event);
      };
      const deadline = setTimeout(() => {
        this.#waiting.delete(look);
        const names = this.told.map((told) => JSON.stringify(told)).join("\n");
        reject(new Error(`No ${name} within 10 s; told were:\n${names}`));
      }, 10_000);
      this.#waiting.add(look);
      look();
    });
  }
}

/** A bot of `@holdfast/node` in this process. */
export const startNodeBot: StartBot = (options) => {
  const bot = createBot(options);
  const log = new EventLog();
  for (const name of EVENT_NAMES) bot.on(name, (event) => log.add({ name, event: plain(event) }));
  bot.start().catch(() => {});
  return {
    told: log.told,
    waitFor: (name, fits = () => true) => log.waitFor(name, fits),
    stats: async () => bot.stats(),
    closed: bot.closed,
    close: async () => void (await bot.close()),
  };
};

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Starts the npm package's Deno on a file of this folder. */
export function spawnDeno(file: string, args: string[]): ChildProcess {
  const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
  const program = fileURLToPath(new URL(file, import.meta.url));
  const flags = ["run", "--allow-net", "--allow-env", "--allow-read", "--no-prompt"];
  return spawn(process.execPath, [deno, ...flags, program, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** A bot of `@holdfast/deno` in a process of its own, which tells its events as JSON lines. */
export const startDenoBot: StartBot = (options) => {
  const child = spawnDeno("./deno-bot.ts", [JSON.stringify(options)]);
  const log = new EventLog();
  const stats: Array<(stats: BotStats) => void> = [];
  const closed = new Promise<{ reason: string }>((resolve, reject) => {
    let why: { reason: string } | undefined;
    createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> }).on("line", (line) => {
      const message = JSON.parse(line);
      if (message.stats) stats.shift()?.(message.stats);
      else if (message.closed) why = message.closed;
      else log.add(message);
    });
    child.on("close", (code) => {
      if (why !== undefined && code === 0) resolve(why);
      else reject(new Error(`Deno ended with ${code} and said ${JSON.stringify(why)}`));
    });
  });
  closed.catch(() => {});
  const tell = (command: string): void => void child.stdin?.write(`${command}\n`);
  return {
    told: log.told,
    waitFor: (name, fits = () => true) => log.waitFor(name, fits),
    stats: () =>
      new Promise((resolve) => {
        stats.push(resolve);
        tell("stats");
      }),
    closed,
    close: async () => {
      tell("close");
      await closed;
    },
  };
};
