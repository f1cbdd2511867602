import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "./child.mjs";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** How each runtime is started; both can collect garbage when told to. */
const RUNTIMES = {
  node: () => ({ command: process.execPath, args: ["--expose-gc"] }),
  deno: () => ({
    command: here("../node_modules/.bin/deno"),
    args: [
      "run",
      "--allow-all",
      "--no-lock",
      "--quiet",
      "--config",
      here("deno.json"),
      "--v8-flags=--expose-gc",
    ],
  }),
};

/** One round of one subject: its processes, all of them fresh, and gone when it is over. */
export class Stage {
  #subject;
  #deadlineMs;
  #children = [];

  /** @param subject Whose round it is; `profile` is where its profile goes, if one was asked for. */
  constructor(subject, { sizes, deadlineMs, profile }) {
    this.#subject = subject;
    this.#deadlineMs = deadlineMs;
    this.sizes = sizes;
    this.profile = profile;
  }

  /** The subject of this round, as its benchmark names it. */
  get subject() {
    return this.#subject;
  }

  /** The server process; by default of the kind that the subject's clients talk to. */
  server(values = {}, file = `servers/${this.#subject.server ?? "rtm"}.mjs`) {
    const { id, serverRuntime = "node" } = this.#subject;
    return this.#start(`Server of ${id}`, serverRuntime, file, [JSON.stringify(values)]);
  }

  /** The client process that is measured. */
  client() {
    const { id, runtime = "node", module = id } = this.#subject;
    return this.#start(`Client ${id}`, runtime, "client/main.mjs", [module]);
  }

  /** Another process of the round. */
  helper(file, values = {}) {
    return this.#start(file, "node", file, [JSON.stringify(values)]);
  }

  /** Ends all of them; others may follow. */
  async end() {
    await Promise.all(this.#children.splice(0).map((child) => child.stop()));
  }

  async #start(label, runtime, file, values) {
    const { command, args } = RUNTIMES[runtime]();
    const child = await Child.start({
      label,
      command,
      args: [...args, here(file), ...values],
      deadlineMs: this.#deadlineMs,
    });
    this.#children.push(child);
    return child;
  }
}
