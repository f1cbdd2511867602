import type { TeamStats } from "./messages.ts";
import type { Team } from "./roster.ts";

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

  constructor(teams: Iterable<Team>, keepRows: boolean) {
    this.#teams = [...teams];
    if (keepRows) this.rows = [];
  }

  /** Writes so many further rows; returns whether that was the last of it. */
  write(count: number): boolean {
    const end = this.#next + count;
    const rows = this.#teams.slice(this.#next, end).map((team) => team.row());
    if (this.#next > 0 && rows.length > 0) this.text += ",";
    this.text += JSON.stringify(rows).slice(1, -1);
    this.#next += rows.length;
    if (this.rows !== undefined) for (const row of rows) this.rows.push(row);
    if (this.#next < this.#teams.length) return false;
    this.text += "]}";
    return true;
  }
}
