// The server process of the soak: teams, traffic, every fault at a rate, and at the end the scorecard.
import { systemClock } from "@holdfast/core";
import { seededRandom } from "@holdfast/core/testing";
import { listenWebSocket } from "@holdfast/node";
import type { FaultRates } from "../../packages/cli/src/rtm/fault-rates.ts";
import { MAX_MESSAGE_BYTES, Simulation } from "../../packages/cli/src/rtm/simulation.ts";
import { planOf, type ServerPlan, tell } from "./messages.ts";
import { RoughNetwork } from "./rough-network.ts";
import { countStrayErrors } from "./stray-errors.ts";
import { UnrulyDoor } from "./unruly-door.ts";

/** Of 500 teams: five cut off, two or three muted and ten sent garbage in every second. */
const FAULTS: FaultRates = { drop: 0.01, mute: 0.005, garbage: 0.02, refuse: 0.05, flap: 0.05 };
/** The share of team addresses that lead through the rough network. */
const DETOURS = 0.15;
/** How long a restart takes, in milliseconds. */
const DOWN_MS = 700;
/** How long the global connection may take to come back at the end, in milliseconds. */
const RETURN_MS = 20_000;

const errors = countStrayErrors();
const { teams, rate, forMs, seed } = planOf<ServerPlan>();
const random = seededRandom(seed, 10);
const door = new UnrulyDoor(seededRandom(seed, 11));
let port = 0;
let calm = false;
const rough = new RoughNetwork(seededRandom(seed, 12), () => port);
const detour = await rough.listen();
const simulation = new Simulation({
  ...{ teams, rate, faults: FAULTS, seed, healthcheckMs: 2_000, settleMs: 60_000, clock: systemClock },
  url: () => (!calm && random() < DETOURS ? detour : `ws://127.0.0.1:${port}`),
  listen: async (accept) => {
    const listener = await listenWebSocket({
      ...{ port, accept: door.before(accept), maxMessageBytes: MAX_MESSAGE_BYTES },
    });
    port = listener.port;
    return listener;
  },
  // Twice: an end that the rough network has read is read here a turn later.
  afterReading: (task) => setImmediate(() => setImmediate(task)),
  say: () => {},
});
await simulation.start();
tell({ kind: "listening", url: `${detour}/global` });

// Whoever started this process is gone.
process.on("disconnect", () => process.exit(1));
await run();
process.disconnect();

async function run(): Promise<void> {
  let restarts = 0;
  let restarting: Promise<void> = Promise.resolve();
  let muteNext = true;
  // A run of a few seconds has to get through first.
  const every = (task: () => void, longMs: number, share: number): NodeJS.Timeout =>
    setInterval(task, Math.min(longMs, Math.max(5_000, forMs * share)));
  const restart = (): void => {
    restarts++;
    restarting = simulation.restart(DOWN_MS);
  };
  const timers = [
    // By turns; one that finds no global connection leaves its turn to the next.
    every(
      () => {
        if (muteNext ? rough.muteGlobal() : door.dropGlobal()) muteNext = !muteNext;
      },
      15_000,
      0.31,
    ),
    every(() => door.refuseNext(), 10_000, 0.28),
    every(restart, 60_000, 2),
    // In a short run the one restart falls into the warm-up, so that enough is left to be judged.
    setTimeout(restart, Math.min(30_000, Math.max(2_000, forMs * 0.15))),
  ];
  await toldToEnd();
  for (const timer of timers) clearInterval(timer);
  await restarting;
  calm = true;
  door.calm();
  rough.calm();
  await until(() => door.hasGlobal, RETURN_MS);
  const card = await simulation.finish();
  rough.close();
  const disturbances = { restarts, ...door.counts, ...rough.counts };
  tell({ kind: "finished", report: { card, disturbances, errors: errors() } });
}

/** Resolves when the time is up, or the process that started this one says so. */
function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, forMs);
    process.on("message", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function until(holds: () => boolean, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}
