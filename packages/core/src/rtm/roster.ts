import type { TeamId, TeamStats } from "./messages.ts";

/** What a bot knows of one team. */
export class Team {
  readonly id: TeamId;
  /** Whether the team is joined; a team that left is remembered for its counts. */
  joined = false;
  connected = false;
  messages = 0;
  props = 0;
  /** The latest address it was given, for when the global connection is down. */
  lastUrl: string | undefined;
  /** The latest ping, and when it was sent. */
  pingId = 0;
  pingedAt = 0;
  /** When a ready connection was lost that has no successor yet. */
  lostAt: number | undefined;

  constructor(id: TeamId) {
    this.id = id;
  }

  /** Its row in a healthcheck. */
  row(): TeamStats {
    return {
      id: this.id,
      connected: this.connected,
      message_count: this.messages,
      props_count: this.props,
    };
  }
}

/** The teams of a bot in the order they were first seen: all that are joined, and a bounded number that left. */
export class Roster {
  /** Departed teams whose counts were given up to stay within the limit. */
  forgotten = 0;
  readonly #teams = new Map<TeamId, Team>();
  readonly #departed = new Set<Team>();
  readonly #maxDeparted: number;

  constructor(maxDeparted: number) {
    this.#maxDeparted = maxDeparted;
  }

  /** How many are remembered, those that left included. */
  get size(): number {
    return this.#teams.size;
  }

  /** Joined teams. */
  get joined(): number {
    return this.#teams.size - this.#departed.size;
  }

  get(id: TeamId): Team | undefined {
    return this.#teams.get(id);
  }

  /** All teams, departed ones included. */
  all(): IterableIterator<Team> {
    return this.#teams.values();
  }

  /** A team joins, with the counts it had. Returns `undefined` when it is joined already. */
  join(id: TeamId): Team | undefined {
    let team = this.#teams.get(id);
    if (team?.joined) return undefined;
    if (team === undefined) {
      team = new Team(id);
      this.#teams.set(id, team);
    }
    this.#departed.delete(team);
    team.joined = true;
    return team;
  }

  /** A team leaves; returns `undefined` when it was not joined. */
  leave(id: TeamId): Team | undefined {
    const team = this.#teams.get(id);
    if (!team?.joined) return undefined;
    team.joined = false;
    team.connected = false;
    team.lostAt = undefined;
    this.#departed.add(team);
    if (this.#departed.size > this.#maxDeparted) this.#forgetOldest();
    return team;
  }

  #forgetOldest(): void {
    for (const oldest of this.#departed) {
      this.#departed.delete(oldest);
      this.#teams.delete(oldest.id);
      this.forgotten++;
      return;
    }
  }
}
