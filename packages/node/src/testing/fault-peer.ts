import type { Socket as Stream } from "node:net";
import { checkText, show } from "./check-steps.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import type { FaultStep } from "./fault-step.ts";
import { closeFrame, frame, OPCODE, textFrame } from "./frame.ts";
import { type FrameHandler, FrameReader } from "./frame-reader.ts";
import { type RequestHead, RequestReader, refusalAnswer, upgradeAnswer } from "./handshake.ts";
import { type Performer, perform } from "./perform.ts";
import { Wire } from "./wire.ts";

/** A dialler that asks without reading the answers is dropped once so much of them waits, in bytes. */
const MAX_UNSENT_BYTES = 1_048_576;

/** What a peer asks of its server. */
export interface PeerOwner {
  /** What to do with it, once its request is whole. May throw. */
  stepsFor(record: ConnectionRecord): readonly FaultStep[];
  /** What to answer to a text. May throw. */
  answersTo(text: string, record: ConnectionRecord): unknown;
  /** Its record says something new. */
  changed(): void;
  /** TCP is gone. */
  gone(peer: FaultPeer): void;
}

/**
 * `asked`: not a WebSocket yet; `proper`: answers pings, texts and a close; `silent`: answers nothing at all, also no
 * FIN; `ending`: its own FIN goes out.
 */
type Mode = "asked" | "proper" | "silent" | "ending";

/** The server's end of one connection: a proper peer, but for its steps. */
export class FaultPeer implements Performer, FrameHandler {
  readonly record: ConnectionRecord;
  readonly wire: Wire;
  readonly #owner: PeerOwner;
  readonly #frames = new FrameReader(this);
  #request: RequestReader | undefined = new RequestReader();
  #script = new AbortController();
  #mode: Mode = "asked";
  #isUpgraded = false;
  /** How to close once it is a WebSocket, where the dialler's frames did not wait for the 101. */
  #early: { code: number | undefined } | undefined;
  #unsentBytes = 0;

  constructor(stream: Stream, record: ConnectionRecord, owner: PeerOwner) {
    this.record = record;
    this.wire = new Wire(stream);
    this.#owner = owner;
    stream.on("data", (bytes) => this.#received(bytes));
    stream.on("end", () => this.#finished());
    // Whatever the error: on TCP that stood, it says that the other side is not there any more.
    stream.on("error", () => this.record.end("reset"));
    stream.on("close", () => this.#gone());
  }

  /** Does these steps instead of those that are left. A message that is being written becomes whole first. */
  follow(steps: readonly FaultStep[]): void {
    this.#script.abort();
    const script = new AbortController();
    this.#script = script;
    void this.#perform(steps, script.signal);
  }

  /** Whether it is a WebSocket that this side has not ended. */
  get isOpen(): boolean {
    return this.#isUpgraded && this.wire.isWritable;
  }

  /** Drops the connection at once; resolves when it is gone, and its timers with it. */
  drop(): Promise<void> {
    return this.wire.drop();
  }

  async upgrade(byteDelayMs: number | undefined, signal: AbortSignal): Promise<void> {
    const answer = upgradeAnswer(this.record.headers);
    if (answer === undefined) return this.#refuse(400);
    const bytes = Buffer.from(answer);
    await this.wire.inTurn(() =>
      byteDelayMs === undefined ? this.wire.write(bytes) : this.wire.drip(bytes, byteDelayMs, signal),
    );
    this.#isUpgraded = true;
    if (this.#mode === "asked") this.#mode = "proper";
    if (this.#early !== undefined) this.#closeWith(this.#early.code);
    this.#owner.changed();
  }

  fallSilent(): void {
    this.#mode = "silent";
  }

  onText(text: string): void {
    this.record.addText(text);
    if (this.#mode === "proper") this.#answerText(text);
    this.#owner.changed();
  }

  onPing(payload: Uint8Array): void {
    this.#answer(frame(OPCODE.pong, payload));
  }

  onClose(code: number | undefined): void {
    this.record.closeCode = code;
    this.#closeWith(code);
    this.#owner.changed();
  }

  onBreach(code: number): void {
    this.#closeWith(code);
  }

  async #perform(steps: readonly FaultStep[], signal: AbortSignal): Promise<void> {
    for (const step of steps) {
      if (signal.aborted) return;
      await perform(step, this, signal);
    }
  }

  #received(bytes: Buffer): void {
    if (this.#request === undefined) return this.#frames.push(bytes);
    const head = this.#request.push(bytes);
    if (head === undefined) return;
    this.#request = undefined;
    if (typeof head === "number") return void this.#refuse(head);
    this.#asked(head);
  }

  #asked({ path, headers, rest }: RequestHead): void {
    this.record.path = path;
    this.record.headers = headers;
    try {
      this.follow(this.#owner.stepsFor(this.record));
    } catch (error) {
      tell("Steps", error);
      void this.#refuse(500);
    }
    this.#owner.changed();
    this.#frames.push(rest);
  }

  async #refuse(status: number): Promise<void> {
    this.#stop();
    await this.wire.inTurn(() => this.wire.write(refusalAnswer(status)));
    await this.wire.end();
  }

  #answerText(text: string): void {
    try {
      const answers = answersOf(this.#owner.answersTo(text, this.record));
      for (const answer of answers) this.#answer(textFrame(answer));
    } catch (error) {
      tell("onText", error);
      this.#closeWith(1011);
    }
  }

  /** Answers with a close frame and a FIN, as the last it does. */
  #closeWith(code: number | undefined): void {
    if (this.#mode === "asked") this.#early = { code };
    if (this.#mode !== "proper") return;
    this.#answer(closeFrame(code));
    this.#stop();
    void this.wire.end();
  }

  /** Answers in its turn, unless it has fallen silent by then. */
  #answer(bytes: Uint8Array): void {
    if (this.#mode !== "proper") return;
    this.#unsentBytes += bytes.length;
    if (this.#unsentBytes > MAX_UNSENT_BYTES) return this.wire.reset();
    void this.wire.inTurn(async () => {
      if (this.#mode !== "silent") await this.wire.write(bytes);
      this.#unsentBytes -= bytes.length;
    });
  }

  /** Does no more steps, and answers nothing that comes from now on. */
  #stop(): void {
    this.#script.abort();
    this.#mode = "ending";
  }

  /** The dialler's FIN. */
  #finished(): void {
    this.record.end("fin");
    if (this.#mode !== "silent") {
      this.#stop();
      void this.wire.end();
    }
    this.#owner.changed();
  }

  #gone(): void {
    this.#script.abort();
    this.record.end();
    this.#owner.gone(this);
    this.#owner.changed();
  }
}

function tell(what: string, error: unknown): void {
  console.error(`${what} of a fault server failed: ${error instanceof Error ? error.message : show(error)}`);
}

function answersOf(answers: unknown): readonly string[] {
  if (answers === undefined) return [];
  if (!Array.isArray(answers)) throw new TypeError(`it must give a list of strings: got ${show(answers)}`);
  for (const [index, answer] of answers.entries()) checkText(`onText[${index}]`, answer);
  return answers;
}
