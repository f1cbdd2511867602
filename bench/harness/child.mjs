import { spawn } from "node:child_process";
import { lines } from "./lines.mjs";

/** Every child that has not ended: whatever happens, none is left behind. */
const alive = new Set();

/** How long a child may take to end when it was asked to, in milliseconds. */
const FAREWELL_MS = 2_000;
/** How much of what a child complains about is kept, in characters. */
const COMPLAINT = 4_000;

/** A process of ours that answers commands, one JSON text a line, until its input ends or its deadline comes. */
export class Child {
  /** What it said when it was ready. */
  ready;
  #process;
  #label;
  #deadline;
  #complaint = "";
  #calls = new Map();
  #lastCall = 0;
  #ended;
  #becomeReady;

  /** Starts one and resolves when it says that it is ready. */
  static async start({ label, command, args, deadlineMs }) {
    const child = new Child(label, command, args, deadlineMs);
    child.ready = await child.#becomeReady.promise;
    return child;
  }

  constructor(label, command, args, deadlineMs) {
    const { NODE_ENV: _unset, NODE_OPTIONS: _none, ...env } = process.env;
    this.#label = label;
    this.#becomeReady = deferred();
    this.#process = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    alive.add(this);
    this.#deadline = setTimeout(() => this.#giveUp(`did not end within ${deadlineMs / 1000} s`), deadlineMs);
    this.#process.stdin.on("error", () => {});
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT);
    });
    lines(this.#process.stdout, (line) => this.#heard(line));
    this.#process.on("error", (error) => this.#fail(error.message));
    this.#ended = new Promise((resolve) => this.#process.on("close", resolve));
    void this.#ended.then((code) => {
      alive.delete(this);
      clearTimeout(this.#deadline);
      this.#fail(`ended with code ${code}`);
    });
  }

  /** Has a command carried out and resolves with what it gives. */
  call(command, values = {}) {
    const id = ++this.#lastCall;
    const call = deferred();
    this.#calls.set(id, call);
    this.#process.stdin.write(`${JSON.stringify({ id, command, values })}\n`);
    return call.promise;
  }

  /** Lets it end by itself, and sees to it that it does. */
  async stop() {
    this.#process.stdin.end();
    const late = setTimeout(() => this.#process.kill("SIGKILL"), FAREWELL_MS);
    await this.#ended;
    clearTimeout(late);
  }

  /** Ends it at once. */
  async kill() {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #giveUp(why) {
    this.#fail(why);
    this.#process.kill("SIGKILL");
  }

  #heard(line) {
    const { ready, id, gives, fails } = JSON.parse(line);
    if (ready !== undefined) return this.#becomeReady.resolve(ready);
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (fails === undefined) call?.resolve(gives);
    else call?.reject(new Error(`${this.#label}: ${fails}`));
  }

  #fail(why) {
    const error = new Error(`${this.#label} ${why}\n${this.#complaint}`.trim());
    for (const call of [this.#becomeReady, ...this.#calls.values()]) call.reject(error);
    this.#calls.clear();
  }
}

/** Ends every child that is left. */
export function endChildren() {
  return Promise.all(Array.from(alive, (child) => child.kill()));
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  // Whoever waits is told; that nobody waits any more is no failure.
  made.promise.catch(() => {});
  return made;
}
