import type { Clock } from "../clock.ts";
import type { Refusal } from "../socket/listener.ts";
import type { TeamId } from "./messages.ts";
import { Tokens } from "./tokens.ts";

const TEAM_PATH = "/team/";

/** Who is let in: the global connection by its path, a team's socket by a token that is good once. */
export class Door {
  readonly #url: string | URL | (() => string | URL);
  readonly #tokens: Tokens;

  constructor(url: string | URL | (() => string | URL), clock: Clock, tokenTtlMs: number) {
    this.#url = url;
    this.#tokens = new Tokens(clock, tokenTtlMs);
  }

  /** A fresh address for a team. */
  addressOf(teamId: TeamId): string {
    const base = typeof this.#url === "function" ? this.#url() : this.#url;
    return new URL(`${TEAM_PATH}${this.#tokens.mint(teamId)}`, base).href;
  }

  /** What a path leads to. */
  open(path: string): "global" | { readonly teamId: TeamId } | Refusal {
    const [name = ""] = path.split("?");
    if (name === "/global") return "global";
    if (!name.startsWith(TEAM_PATH)) return { status: 404, reason: "Nothing is here: connect to /global" };
    return (
      this.#tokens.spend(name.slice(TEAM_PATH.length)) ?? {
        status: 403,
        reason: "This address is spent, expired or unknown: ask for one with team.connect",
      }
    );
  }
}
