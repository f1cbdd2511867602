import process from "node:process";
import { lines } from "./lines.mjs";

/**
 * The other end of `Child`: carries out the commands that come in, one JSON text a line, and writes what they give.
 * The process ends with its input, so that it never outlives the one that started it.
 */
export function answerCommands(commands, ready = {}) {
  lines(
    process.stdin,
    (line) => void answer(commands, JSON.parse(line)),
    () => process.exit(0),
  );
  write({ ready });
}

async function answer(commands, { id, command, values }) {
  try {
    write({ id, gives: (await commands[command](values)) ?? null });
  } catch (error) {
    write({ id, fails: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function write(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
