import { type FaultEvent, type FaultKind, strikes } from "./fault-plan.ts";
import type { Meddling } from "./meddling.ts";
import { GLOBAL, type Whose } from "./truth.ts";

const CALM = { ms: 5, jitterMs: 10 };

/** The faults that last: which are going on, and whom they strike. */
export class ActiveFaults implements Meddling {
  latency = CALM;
  readonly #active = new Map<FaultEvent, () => void>();
  readonly #whoseIs: (address: string) => Whose | undefined;

  constructor(whoseIs: (address: string) => Whose | undefined) {
    this.#whoseIs = whoseIs;
  }

  /** How many go on. */
  get size(): number {
    return this.#active.size;
  }

  get double(): boolean {
    return this.#any("double", () => true) !== undefined;
  }

  get late(): boolean {
    return this.#any("late", () => true) !== undefined;
  }

  flaps(path: string): "before" | "after" | undefined {
    const event = this.#any("flap", (flap) => this.strikesAddress(flap, urlOf(path)));
    return event && (event.salt % 2 === 0 ? "before" : "after");
  }

  spent(path: string): boolean {
    if (path === "/global") return false;
    return this.#any("spend", (event) => this.strikesAddress(event, urlOf(path))) !== undefined;
  }

  /** What is given instead of the global connection's address: a failure, or nothing ever. */
  noAddress(): Promise<string> | undefined {
    const event = this.#any("provider", () => true);
    if (event === undefined) return undefined;
    return event.salt % 2 === 0 ? Promise.reject(new Error("Nobody knows")) : new Promise(() => {});
  }

  latencyMs(random: () => number): number {
    return Math.floor(this.latency.ms + this.latency.jitterMs * random());
  }

  /** It goes on until its end, which undoes it. */
  begin(event: FaultEvent, undo: () => void = () => {}): void {
    this.#active.set(event, undo);
  }

  end(event: FaultEvent): void {
    const undo = this.#active.get(event);
    this.#active.delete(event);
    undo?.();
  }

  /** Everything is as it should be again. */
  endAll(): void {
    for (const event of [...this.#active.keys()]) this.end(event);
    this.latency = CALM;
  }

  /** Whether a fault strikes whose address this is. */
  strikesAddress(event: FaultEvent, address: string): boolean {
    const whose = this.#whoseIs(address);
    if (whose === GLOBAL) return event.global;
    return whose !== undefined && strikes(event, whose);
  }

  #any(kind: FaultKind, is: (event: FaultEvent) => boolean): FaultEvent | undefined {
    for (const event of this.#active.keys()) if (event.kind === kind && is(event)) return event;
    return undefined;
  }
}

const urlOf = (path: string): string => `ws://server${path}`;
