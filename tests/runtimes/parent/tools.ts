import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuntimeName } from "../features.ts";

/** The folder of the matrix, and the repository's. */
export const HERE: string = join(dirname(fileURLToPath(import.meta.url)), "..");
const ROOT: string = join(HERE, "..", "..");

const own = (path: string): string => join(HERE, "node_modules", path);

/** A program that runs a bundle, and what it is given before the bundle's path. */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  /** What its version must begin with. */
  readonly version: RegExp;
}

const node20: Tool = { command: process.execPath, args: ["--enable-source-maps"], version: /^v20\./ };

const TOOLS: Readonly<Record<RuntimeName, Tool>> = {
  "node-ws": node20,
  undici: node20,
  "node-22": { ...node20, command: own("node-22/bin/node"), version: /^v22\./ },
  "node-24": { ...node20, command: own("node-24/bin/node"), version: /^v24\./ },
  deno: {
    command: join(ROOT, "node_modules", ".bin", "deno"),
    args: ["run", "--no-config", "--allow-net"],
    version: /^deno 2\./,
  },
  bun: { command: own(".bin/bun"), args: [], version: /^1\./ },
  chromium: {
    command: process.env.HOLDFAST_CHROMIUM ?? "/usr/bin/chromium",
    args: [],
    version: /^Chromium /,
  },
};

/** The tool of a runtime and its version, or why there is none here. */
export function toolOf(name: RuntimeName): { tool: Tool; version: string } | { missing: string } {
  const tool = TOOLS[name];
  if (!existsSync(tool.command)) return { missing: `${name} has no program here` };
  try {
    const output = execFileSync(tool.command, ["--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const version = output.split("\n")[0]?.trim() ?? "";
    return tool.version.test(version)
      ? { tool, version }
      : { missing: `${name} is of another version: ${version}` };
  } catch (error) {
    return {
      missing: `${name} does not start: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    };
  }
}
