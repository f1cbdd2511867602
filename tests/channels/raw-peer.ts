import { WebSocket } from "ws";

/** A frame of a channel server as it came. */
export interface Heard {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it as it pleases
  readonly payload: any;
  readonly [field: string]: unknown;
}

/** An answer of the HTTP half, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it as it pleases
  readonly body: any;
}

const PATIENCE_MS = 10_000;

/** One who listens over `ws` alone and answers nothing by itself. */
export class RawPeer {
  readonly heard: Heard[] = [];
  /** Resolves with the close code and reason. */
  readonly closed: Promise<[code: number, reason: string]>;
  readonly socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.heard.push(JSON.parse(String(data)) as Heard);
      for (const look of [...this.#waiting]) look();
    });
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve([code, String(reason)]));
    });
  }

  /** Listens, and resolves once the first frame is there. */
  static async listen(host: string, channel: string, query = ""): Promise<RawPeer> {
    const socket = new WebSocket(`ws://${host}/${channel}/listen${query}`);
    const failed = new Promise<never>((_resolve, reject) => socket.once("error", reject));
    failed.catch(() => {});
    const peer = new RawPeer(socket);
    await Promise.race([peer.hear(() => true), failed]);
    return peer;
  }

  /** Its id. */
  get id(): string {
    return String(this.heard[0]?.clientID);
  }

  say(message: object | string | Uint8Array): void {
    const raw = typeof message === "string" || message instanceof Uint8Array;
    this.socket.send(raw ? message : JSON.stringify(message));
  }

  ack(eventID: unknown): void {
    this.say({ type: "ACK", payload: { eventID } });
  }

  of(type: string): Heard[] {
    return this.heard.filter((frame) => frame.type === type);
  }

  /** Resolves with the first frame, heard already or not, of this type that fits. */
  hear(type: string | (() => boolean), fits: (frame: Heard) => boolean = () => true): Promise<Heard> {
    const isOf = ({ type: is }: Heard): boolean => typeof type !== "string" || is === type;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.heard.find((frame) => isOf(frame) && fits(frame));
        if (found === undefined) return;
        this.#waiting.delete(look);
        clearTimeout(deadline);
        resolve(found);
      };
      const deadline = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`No such ${String(type)} within ${PATIENCE_MS} ms: ${JSON.stringify(this.heard)}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** Asks a server over HTTP; its answer must be JSON that says whether it was a success. */
export async function ask(host: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://${host}/${path}`, init);
  const text = await response.text();
  const body = JSON.parse(text) as { success: unknown; error?: unknown; code?: unknown };
  if (body.success !== response.ok) throw new Error(`${response.status} with ${text}`);
  if (!response.ok && (typeof body.error !== "string" || typeof body.code !== "string"))
    throw new Error(`${response.status} without error and code: ${text}`);
  return { status: response.status, headers: response.headers, body };
}

/** Emits JSON by POST. */
export function post(host: string, path: string, payload: unknown, headers = {}): Promise<Answer> {
  return ask(host, path, { method: "POST", body: JSON.stringify(payload), headers });
}

/** Asks again and again, with turns of the loop between, until something holds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
