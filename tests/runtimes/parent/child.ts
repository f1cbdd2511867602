import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Watch } from "../../contract/recorder.ts";
import type { Marks } from "../exit-modes.ts";
import type { CaseResult } from "../runtime-case.ts";
import { HERE, type Tool } from "./tools.ts";

/** How a process ended: without a code when it took too long and was killed. */
export interface Ended {
  readonly code: number | null;
  /** What it wrote besides its reports. */
  readonly output: string;
}

/** A process of a runtime, and what it reports. */
export class Child extends Watch {
  readonly results: CaseResult[] = [];
  marks: Marks = {};
  readonly ended: Promise<Ended>;
  over = false;
  #output = "";

  /** Runs a bundle under a tool. */
  constructor(tool: Tool, bundle: string, given: readonly string[], timeoutMs: number) {
    super();
    const child = spawn(tool.command, [...tool.args, bundle, ...given], {
      cwd: HERE,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    createInterface({ input: child.stdout }).on("line", (line) => this.#read(line));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#output += chunk;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(timer);
        this.over = true;
        this.changed();
        resolve({ code, output: this.#output.trim() });
      });
    });
  }

  #read(line: string): void {
    if (!line.startsWith("{")) this.#output += `${line}\n`;
    else if (line.startsWith('{"scenario"')) this.results.push(JSON.parse(line) as CaseResult);
    else this.marks = { ...this.marks, ...(JSON.parse(line) as Marks) };
    this.changed();
  }
}
