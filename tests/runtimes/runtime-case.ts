import type { Bench } from "./bench.ts";

/** One promise of a connection on a real socket, or one named deviation from it. */
export interface RuntimeCase {
  /** The number in the catalogue of scenarios, or a word for what is not in there. */
  readonly scenario: string;
  /** What is promised; a name that begins with `deviation:` says what happens instead. */
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

/** What a runtime reports of one case, a line of JSON each. */
export interface CaseResult {
  readonly scenario: string;
  readonly name: string;
  readonly outcome: "pass" | "deviation" | "fail";
  readonly error?: string;
  readonly ms: number;
}

/** What a case that passed is called. */
export function outcomeOf({ name }: { readonly name: string }): "pass" | "deviation" {
  return name.startsWith("deviation: ") ? "deviation" : "pass";
}
