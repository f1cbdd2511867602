import type { TeamId } from "./messages.ts";
import type { ServedTeamRow } from "./server-options.ts";
import type { Session } from "./server-session.ts";

/** One team on the server: its sockets and what they took. */
export class ServedTeam {
  readonly id: TeamId;
  /** Whether the team is there; one that was removed is remembered for its counts. */
  present = true;
  connects = 0;
  readonly sessions: Set<Session> = new Set();
  #sent = 0;
  #props = 0;
  #missed = 0;

  constructor(id: TeamId) {
    this.id = id;
  }

  /** Sends a text to every socket; returns how many took it. */
  send(text: string): number {
    const frame = JSON.stringify({ type: "message", text });
    let took = 0;
    for (const session of this.sessions) if (session.send(frame)) took++;
    this.#sent += took;
    if (text.includes("props")) this.#props += took;
    if (took === 0) this.#missed++;
    return took;
  }

  row(): ServedTeamRow {
    const { id, connects, sessions } = this;
    return {
      id,
      sent: this.#sent,
      props: this.#props,
      missed: this.#missed,
      sockets: sessions.size,
      connects,
    };
  }
}
