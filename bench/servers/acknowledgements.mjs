import { once } from "node:events";
import { createServer } from "node:net";

/** A port where clients say, with one byte, that they have heard all that was sent: the next may go out. */
export class Acknowledgements {
  #server = createServer((socket) => {
    socket.on("data", () => this.#came());
    socket.on("error", () => {});
  });
  #came = () => {};

  static async listen() {
    const acknowledgements = new Acknowledgements();
    acknowledgements.#server.listen(0, "127.0.0.1");
    await once(acknowledgements.#server, "listening");
    return acknowledgements;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Does something and resolves when it was heard. */
  acknowledgement(act) {
    return new Promise((resolve) => {
      this.#came = resolve;
      act();
    });
  }
}
