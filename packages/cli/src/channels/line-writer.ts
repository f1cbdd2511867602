import type { Output } from "../output/output.ts";

/** While more than this is waiting for its reader, lines are left out and counted, in bytes. */
const MAX_BACKLOG = 16 * 1024 * 1024;

/** Writes lines as long as they are read: what nobody reads would fill the memory. */
export class LineWriter {
  readonly #output: Pick<Output, "line" | "backlog">;
  readonly #omittedLine: (count: number) => string;
  #omitted = 0;

  /** @param omittedLine Tells, when there is room again, how many lines were left out. */
  constructor(output: Pick<Output, "line" | "backlog">, omittedLine: (count: number) => string) {
    this.#output = output;
    this.#omittedLine = omittedLine;
  }

  /** Writes a line; false where it was left out. */
  write(line: string): boolean {
    if (this.#output.backlog > MAX_BACKLOG) {
      this.#omitted++;
      return false;
    }
    this.#tellOmitted();
    this.#output.line(line);
    return true;
  }

  /** Writes the last line, whether somebody reads or not. */
  end(line: string): void {
    this.#tellOmitted();
    this.#output.line(line);
  }

  #tellOmitted(): void {
    if (this.#omitted === 0) return;
    this.#output.line(this.#omittedLine(this.#omitted));
    this.#omitted = 0;
  }
}
