import type { ServedTeamRow, TeamId, TeamStats } from "@holdfast/core/rtm";

/** What a healthcheck during the run can get wrong whatever is still on its way. */
export interface ClaimMistakes {
  /** Counts that were lower than the same team's count before. */
  readonly backwards: number;
  /** Counts that were higher than what had been sent. */
  readonly ahead: number;
}

/**
 * Holds each healthcheck against the one before and against what was sent. While messages are on their way a
 * claim may be behind; it can never go back, and never be ahead.
 */
export class ClaimWatch {
  #backwards = 0;
  #ahead = 0;
  readonly #latest = new Map<TeamId, TeamStats>();

  get mistakes(): ClaimMistakes {
    return { backwards: this.#backwards, ahead: this.#ahead };
  }

  /** @param sent What the server had sent when the claim arrived. */
  check(claim: readonly TeamStats[], sent: readonly ServedTeamRow[]): void {
    const sentOf = new Map(sent.map((row) => [row.id, row]));
    for (const row of claim) {
      const own = sentOf.get(row.id);
      // Rows of teams that do not exist are counted once, in the final claim; they are not kept.
      if (own === undefined) continue;
      const before = this.#latest.get(row.id);
      if (before && (row.message_count < before.message_count || row.props_count < before.props_count))
        this.#backwards++;
      if (row.message_count > own.sent || row.props_count > own.props) this.#ahead++;
      this.#latest.set(row.id, row);
    }
  }
}

/** Whether two claims say the same of every team, in whatever order. */
export function sameClaims(a: readonly TeamStats[], b: readonly TeamStats[]): boolean {
  return a.length === b.length && fingerprint(a) === fingerprint(b);
}

function fingerprint(claim: readonly TeamStats[]): string {
  return claim
    .map(({ id, connected, message_count, props_count }) =>
      JSON.stringify([id, connected, message_count, props_count]),
    )
    .toSorted()
    .join();
}
