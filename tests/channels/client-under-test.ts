import type { ChannelClientStats } from "@holdfast/core/channels";
import type { ClientLine, PlainClientOptions, Told } from "./client-process.ts";
import { LineProcess, type Runtime } from "./line-process.ts";

/** A channel client in a process of its own, which a test drives. */
export interface ClientUnderTest extends AsyncDisposable {
  /** What it was told of these names, in order. */
  told(...names: string[]): Told[];
  /** Resolves with the first event, told already or not, that fits. */
  waitFor(name: string, fits?: (event: Told["event"]) => boolean): Promise<Told["event"]>;
  setPresence(presence: unknown): void;
  stats(): Promise<ChannelClientStats>;
  /** Closes it, and resolves with the cause it was told. */
  close(): Promise<string>;
  /** Resolves with the exit code once its process has ended by itself. */
  readonly ended: Promise<number | null>;
}

const isTold = (line: ClientLine): line is Told => "name" in line;

/** Starts one; it reconnects quickly, so that a test need not wait. */
export function startClient(runtime: Runtime, options: PlainClientOptions): ClientUnderTest {
  const quick = { backoff: { baseMs: 20, maxMs: 100 }, stableAfterMs: 50, closeTimeoutMs: 300 };
  const child = new LineProcess<ClientLine>(runtime, `${runtime}-client.ts`, { ...quick, ...options });
  let asked = 0;
  let closing: Promise<string> | undefined;
  const close = async (): Promise<string> => {
    child.tell({ close: true });
    const said = await child.waitFor("end", (line) => "ended" in line);
    return (said as Extract<ClientLine, { ended: string }>).ended;
  };
  return {
    told: (...names) => child.lines.filter(isTold).filter(({ name }) => names.includes(name)),
    async waitFor(name, fits = () => true) {
      const found = await child.waitFor(
        name,
        (line) => isTold(line) && line.name === name && fits(line.event),
      );
      return (found as Told).event;
    },
    setPresence: (presence) => child.tell({ presence }),
    async stats() {
      const number = ++asked;
      child.tell({ stats: number });
      const said = await child.waitFor("stats", (line) => "stats" in line && line.of === number);
      return (said as Extract<ClientLine, { stats: unknown }>).stats;
    },
    close() {
      closing ??= close();
      return closing;
    },
    ended: child.ended,
    async [Symbol.asyncDispose]() {
      await this.close();
      await child.ended;
    },
  };
}
