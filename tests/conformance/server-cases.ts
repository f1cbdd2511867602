import type { SocketListener } from "@holdfast/core";
import type { ServeOptions } from "@holdfast/node";
import { within } from "../contract/expect.ts";
import type { ListenerCase, ListenerSubject } from "../contract/listener-contract.ts";
import { conformanceCases } from "./conformance-cases.ts";
import { flowCases } from "./flow-cases.ts";
import { httpCases } from "./http-cases.ts";

/** A `serve` under test. */
export interface ServerSubject extends ListenerSubject {
  serve(options: ServeOptions): Promise<SocketListener>;
}

/** One promise of a server, or one named deviation from it. */
export interface ServerCase {
  readonly name: string;
  run(subject: ServerSubject): Promise<void>;
}

/** Short: every failed connection waits for a close that these clients never send. */
export const CLOSE_TIMEOUT_MS = 50;

/** All that is promised of a `serve`. */
export function serverCases({ hardened }: Pick<ServerSubject, "hardened">): readonly ServerCase[] {
  const cases: (ServerCase | ListenerCase)[] = [
    ...conformanceCases(hardened),
    ...httpCases(hardened),
    ...flowCases(hardened),
  ];
  return cases.map(({ name, run }) => ({
    name,
    run: (subject) => within(15_000, "the case to end", run(subject)),
  }));
}
