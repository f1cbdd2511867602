import { spawn } from "node:child_process";
import { sqliteStore } from "@holdfast/sqlite";
import { expect, it } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands } from "../support/run.ts";
import { databaseFile } from "./database-file.ts";

/** How often the program is killed, each time after more events than before. */
const ROUNDS = 5;

const program = "tests/sqlite/appender.ts";
const runtimes = [
  ["Node", commands.node, ["--import", "tsx", "--conditions=@holdfast/source", program]],
  ["Deno", commands.deno, ["run", "--allow-all", program]],
] as const;

it.each(runtimes)("S36 what was acknowledged on %s is there after kill -9", async (_, command, args) => {
  for (let round = 1; round <= ROUNDS; round++) {
    await using at = await databaseFile();
    const acknowledged = await killedAfter(command, [...args, at.file], round * 150);
    await using store = sqliteStore({ file: at.file });
    await store.check();
    const { events, complete } = await store.range("news");
    const kept = events.map(({ id }) => id);
    expect(complete).toBe(true);
    expect(missing(acknowledged, kept)).toEqual([]);
    // And nothing is half there: whole transactions, whose payloads are whole.
    expect(kept).toEqual(kept.map((_, index) => `evt_${String(index).padStart(8, "0")}`));
    expect(kept.length % 10).toBe(0);
    expect(events.every(({ payload }) => payload.length === 2_002)).toBe(true);
  }
});

function missing(all: readonly string[], kept: readonly string[]): string[] {
  const there = new Set(kept);
  return all.filter((id) => !there.has(id));
}

/** The ids a program acknowledged until it was killed, once so many had come. */
function killedAfter(command: string, args: readonly string[], count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      if (output.length >= count * 13) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal !== "SIGKILL") return reject(new Error(`The program ended by itself with ${code}`));
      resolve(output.split("\n").slice(0, -1));
    });
  });
}
