import type { Acceptor, SocketFactory, SocketListener } from "@holdfast/core";
import { acceptCases } from "./cases/accept.ts";
import { closeCases } from "./cases/close.ts";
import { dialCases } from "./cases/dial.ts";
import { faultCases } from "./cases/faults.ts";
import { frameCases } from "./cases/frames.ts";
import { within } from "./expect.ts";
import type { Fault, FaultServer } from "./fault-peer.ts";
import type { Features } from "./features.ts";

/** Listeners under the contract are told to take messages of at most this size. */
export { LIMIT_BYTES } from "./features.ts";

/** A transport under the contract: something that dials, what it dials, and how it differs from the reference. */
export interface Subject {
  readonly socket: SocketFactory;
  /** The same, with a limit of its own on what it takes, in bytes. */
  readonly limited?: (maxBytes: number) => SocketFactory;
  listen(accept: Acceptor): Promise<SocketListener>;
  /** A peer below the transport, which does one thing wrong. */
  faults(fault: Fault): Promise<FaultServer>;
  readonly features: Features;
}

/** One promise of the seam, or one named deviation from it. */
export interface ContractCase {
  readonly name: string;
  run(subject: Subject): Promise<void>;
}

/** What became of one case, as a runner of another runtime reports it. */
export interface CaseResult {
  readonly subject: string;
  readonly name: string;
  /** Why it failed; absent when it did not. */
  error?: string;
}

/** No case takes longer than this, in milliseconds. */
const CASE_TIMEOUT_MS = 15_000;

/**
 * What every `SocketFactory` and `SocketListener` must do. Where a transport lacks something, the case is replaced
 * by one whose name begins with `deviation:` and which asserts what happens instead.
 */
export function socketContract(features: Features): readonly ContractCase[] {
  return [
    ...frameCases(features),
    ...closeCases(features),
    ...dialCases(features),
    ...faultCases(features),
    ...acceptCases(features),
  ].map(({ name, run }) => ({
    name,
    run: (subject) => within(CASE_TIMEOUT_MS, "the case to end", run(subject)),
  }));
}
