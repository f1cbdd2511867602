/**
 * What the commands end with. A second signal ends them at once, with 128 and its number; so does the first one an
 * emit, which cannot know then what became of its event.
 */
export const EXIT = {
  /** Ended as asked; for a server: and nothing was lost; for an emit: everybody who was aimed at has it. */
  ok: 0,
  /**
   * A bot: its connection ended for a final cause, or never came to be. A server: the scorecard failed. An emit:
   * nobody was there, or not everybody acknowledged. A listener: fewer events came than were asked for.
   */
  failed: 1,
  /** Bad usage. */
  usage: 2,
  /** A server could not listen, or use its store. */
  cannotListen: 3,
  /** The server of an emit or a listener could not be reached, or had no room. */
  unreachable: 3,
  /** The server did not let an emit or a listener in. */
  refused: 4,
} as const;
