/** How many hosts are remembered; a program that dials more has other worries than their names. */
const MAX_HOSTS = 1_000;

/** One string for each host: as a part of its URL each connection's own would keep that whole URL in memory. */
export class HostNames {
  readonly #known = new Map<string, string>();

  /** The one string that is equal to this. */
  of(host: string): string {
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_HOSTS) this.#known.clear();
    this.#known.set(host, host);
    return host;
  }
}
