/* What once broke a property, in its smallest form; each is tried first in every run. What is deep or large has
 * tests of its own beside the properties. */

/** Frames that a server says to a bot, and on which connections. */
export const BOT_REGRESSIONS: ReadonlyArray<
  ReadonlyArray<readonly ["/global" | "/team/", string | Uint8Array]>
> = [
  // A report of a server's error held all of a team's id, however long.
  [["/global", `{"type":"error","message":"x","team_id":"${"x".repeat(1_500)}"}`]],
];

/** Frames that a client sends to a server, and on which connections. */
export const SERVER_REGRESSIONS: ReadonlyArray<
  ReadonlyArray<readonly ["global" | "team", string | Uint8Array]>
> = [
  // An id that JSON cannot hold, echoed in an error, made the error no message of the protocol.
  [["global", '{"type":"strange","team_id":1e400}']],
  [["team", '{"type":"strange","team_id":9007199254740992}']],
];
