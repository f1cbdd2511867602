import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What a command ends with that a signal cut short: 130 after SIGINT, 143 after SIGTERM. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * The first SIGINT or SIGTERM asks for a clean end; a second one forces it, with exit code 128 and its number.
 * Returns what stops listening.
 */
export function onSignals(stop: (signal: NodeJS.Signals) => void, force: () => void = () => {}): () => void {
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (asked) {
      force();
      process.exit(exitCodeOf(signal));
    }
    asked = true;
    stop(signal);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}
