import { sqliteStore } from "@holdfast/sqlite";
import { expect, it } from "vitest";
import { ROOT } from "../support/packages.ts";
import { commands, succeed } from "../support/run.ts";
import { databaseFile } from "./database-file.ts";

const COUNT = 300;
const program = "tests/sqlite/sharer.ts";

it("two processes, one on Node and one on Deno, write to one file at once, and nothing is lost", async () => {
  await using at = await databaseFile();
  const cwd = ROOT;
  await Promise.all([
    succeed(
      commands.node,
      ["--import", "tsx", "--conditions=@holdfast/source", program, at.file, "node", String(COUNT)],
      { cwd },
    ),
    succeed(commands.deno, ["run", "--allow-all", program, at.file, "deno", String(COUNT)], { cwd }),
  ]);
  await using store = sqliteStore({ file: at.file });
  const idsOf = async (topic: string): Promise<string[]> =>
    (await store.range(topic)).events.map(({ id }) => id);
  for (const name of ["node", "deno"]) {
    const all = Array.from({ length: COUNT }, (_, n) => `evt_${String(n).padStart(6, "0")}_${name}`);
    expect(await idsOf(name)).toEqual(all);
  }
  const both = await idsOf("both");
  expect(both).toEqual([...both].sort());
  expect(both).toHaveLength(2 * COUNT);
  await store.trim("news", { maxEvents: 10, maxBytes: 10_000, maxAgeMs: 60_000 });
  expect(await idsOf("news")).toHaveLength(10);
});
