import type { TeamStats } from "./messages.ts";
import type { Team } from "./roster.ts";

/** A slice is over after so many characters too: a team's id may be long. */
const SLICE_CHARACTERS = 262_144;
/** How many rows are made into text at once. */
const PART_ROWS = 200;

/**
 * The text of a reply to a healthcheck, written a few rows at a time. Its teams are those of the moment when it is
 * begun, so that each is in it once, whoever comes or goes meanwhile; a row's figures are of the moment when it is
 * written. The types are ours: no schema looks at it again, and a test holds it against the protocol's.
 */
export class HealthcheckText {
  /** What is written so far. */
  text = '{"type":"healthcheck","stats":[';
  /** The rows in it, where they are kept. */
  readonly rows: TeamStats[] | undefined;
  readonly #teams: readonly Team[];
  #next = 0;
  #whole = false;

  constructor(teams: Iterable<Team>, keepRows: boolean) {
    this.#teams = [...teams];
    if (keepRows) this.rows = [];
  }

  /** How many rows are written so far. */
  get written(): number {
    return this.#next;
  }

  /** Writes so many further rows, or a little more than so many characters; returns whether all is written. */
  write(rows: number, characters: number = SLICE_CHARACTERS): boolean {
    const last = Math.min(this.#teams.length, this.#next + rows);
    const full = this.text.length + characters;
    while (this.#next < last && this.text.length < full) this.#writePart(last);
    if (this.#next < this.#teams.length) return false;
    if (!this.#whole) this.text += "]}";
    this.#whole = true;
    return true;
  }

  #writePart(last: number): void {
    const part = this.#teams
      .slice(this.#next, Math.min(last, this.#next + PART_ROWS))
      .map((team) => team.row());
    if (this.#next > 0) this.text += ",";
    this.text += JSON.stringify(part).slice(1, -1);
    this.#next += part.length;
    if (this.rows !== undefined) for (const row of part) this.rows.push(row);
  }
}
