import { IncomingMessage } from "node:http";

/**
 * A request whose upgrade to anything but a WebSocket is not heard, as RFC 9110, section 7.8, has it: `curl --http2` and
 * Java's client offer `h2c` with plain requests. Node asks each request whether it is an upgrade, right when its headers
 * are read, and has no other way before version 24 to decide it by its headers.
 * What is sent together with such a request and behind it is lost, as it is by Node: clients wait for what becomes of it.
 */
export class ServedRequest extends IncomingMessage {
  /** What the parser said. Of no initial value: the constructor of node:http has set it already. */
  declare private said: unknown;

  get upgrade(): unknown {
    if (!this.said || this.method === "CONNECT") return this.said;
    return this.headers.upgrade?.toLowerCase() === "websocket";
  }

  set upgrade(said: unknown) {
    this.said = said;
  }
}
