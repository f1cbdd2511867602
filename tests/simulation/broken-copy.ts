import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ROOT } from "../support/packages.ts";
import { commands, run } from "../support/run.ts";
import type { BrokenLaw } from "./laws.ts";
import type { Invariant } from "./violation.ts";

/** What the checks said of a copy of core. */
export interface LawTried {
  /** The first fault that the exploration of the lifecycle found. */
  readonly exploration?: string | undefined;
  /** The first violation of the simulation, and after how many seeds it came. */
  readonly simulation?:
    | { readonly invariant: Invariant; readonly message: string; readonly seeds: number }
    | undefined;
}

/** Nothing is broken: core as it is must pass. */
export const UNBROKEN: BrokenLaw = { law: "none", breakages: [], caughtBy: {} };

/** How many seeds a copy is tried with. */
export const LAW_SEEDS = 16;
/** What the simulation need not catch is tried with fewer. */
const FEW_SEEDS = 3;
const TIMEOUT_MS = 120_000;

/** Below `node_modules`, so that what core imports by name is found. */
const CACHE = join(ROOT, "node_modules", ".cache", "broken-laws");

/**
 * Copies core and the simulation, breaks the law in the copy, and lets the exploration and the simulation run on it.
 *
 * @throws {Error} if a text to be replaced is not there exactly once.
 */
export async function tryLaw(broken: BrokenLaw): Promise<LawTried> {
  await mkdir(CACHE, { recursive: true });
  const copy = await mkdtemp(join(CACHE, "copy-"));
  try {
    await copyCore(copy);
    for (const { file, find, replace } of broken.breakages) {
      const path = join(copy, "packages", "core", "src", file);
      const text = await readFile(path, "utf8");
      const found = text.split(find).length - 1;
      if (found !== 1) {
        throw new Error(`Breaking "${broken.law}" failed: ${file} has ${found} times, and not once: ${find}`);
      }
      await writeFile(
        path,
        text.replace(find, () => replace),
      );
    }
    return await tryCopy(copy, broken);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function copyCore(copy: string): Promise<void> {
  const isNeeded = (path: string): boolean => !/\.test(-d)?\.ts$/.test(path) && basename(path) !== "dist";
  for (const path of [
    "packages/core/src",
    "packages/core/package.json",
    "tests/simulation",
    "tests/support",
  ]) {
    await cp(join(ROOT, path), join(copy, path), { recursive: true, filter: isNeeded });
  }
  await writeFile(join(copy, "package.json"), '{"type":"module"}');
  await mkdir(join(copy, "node_modules", "@holdfast"), { recursive: true });
  await symlink(join(copy, "packages", "core"), join(copy, "node_modules", "@holdfast", "core"), "junction");
}

async function tryCopy(copy: string, broken: BrokenLaw): Promise<LawTried> {
  const { law, caughtBy } = broken;
  const isWanted = broken === UNBROKEN || caughtBy.simulation !== undefined;
  const seeds = isWanted ? LAW_SEEDS : FEW_SEEDS;
  const script = join(copy, "tests", "simulation", "try-law.ts");
  const args = [
    "--import",
    "tsx",
    "-C",
    "@holdfast/source",
    script,
    String(seeds),
    String(caughtBy.simulation ?? ""),
  ];
  const { code, output, stdout } = await run(commands.node, args, { cwd: copy, timeoutMs: TIMEOUT_MS });
  if (code !== 0) throw new Error(`The checks of "${law}" ended with ${code}:\n${output}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as LawTried;
}

/** Whether the checks that must catch it did. */
export function isCaught({ caughtBy }: BrokenLaw, { exploration, simulation }: LawTried): boolean {
  const explored = caughtBy.exploration !== true || exploration !== undefined;
  const simulated =
    caughtBy.simulation === undefined ||
    (simulation !== undefined && caughtBy.simulation.includes(simulation.invariant));
  return explored && simulated;
}

/** Runs a task for each of a list, two at a time, and keeps the order. */
export async function inPairs<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await task(items[index] as Item);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}
