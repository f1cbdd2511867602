/** The sockets of a listener that have not ended. */
export class OpenSockets {
  readonly #sockets = new Set<{ terminate(): void }>();
  #emptied: (() => void) | undefined;

  /** Keeps one that was accepted. */
  add(socket: { terminate(): void }): void {
    this.#sockets.add(socket);
  }

  /** Forgets one that has ended: to be called just before its handler is told. */
  delete(socket: { terminate(): void }): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size === 0) this.#emptied?.();
  }

  /** Drops all of them; resolves when every handler was told. */
  dropAll(): Promise<void> {
    if (this.#sockets.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
      for (const socket of this.#sockets) socket.terminate();
    });
  }
}
