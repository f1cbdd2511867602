/**
 * Connections by address. An IPv6 network of 64 bits counts as one address, for that is what one subscriber has;
 * an unknown address counts as nothing.
 */
export class AddressCounter {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** @param max How many connections one address may have. */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many addresses have a connection. */
  get size(): number {
    return this.#counts.size;
  }

  /** Counts one more; false where there are as many as there may be. What was taken is to be released once. */
  take(address: string | undefined): boolean {
    if (address === undefined) return true;
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  /** One connection less. */
  release(address: string | undefined): void {
    if (address === undefined) return;
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}

/** What counts as one: an IPv4 address, also where it is written as IPv6, or the first four groups of an IPv6 address. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().replace(/%.*$/, "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // A dotted quad at the end stands for two groups.
  const length = before.length + after.length + (after.at(-1)?.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - length) }, () => "0");
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
