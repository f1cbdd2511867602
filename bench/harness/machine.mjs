import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

const bench = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const versionIn = (path) => JSON.parse(readFileSync(bench(path), "utf8")).version;

const PEERS = [
  "partysocket",
  "reconnecting-websocket",
  "socket.io",
  "socket.io-client",
  "crossws",
  "mitt",
  "valibot",
  "esbuild",
];

/** What the figures were measured with: versions of everything that takes part. */
export function versions() {
  const deno = execFileSync(bench("../node_modules/.bin/deno"), ["--version"], { encoding: "utf8" });
  return {
    holdfast: versionIn("../package.json"),
    node: process.versions.node,
    deno: deno.split(/\s/)[1],
    ws: wsVersion(),
    ...Object.fromEntries(PEERS.map((name) => [name, versionIn(`node_modules/${name}/package.json`)])),
  };
}

/** The bare subject must use what Holdfast uses, or their difference is that of two versions of `ws`. */
function wsVersion() {
  const ours = versionIn("../node_modules/ws/package.json");
  const bare = versionIn("node_modules/ws/package.json");
  if (ours !== bare)
    throw new Error(`Holdfast uses ws ${ours} and the bare subject ws ${bare}: make them the same`);
  return ours;
}

/** The machine, without its name. */
export function machine() {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cpu.model.trim()}, ${cpus().length} cores, ${memory}, ${type()} ${release().split("-")[0]}`;
}

/** What stands in the way of figures that mean something. */
export function warnings() {
  const [load] = loadavg();
  const files =
    Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" })) || Number.POSITIVE_INFINITY;
  return [
    ...(load > 0.7
      ? [`The machine is busy: its load is ${load.toFixed(1)}. Figures mean little before it is idle`]
      : []),
    ...(files < 11_000
      ? [`A process may open ${files} files: 10,000 sockets need 11,000. Raise it with: ulimit -n 20000`]
      : []),
  ];
}
