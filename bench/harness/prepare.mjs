import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BENCH = fileURLToPath(new URL("..", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Says which lock file the modules were installed from. */
const STAMP = join(BENCH, "node_modules/.installed-from");

/** In the order they are built: each may use the ones before. */
const BUILDS = { core: "dist/mod.js", node: "dist/mod.js", deno: "dist/holdfast.js" };

/** Installs what the lock file says, if that is not there, and builds what is measured, if its sources are newer. */
export function prepare(tell) {
  const lock = createHash("sha256")
    .update(readFileSync(join(BENCH, "package-lock.json")))
    .digest("hex");
  if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== lock) {
    tell("installing the peers");
    npm(BENCH, "ci");
    writeFileSync(STAMP, lock);
  }
  for (const [name, file] of Object.entries(BUILDS)) {
    if (isFresh(name, file)) continue;
    tell(`building @holdfast/${name}`);
    npm(ROOT, "run", "build", "--workspace", `packages/${name}`);
  }
}

/** Whether what was built is younger than all it is built from. */
function isFresh(name, file) {
  const built = join(ROOT, "packages", name, file);
  if (!existsSync(built)) return false;
  const at = statSync(built).mtimeMs;
  const sources = name === "core" ? ["core"] : ["core", name];
  return sources.every((source) => newestIn(join(ROOT, "packages", source, "src")) < at);
}

function newestIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((path) => !path.includes(".test"));
  return Math.max(...files.map((path) => statSync(join(folder, path)).mtimeMs));
}

function npm(cwd, ...args) {
  execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
