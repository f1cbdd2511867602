import type { CloseCause, Frame, Socket, SocketHandler } from "@holdfast/core";
import type { TeamId } from "@holdfast/core/rtm";
import { causeOfClose } from "@holdfast/core/socket";
import { Prober, type Proof } from "./prober.ts";

/** Who watches over team sockets. */
export interface TeamSocketOwner {
  /** The connection ended; `byClient` when neither a fault nor the server brought that about. */
  socketEnded(socket: TeamSocket, byClient: boolean): void;
}

/**
 * A team's socket with a fault's hand on it: it stands between the transport's socket and the server half, is a
 * `Socket` to the one and the `SocketHandler` of the other.
 *
 * It is `live` until a fault chooses it. Then it is `doomed`: it takes no more frames, so that what it took
 * before can be proven received. When the fault strikes it is `gone`: the server is told that it ended, and the
 * connection itself is dropped, or stays half-open until the client gives it up.
 */
export class TeamSocket implements Socket, SocketHandler {
  readonly teamId: TeamId;
  /** The server half's, from its welcome on. */
  handler!: SocketHandler;
  /** There only where the transport has one. */
  readonly ping?: () => void;
  readonly #socket: Socket;
  readonly #owner: TeamSocketOwner;
  readonly #prober: Prober;
  #state: "live" | "doomed" | "gone" = "live";
  #closing = false;

  constructor(teamId: TeamId, socket: Socket, owner: TeamSocketOwner) {
    this.teamId = teamId;
    this.#socket = socket;
    this.#owner = owner;
    const ping = socket.ping && (() => socket.ping?.());
    this.#prober = new Prober(ping);
    if (ping !== undefined) this.ping = () => this.#prober.ping();
  }

  /** Whether it takes frames, as far as this side knows. */
  get live(): boolean {
    return this.#state === "live" && !this.#closing;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Frame): boolean {
    return this.#state === "live" && this.#socket.send(frame);
  }

  close(code?: number, reason?: string): void {
    this.#closing = true;
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#closing = true;
    this.#end();
  }

  /** Asks for the proof that the client has received every frame this socket took until now. */
  prove(done: Proof): void {
    this.#prober.prove(done);
  }

  /** A frame past the server half. */
  inject(frame: Frame): void {
    this.#socket.send(frame);
  }

  /** From now on it takes no frames. */
  doom(): void {
    if (this.#state === "live") this.#state = "doomed";
  }

  /** Drops the connection. */
  drop(): void {
    this.#leaveServer(causeOfClose(1006));
    this.#end();
  }

  /** Half-open from now on: nothing goes either way, and only the client can find that out. */
  mute(): void {
    this.#leaveServer(causeOfClose(1006));
  }

  onFrame(frame: Frame): void {
    if (this.#state !== "gone") this.handler.onFrame(frame);
  }

  onPong(): void {
    if (this.#state !== "gone") this.handler.onPong?.();
    // A muted one, too: whoever still answers on it has not let go of it.
    this.#prober.ponged();
  }

  onClose(cause: CloseCause): void {
    const byClient = this.#state !== "gone" && !this.#closing;
    this.#leaveServer(cause);
    this.#owner.socketEnded(this, byClient);
    this.#prober.end();
  }

  #leaveServer(cause: CloseCause): void {
    if (this.#state === "gone") return;
    this.#state = "gone";
    this.handler.onClose(cause);
  }

  #end(): void {
    if (this.#socket.terminate !== undefined) this.#socket.terminate();
    else this.#socket.close();
  }
}
