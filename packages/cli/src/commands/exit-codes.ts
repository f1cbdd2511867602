/** What the commands end with. A second signal ends them at once, with 128 and its number. */
export const EXIT = {
  /** Ended as asked; for a server: and nothing was lost. */
  ok: 0,
  /** A bot: its connection ended for a final cause, or never came to be. A server: the scorecard failed. */
  failed: 1,
  /** Bad usage. */
  usage: 2,
  /** The server could not listen. */
  cannotListen: 3,
} as const;
