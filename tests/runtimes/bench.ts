import type { ConnectionOptions, SocketFactory } from "@holdfast/core";
import type { FaultName } from "./faults.ts";
import type { Features } from "./features.ts";
import { Life } from "./life.ts";
import type { ProbeClient, ProbeServer } from "./probe-protocol.ts";
import type { Awaited, Seen } from "./seen.ts";

/** A runtime, as its own entry describes it to the cases. */
export interface Runtime {
  readonly features: Features;
  /** The factory under test; a limit of its own only where `features.ownLimit`. */
  socket(options?: { maxFrameBytes: number }): SocketFactory;
  /** The class of WebSocket that the factory is expected to use. */
  readonly implementation: { readonly prototype: object };
  /** Takes the page off the network, and back on to it; where `features.page`. */
  offline?(offline: boolean): Promise<void>;
}

/** A fault server, from the dialler's side. */
export interface Server {
  readonly address: string;
  /** What it saw up to now. */
  seen(): Promise<Seen>;
  /** What it saw, once all of this holds. @default within 5000 ms */
  until(awaited: Awaited, ms?: number): Promise<Seen>;
  /** Ends it, and every connection it has; resolves with what it saw before. */
  close(): Promise<Seen>;
}

/** What a connection of a case is told, besides what all of them are. */
export type LifeOptions = Partial<Omit<ConnectionOptions<ProbeClient, ProbeServer>, "protocol" | "url">>;

/** One case's means: servers with faults, and connections that are written down. What is left of them it ends. */
export class Bench {
  readonly runtime: Runtime;
  readonly #control: string;
  readonly #servers = new Set<Server>();
  readonly #lives = new Set<Life>();

  /** @param control The parent's address. */
  constructor(runtime: Runtime, control: string) {
    this.runtime = runtime;
    this.#control = control;
  }

  /** A server that does this wrong. */
  async open(fault: FaultName): Promise<Server> {
    const { id, address } = await this.#ask<{ id: string; address: string }>("open", { fault });
    const server: Server = {
      address,
      seen: () => this.#ask("seen", { id }),
      until: (awaited, ms = 5_000) =>
        this.#ask("until", { id, awaited: JSON.stringify(awaited), ms: `${ms}` }),
      close: () => {
        this.#servers.delete(server);
        return this.#ask("close", { id });
      },
    };
    this.#servers.add(server);
    return server;
  }

  /** An address where nothing listens, or where the one who does speaks no TLS. */
  async address(of: "unused" | "not-tls"): Promise<string> {
    return (await this.#ask<{ address: string }>(of, {})).address;
  }

  /** A connection to this address, which begins to connect. */
  dial(address: string, options: LifeOptions = {}): Life {
    const life = new Life(this.runtime, address, options);
    this.#lives.add(life);
    return life;
  }

  /** Ends what the case left. */
  async end(): Promise<void> {
    await Promise.all([...this.#lives].map(({ connection }) => connection.close()));
    await Promise.all([...this.#servers].map((server) => server.close()));
  }

  async #ask<Answer>(what: string, asked: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(`${this.#control}/${what}?${new URLSearchParams(asked)}`);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text) as Answer;
  }
}
