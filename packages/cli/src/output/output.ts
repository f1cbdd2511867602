import { isColoured, type Palette, palette } from "./palette.ts";

/** Where a command writes: results to stdout, and what happens meanwhile to stderr. */
export interface Output {
  /** Writes a line to stdout; returns false when the reader is behind or gone. */
  line(text: string): boolean;
  /** Writes a line to stderr. */
  note(text: string): void;
  /** Colours for stdout. */
  readonly colours: Palette;
  /** Whether stdout is a terminal that can be drawn on. */
  readonly canDraw: boolean;
  /** Columns of stdout, or 100 where it is no terminal. */
  readonly columns: number;
  /** Rows of stdout, or 24 where it is no terminal. */
  readonly rows: number;
  /** Bytes that the reader of stdout has not taken yet. */
  readonly backlog: number;
  /** Told once when the reader of stdout has gone away. */
  onGone(listener: () => void): void;
}

/** The streams of this process. */
export function processOutput(): Output {
  const { stdout, stderr, env } = process;
  let gone = false;
  const listeners: Array<() => void> = [];
  // A reader that went away, such as `head`, is no failure of ours; unheard, the error would end the process.
  stdout.on("error", () => {
    if (gone) return;
    gone = true;
    for (const listener of listeners) listener();
  });
  stderr.on("error", () => {});
  return {
    line: (text) => !gone && stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    colours: palette(isColoured(stdout, env)),
    canDraw: stdout.isTTY === true && env.TERM !== "dumb",
    get columns() {
      return stdout.isTTY === true ? stdout.getWindowSize()[0] || 80 : 100;
    },
    get rows() {
      return stdout.isTTY === true ? stdout.getWindowSize()[1] || 24 : 24;
    },
    get backlog() {
      return stdout.writableLength;
    },
    onGone: (listener) => void listeners.push(listener),
  };
}
