// Run with: node tests/runtimes/run.mjs [--only node-ws,bun]
// The runtime matrix: real connections against the fault server, on every runtime. Installs what it needs first.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");

/** Runs a command that has to succeed, or ends with its code. */
function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

const lock = readFileSync(join(here, "package-lock.json"), "utf8");
/** The lock file as it was when this was installed. */
const installed = join(here, "node_modules", ".installed-lock.json");
if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
  run("npm", ["ci"], here);
  writeFileSync(installed, lock);
}
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", here], root);
const source = ["--import", "tsx", "-C", "@holdfast/source"];
run(process.execPath, [...source, join(here, "parent", "main.ts"), ...process.argv.slice(2)], root);
