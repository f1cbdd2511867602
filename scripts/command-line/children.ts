import { type ChildProcess, fork } from "node:child_process";
import { constants } from "node:os";

const running = new Set<ChildProcess>();

/** Starts a program in a process group of its own: Ctrl-C reaches this process alone, which ends it in order. */
export function start(file: string, args: readonly string[], execArgv: readonly string[] = []): ChildProcess {
  const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
  const child = fork(file, [...args], { execArgv: [...execArgv], stdio: [...stdio], detached: true });
  running.add(child);
  child.once("exit", () => running.delete(child));
  // What cannot be sent to it any more: its end says more.
  child.on("error", () => {});
  return child;
}

/** Ends what still runs. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/**
 * The first SIGINT or SIGTERM asks for a clean end, a second one forces it; however this process ends, it leaves no
 * other behind. Returns what stops listening.
 */
export function endInOrder(stop: () => void): () => void {
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(128 + constants.signals[signal]);
    asked = true;
    stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  process.on("exit", killAll);
  for (const signal of signals) process.on(signal, handle);
  return () => {
    process.off("exit", killAll);
    for (const signal of signals) process.off(signal, handle);
  };
}
