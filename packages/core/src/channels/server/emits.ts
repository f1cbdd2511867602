import { Deferred } from "../../deferred.ts";
import { abortError } from "../../errors.ts";
import type { SortableIds } from "../../server/ids.ts";
import type { Others } from "../cluster/others.ts";
import type { EmitRequest } from "../http/emit-request.ts";
import { laterFault } from "../http/fault.ts";
import type { Acknowledgements, AckOutcome } from "./acknowledgements.ts";
import type { EventLog } from "./event-log.ts";
import { dataHead } from "./frames.ts";
import { fingerprintOf, type Idempotency } from "./idempotency.ts";
import type { Listener } from "./listener.ts";
import type { Listeners } from "./listeners.ts";
import type { EmitOutcome } from "./server-options.ts";
import { type Aim, choose } from "./targeting.ts";

/** How many emits may wait for acknowledgements at once. */
const MAX_PENDING = 10_000;
/** How many acknowledgements they may wait for together: each is an id in memory. */
const MAX_WAITS = 1_000_000;

/** What emits need of their server. */
export interface EmitsOwner {
  readonly ids: SortableIds;
  readonly listeners: Listeners;
  readonly log: EventLog;
  readonly acknowledgements: Acknowledgements;
  readonly idempotency: Idempotency<EmitOutcome>;
  readonly others: Others | undefined;
  /** @throws {Fault} `DRAINING` */
  checkOpen(): void;
  /** An event is on its way; so many sockets here took it. */
  emitted(channel: string, eventId: string, delivered: number): void;
}

/** Whom an event is for: everybody, or these; and who was named and is not there. */
interface Target {
  readonly ids: readonly string[] | undefined;
  readonly missing: readonly string[];
}

type Refused = "NO_CLIENTS" | "UNKNOWN_CLIENTS" | "NOT_ENOUGH_CLIENTS";

/** Emits: aim, deliver, keep, and wait for whatever was asked to be waited for. */
export class Emits {
  emitted = 0;
  delivered = 0;
  readonly #owner: EmitsOwner;
  #running = 0;
  #idle: Deferred<void> | undefined;

  constructor(owner: EmitsOwner) {
    this.#owner = owner;
  }

  /**
   * Emits once; with an idempotency key, once within ten minutes.
   * @throws {Fault} `DRAINING`, `OVERLOADED`, `IDEMPOTENCY_MISMATCH`
   * @throws {HoldfastError} `aborted`, when the caller hung up
   */
  async emit(channel: string, request: EmitRequest, signal?: AbortSignal): Promise<EmitOutcome> {
    this.#running++;
    try {
      return await this.#once(channel, request, signal);
    } finally {
      if (--this.#running === 0) this.#idle?.resolve();
    }
  }

  /** Resolves when no emit waits for anything any more. */
  async idle(): Promise<void> {
    if (this.#running === 0) return;
    this.#idle ??= new Deferred();
    await this.#idle.promise;
  }

  async #once(channel: string, request: EmitRequest, signal?: AbortSignal): Promise<EmitOutcome> {
    const { idempotencyKey: key, payload, aim, requireAck } = request;
    if (key === undefined) return this.#emit(channel, request, signal);
    const fingerprint = await fingerprintOf(payload, JSON.stringify(aim), String(requireAck));
    // What waits under a key waits on when its caller hangs up: the next one with the key is told what became of it.
    const once = this.#owner.idempotency.once(JSON.stringify([channel, key]), fingerprint, () =>
      this.#emit(channel, request),
    );
    return unlessAborted(once, signal);
  }

