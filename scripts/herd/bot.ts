// The bot process of the herd: a plain bot, whose dials and stalls are noted.
import { createBot, webSocket } from "@holdfast/node";
import { type BotPlan, type PartReport, tell } from "./messages.ts";
import { StallWatch } from "./stalls.ts";
import { mostInWindow } from "./windows.ts";

const { url, teams, rate, concurrency } = JSON.parse(process.argv[2] ?? "null") as BotPlan;

let stray = 0;
for (const kind of ["unhandledRejection", "uncaughtException"]) process.on(kind, () => stray++);

/** Notes dials, stalls and who came first. */
class Part {
  readonly #stalls = new StallWatch();
  readonly #dials: number[] = [];
  #since = performance.now();
  #first: "global" | "team" | undefined;

  /** What it is about begins now; stalls are watched for before, so that the first one is not missed. */
  begin(): void {
    this.#since = performance.now();
  }

  dialled(): void {
    this.#dials.push(performance.now());
  }

  arrived(who: "global" | "team"): void {
    this.#first ??= who;
  }

  report(): PartReport {
    return {
      seconds: (performance.now() - this.#since) / 1000,
      stalls: this.#stalls.end(),
      dials: this.#dials.length,
      mostDials: mostInWindow(this.#dials, 100),
      globalFirst: this.#first === "global",
    };
  }
}

let part = new Part();
const dial = webSocket();
const bot = createBot({
  url,
  dials: { rate, concurrency },
  socket: (address, handler, options) => {
    part.dialled();
    return dial(address, handler, options);
  },
});
let connected = 0;
let losses = 0;
bot.on("global.connected", () => part.arrived("global"));
bot.on("team.connected", () => {
  part.arrived("team");
  if (++connected < teams) return;
  if (losses === 0) {
    tell({ kind: "up", part: part.report() });
    part = new Part();
  } else if (losses >= teams) tell({ kind: "back", part: part.report() });
});
bot.on("team.disconnected", ({ wasConnected }) => {
  if (!wasConnected) return;
  if (losses++ === 0) part.begin();
  connected--;
});
// Whoever started this process is gone.
const watch = setInterval(() => process.connected || process.exit(1), 1_000);

bot.start().catch(() => {});
const { reason } = await bot.closed;
clearInterval(watch);
// From here on nothing keeps this process but what the bot has left behind.
tell({ kind: "closed", reason, stray });
