import {
  type CloseCause,
  type Connection,
  createConnection,
  type DialOptions,
  type Invalid,
  type Socket,
  type SocketFactory,
  type SocketHandler,
} from "@holdfast/core";
import { Watch } from "../contract/recorder.ts";
import type { LifeOptions, Runtime } from "./bench.ts";
import { type ProbeClient, type ProbeServer, probeProtocol } from "./probe-protocol.ts";
import { nowMs } from "./seen.ts";

/** An attempt that failed, or a connection that was lost. */
export interface Down {
  readonly cause: CloseCause;
  readonly retryInMs: number;
  readonly wasReady: boolean;
  readonly atMs: number;
}

/** A connection of the real `createConnection`, and all that it says, written down. */
export class Life extends Watch {
  readonly connection: Connection<ProbeClient, ProbeServer>;
  /** When its factory was called. */
  readonly dialledAtMs: number[] = [];
  readonly readyAtMs: number[] = [];
  readonly downs: Down[] = [];
  readonly said: string[] = [];
  readonly invalid: Invalid[] = [];
  readonly unknown: string[] = [];
  /** Every `said` and every `disconnected`, in their order. */
  readonly order: string[] = [];
  /** Why it ended for good. */
  ended: CloseCause | undefined;
  /** The most bytes that waited in a socket. */
  mostBuffered = 0;

  /** @param options Besides: quick and unjittered retries, no heartbeat, generous timeouts. */
  constructor(runtime: Runtime, address: string, options: LifeOptions) {
    super();
    const { socket = runtime.socket(), ...others } = options;
    let pings = 0;
    this.connection = createConnection<ProbeClient, ProbeServer>({
      protocol: probeProtocol,
      url: `${address}/line`,
      readyOn: "hello",
      heartbeat: false,
      connectTimeoutMs: 5_000,
      readyTimeoutMs: 5_000,
      backoff: () => 20,
      ...(!runtime.features.transportPing && { ping: () => ["ping", { unique_id: ++pings }] }),
      ...others,
      socket: this.#watched(socket),
    });
    this.#listen();
    // What ends before it was ever ready is no failure of a case by itself.
    this.connection.connect().catch(() => {});
  }

  /** Resolves once it was ready so many times. */
  async ready(times = 1, ms?: number): Promise<void> {
    await this.until(`ready ${times} times`, () => this.readyAtMs.length >= times, ms);
  }

  /** The failure of this number, once it is there. */
  async down(index = 0, ms?: number): Promise<Down> {
    await this.until(`failure ${index}`, () => this.downs.length > index, ms);
    return this.downs[index] as Down;
  }

  #listen(): void {
    const { connection } = this;
    connection.on("connected", () => this.#note(() => this.readyAtMs.push(nowMs())));
    connection.on("disconnected", (down) =>
      this.#note(() => {
        this.downs.push({ ...down, atMs: nowMs() });
        this.order.push(`down ${down.cause.kind}`);
      }),
    );
    connection.on("closed", ({ cause }) =>
      this.#note(() => {
        this.ended = cause;
      }),
    );
    connection.on("invalid", (invalid) => this.#note(() => this.invalid.push(invalid)));
    connection.on("unknown", ({ type }) => this.#note(() => this.unknown.push(type)));
    connection.messages.on("said", ({ text }) =>
      this.#note(() => {
        this.said.push(text);
        this.order.push(`said ${text}`);
      }),
    );
  }

  #note(write: () => void): void {
    write();
    this.changed();
  }

  #watched(factory: SocketFactory): SocketFactory {
    return async (address: string, handler: SocketHandler, options: DialOptions): Promise<Socket> => {
      this.#note(() => this.dialledAtMs.push(nowMs()));
      const socket = await factory(address, handler, options);
      const { send } = socket;
      socket.send = (frame) => {
        const taken = send.call(socket, frame);
        this.mostBuffered = Math.max(this.mostBuffered, socket.bufferedAmount);
        return taken;
      };
      return socket;
    };
  }
}
