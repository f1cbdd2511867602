import type { Clock } from "@holdfast/core";
import type { ChannelServer, ChannelServerEvents } from "@holdfast/core/channels";
import { fit, printable } from "../output/printable.ts";
import { plural } from "../output/units.ts";

/** So many lines a second are written one by one; what is over is counted, and told when the second is over. */
const LINES_A_SECOND = 10;
const SECOND_MS = 1_000;

/** Tells what happens at a server, in a few lines a second however much it is. */
export class Activity {
  readonly #clock: Clock;
  readonly #note: (line: string) => void;
  readonly #omitted = new Map<string, number>();
  #lines = 0;
  #timer: ReturnType<Clock["setTimer"]> | undefined;

  /** @param note Writes a line that is safe to print. */
  constructor(server: Pick<ChannelServer, "on">, clock: Clock, note: (line: string) => void) {
    this.#clock = clock;
    this.#note = note;
    server.on("joined", ({ channel, clientId }) =>
      this.#tell("joined", `${name(channel)}: ${clientId} joined`),
    );
    server.on("left", ({ channel, clientId, why }) =>
      this.#tell("left", `${name(channel)}: ${clientId} left: ${fit(why, 200)}`),
    );
    server.on("emitted", ({ channel, eventId, delivered }) =>
      this.#tell("emitted", `${name(channel)}: ${eventId} delivered to ${plural(delivered, "listener")}`),
    );
    server.on("dropped", ({ channel, clientId, count, why }) =>
      this.#tell(
        "dropped",
        `${name(channel)}: ${clientId}: ${plural(count, "message")} dropped: ${fit(why, 200)}`,
      ),
    );
    server.on("refused", (refused) => this.#tell("refused", refusedLine(refused)));
    server.on("error", ({ message }) => this.#tell("error", `error: ${printable(message)}`));
    // Rare, and never to be missed.
    server.on("health", (health) => note(healthLine(health)));
  }

  /** Tells what was only counted; nothing comes after it. */
  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#tellOmitted();
  }

  #tell(kind: string, line: string): void {
    this.#timer ??= this.#clock.setTimer(() => this.#second(), SECOND_MS);
    if (this.#lines++ < LINES_A_SECOND) this.#note(line);
    else this.#omitted.set(kind, (this.#omitted.get(kind) ?? 0) + 1);
  }

  #second(): void {
    this.#timer = undefined;
    this.#tellOmitted();
  }

  #tellOmitted(): void {
    this.#lines = 0;
    if (this.#omitted.size === 0) return;
    const list = [...this.#omitted].map(([kind, count]) => `${kind} ${count}`).join(", ");
    this.#omitted.clear();
    this.#note(`… and more within a second: ${list}`);
  }
}

function name(channel: string): string {
  return fit(channel, 80);
}

/** The option that decides it. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ["BAD_ORIGIN", "--origin"],
  ["UNAUTHORIZED", "--token"],
  ["TOO_MANY_CONNECTIONS", "--connections-per-address"],
]);

/** Who was refused: a page by its origin, anybody else by the address. */
function refusedLine({ code, channel, origin, peer }: ChannelServerEvents["refused"]): string {
  const who = origin ?? peer;
  // Of whatever channel, it was refused before that was looked at.
  const where = channel === undefined || code === "BAD_ORIGIN" ? "" : ` at ${name(channel)}`;
  const option = OPTIONS.get(code);
  const hint = option === undefined ? "" : ` (see ${option})`;
  return `refused: ${fit(code, 40)}${who === undefined ? "" : ` ${fit(who, 200)}`}${where}${hint}`;
}

/** Whether all parts of a server work, in one line. */
export function healthLine({ status, store, backplane }: ChannelServerEvents["health"]): string {
  if (status === "ok") return "Everything works again";
  const parts = [
    ...(store.ok
      ? []
      : [`store: ${printable(store.error ?? "it fails")}; events are delivered, and not kept`]),
    ...(backplane.ok ? [] : [`backplane: ${printable(backplane.error ?? "it fails")}`]),
  ];
  return `Degraded: ${parts.join("; ")}`;
}
