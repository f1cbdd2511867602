import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { createFaultServer, type FaultServer } from "@holdfast/node/testing";
import { unusedPort } from "../../support/unused-port.ts";
import { FAULTS } from "../faults.ts";
import { answerTo } from "../probe-protocol.ts";
import type { Awaited, Seen } from "../seen.ts";
import { holds, seenBy } from "./sight.ts";

/**
 * What a runtime under test asks of the parent, over HTTP: `open` a server with a fault, tell what it has `seen`, wait
 * `until` something holds there, `close` it.
 */
export class Control implements AsyncDisposable {
  readonly #server: Server;
  readonly #faults = new Map<string, FaultServer>();
  readonly #pagePath: string;
  #plain: TcpServer | undefined;
  #opened = 0;

  private constructor(pagePath: string) {
    this.#pagePath = pagePath;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** @param pagePath The script that a browser's page runs. */
  static async start(pagePath: string): Promise<Control> {
    const control = new Control(pagePath);
    await new Promise<void>((resolve) => control.#server.listen(0, "127.0.0.1", resolve));
    return control;
  }

  /** Where it is, and where a browser's page is. */
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A server with this fault. */
  async open(fault: string): Promise<{ id: string; address: string; server: FaultServer }> {
    const list = FAULTS.get(fault);
    if (list === undefined) throw new Error(`There is no fault ${fault}`);
    const server = await createFaultServer({
      steps: ({ number }) => list[Math.min(number, list.length) - 1] ?? [],
      onText: answerTo,
    });
    const id = `${++this.#opened}`;
    this.#faults.set(id, server);
    return { id, address: server.address, server };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#faults.values()) await server.close();
    this.#plain?.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.address);
    response.setHeader("access-control-allow-origin", "*");
    // A connection that is kept alive would be a handle of the process whose exit is measured.
    response.setHeader("connection", "close");
    try {
      const { type, body } = await this.#ask(url);
      response.setHeader("content-type", type);
      response.end(body);
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  }

  async #ask(url: URL): Promise<{ type: string; body: string }> {
    if (url.pathname === "/page")
      return { type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' };
    if (url.pathname === "/page.js") {
      return { type: "text/javascript", body: await readFile(this.#pagePath, "utf8") };
    }
    return { type: "application/json", body: JSON.stringify(await this.#call(url)) };
  }

  async #call({ pathname, searchParams }: URL): Promise<unknown> {
    const asked = Object.fromEntries(searchParams);
    if (pathname === "/unused") return { address: `ws://127.0.0.1:${await unusedPort()}` };
    if (pathname === "/not-tls") return { address: await this.#notTls() };
    if (pathname === "/open") {
      const { id, address } = await this.open(asked.fault ?? "");
      return { id, address };
    }
    const server = this.#faults.get(asked.id ?? "");
    if (server === undefined) throw new Error(`There is no server ${asked.id} at ${pathname}`);
    if (pathname === "/until") await this.#until(server, searchParams);
    const seen = seenBy(server);
    if (pathname === "/close") await this.#close(asked.id ?? "", server);
    return seen;
  }

  async #until(server: FaultServer, wanted: URLSearchParams): Promise<Seen> {
    const awaited: Awaited = JSON.parse(wanted.get("awaited") ?? "{}");
    const what = `the server to see ${JSON.stringify(awaited)}`;
    await server.until(what, () => holds(seenBy(server), awaited), Number(wanted.get("ms")));
    return seenBy(server);
  }

  async #close(id: string, server: FaultServer): Promise<void> {
    await server.close();
    this.#faults.delete(id);
  }

  /** Speaks plain text on a port where TLS is expected. */
  async #notTls(): Promise<string> {
    if (this.#plain === undefined) {
      const plain = createTcpServer((socket) => {
        socket.on("error", () => socket.destroy());
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"));
      });
      await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
      this.#plain = plain;
    }
    return `wss://127.0.0.1:${(this.#plain.address() as AddressInfo).port}`;
  }
}