  /** From the aim to the last send no promise is waited for: who joins or leaves does so before or after. */
  async #emit(
    channel: string,
    { payload, aim, requireAck }: EmitRequest,
    signal?: AbortSignal,
  ): Promise<EmitOutcome> {
    const { ids, log, acknowledgements, others } = this.#owner;
    this.#owner.checkOpen();
    if (signal?.aborted) throw abortError("Emit", signal);
    if (requireAck && acknowledgements.size >= MAX_PENDING) {
      throw laterFault("OVERLOADED", "Too many emits wait for acknowledgements");
    }
    const finding = aim.kind === "everybody" ? log.finding(channel) : undefined;
    if (finding !== undefined) await finding;
    const whole = aim.kind === "everybody" && !requireAck;
    const away = whole || others === undefined ? [] : await others.members(channel);
    const elsewhere = away.map(({ id }) => id);
    this.#owner.checkOpen();
    const target = this.#targetOf(channel, aim, requireAck, elsewhere);
    if ("code" in target) return refused(target.code, target.missing);
    if (requireAck && acknowledgements.waits + (target.ids?.length ?? 0) > MAX_WAITS) {
      throw laterFault("OVERLOADED", "Too many acknowledgements are waited for");
    }
    const eventId = ids.next();
    const time = Date.now();
    const everybody = aim.kind === "everybody";
    const acks = requireAck
      ? acknowledgements.expect(channel, eventId, target.ids ?? [], signal)
      : Promise.resolve(undefined);
    const kept = everybody ? log.append(channel, { id: eventId, time, payload }) : Promise.resolve(false);
    const here = this.#deliver(channel, eventId, dataHead(payload, eventId, requireAck), target.ids);
    this.emitted++;
    this.delivered += here;
    this.#owner.emitted(channel, eventId, here);
    const clients = everybody ? undefined : target.ids;
    const aimed = new Set(target.ids);
    const expected = elsewhere.filter((id) => aimed.has(id));
    const tell = (lost: boolean): Promise<number> | number =>
      others?.emit({ channel, eventId, time, payload, requireAck, clients, lost }, expected) ?? 0;
    // Where the store is shared, others are told once it is in there: who resumes elsewhere finds it, or is told.
    const told = others?.ownHistory === false ? kept.then((is) => tell(everybody && !is)) : tell(false);
    const [acked, stored, there] = await Promise.all([acks, kept, told]);
    return outcomeOf({ eventId, delivered: here + there, stored, acked, missing: target.missing });
  }

  #targetOf(
    channel: string,
    aim: Aim,
    requireAck: boolean,
    elsewhere: readonly string[],
  ): Target | { readonly code: Refused; readonly missing: readonly string[] } {
    const { listeners } = this.#owner;
    if (aim.kind === "ids") {
      const away = new Set(elsewhere);
      const there = (id: string): boolean => listeners.get(channel, id) !== undefined || away.has(id);
      const ids = aim.ids.filter(there);
      const missing = aim.ids.filter((id) => !there(id));
      return ids.length > 0 ? { ids, missing } : { code: "UNKNOWN_CLIENTS", missing };
    }
    if (aim.kind === "everybody" && !requireAck) return { ids: undefined, missing: [] };
    const ids = [...Array.from(listeners.in(channel), ({ id }) => id), ...elsewhere];
    if (ids.length === 0) return { code: "NO_CLIENTS", missing: [] };
    if (aim.kind === "everybody") return { ids, missing: [] };
    if (aim.count > ids.length) return { code: "NOT_ENOUGH_CLIENTS", missing: [] };
    return { ids: choose(ids, aim.count), missing: [] };
  }

  /** Sends to those who are here; who does not take it is not waited for. */
  #deliver(channel: string, eventId: string, head: string, ids: readonly string[] | undefined): number {
    const { listeners, acknowledgements } = this.#owner;
    if (ids === undefined) return listeners.deliver(channel, head);
    const local = ids.flatMap((id): Listener | readonly [] => listeners.get(channel, id) ?? []);
    let took = 0;
    for (const listener of local) {
      if (listener.sendSpliced(head)) took++;
      else acknowledgements.lost(channel, eventId, listener.id);
    }
    return took;
  }
}

function refused(code: Refused, missing: readonly string[]): EmitOutcome {
  const named = missing.length > 0 ? { missing } : {};
  return { code, eventId: undefined, delivered: 0, stored: false, ...named };
}

function outcomeOf(result: {
  eventId: string;
  delivered: number;
  stored: boolean;
  acked: AckOutcome | undefined;
  missing: readonly string[];
}): EmitOutcome {
  const { eventId, delivered, stored, acked } = result;
  const silent = acked?.end === "timeout" ? acked.silent : [];
  const missing = [...silent, ...result.missing];
  return {
    code: acked?.end === "timeout" ? "ACK_TIMEOUT" : acked?.end === "left" ? "CLIENTS_LEFT" : "delivered",
    ...{ eventId, delivered, stored },
    ...(acked !== undefined && { acked: acked.acked }),
    ...(missing.length > 0 && { missing }),
    ...(acked !== undefined && acked.left.length > 0 && { left: acked.left }),
  };
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError("Emit", signal));
    const off = (): void => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    promise.then(off, off);
    promise.then(resolve, reject);
  });
}
