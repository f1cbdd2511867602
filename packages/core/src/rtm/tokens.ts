import type { Clock } from "../clock.ts";
import type { TeamId } from "./messages.ts";

/** How many unspent tokens are kept; beyond it the oldest are given up. */
const MAX_TOKENS = 100_000;

/** Single-use tokens that let one socket in to one team, for a short time. */
export class Tokens {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  /** In the order of minting, which is that of expiring. */
  readonly #unspent = new Map<string, { readonly teamId: TeamId; readonly expiresAt: number }>();

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** How many are unspent and not known to have expired. */
  get size(): number {
    return this.#unspent.size;
  }

  /** A new token: 24 random bytes in hex. */
  mint(teamId: TeamId): string {
    const now = this.#clock.now();
    for (const [token, { expiresAt }] of this.#unspent) {
      if (expiresAt > now && this.#unspent.size < MAX_TOKENS) break;
      this.#unspent.delete(token);
    }
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    const token = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#unspent.set(token, { teamId, expiresAt: now + this.#ttlMs });
    return token;
  }

  /** Spends a token; `undefined` for one that is unknown, spent or expired. */
  spend(token: string): { readonly teamId: TeamId } | undefined {
    const entry = this.#unspent.get(token);
    this.#unspent.delete(token);
    return entry !== undefined && entry.expiresAt > this.#clock.now() ? entry : undefined;
  }
}
