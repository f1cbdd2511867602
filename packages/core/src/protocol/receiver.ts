import { isLarger } from "../bytes.ts";
import { isThenable } from "../deferred.ts";
import { messageOf } from "../errors.ts";
import { type Codec, sampleOf } from "./codec.ts";
import type { Validate } from "./protocol.ts";
import { describeIssues, type SchemaResult } from "./standard-schema.ts";

/** A frame that is no message of the protocol. */
export interface Invalid {
  /** What is wrong with it, in one line. */
  readonly reason: string;
  /** Its beginning: text, or bytes as hex. */
  readonly sample: string;
  /** Its message type, where it has one that is known. */
  readonly type?: string;
}

/** Where a receiver hands what it made of a frame. `Source` says whose frame it was. */
export interface MessageSink<Source> {
  /** A message that fits its schema. */
  onMessage(source: Source, type: string, message: object): void;
  /** A well-formed message of a type that the protocol does not have. */
  onUnknown(source: Source, type: string, message: unknown): void;
  /** Anything else. */
  onInvalid(source: Source, invalid: Invalid): void;
}

/** How many messages and characters of one source may wait for an asynchronous schema; more are reported as invalid. */
const MAX_WAITING = 1024;
const MAX_WAITING_LENGTH = 16_777_216;

/**
 * Turns frames into messages: size, codec, type, then that type's schema alone. Asynchronous schemas keep the
 * order of the wire: later frames of the same source wait for them.
 */
export class Receiver<Source extends object> {
  readonly #validators: ReadonlyMap<string, Validate>;
  readonly #codec: Codec;
  readonly #maxBytes: number;
  readonly #sink: MessageSink<Source>;
  /** Only sources with a check under way are in here. */
  readonly #waiting = new Map<Source, { tail: Promise<void>; count: number; length: number }>();

  constructor(
    direction: { readonly validators: ReadonlyMap<string, Validate> },
    codec: Codec,
    maxBytes: number,
    sink: MessageSink<Source>,
  ) {
    this.#validators = direction.validators;
    this.#codec = codec;
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  /** Whether frames of this source wait for an asynchronous schema. */
  isWaiting(source: Source): boolean {
    return this.#waiting.has(source);
  }

  /** Takes one frame. Never throws. */
  receive(source: Source, frame: string | Uint8Array): void {
    if (this.#waiting.size > 0 && this.#waiting.has(source)) return this.#takeLater(source, frame);
    const pending = this.#take(source, frame);
    if (pending !== undefined) this.#defer(source, frame, () => pending);
  }

  /** Apart from `receive`: a closure over what came in would cost each frame a place to keep it. */
  #takeLater(source: Source, frame: string | Uint8Array): void {
    this.#defer(source, frame, () => this.#take(source, frame));
  }

  #take(source: Source, frame: string | Uint8Array): Promise<void> | undefined {
    if (isLarger(frame, this.#maxBytes)) {
      return this.#invalid(source, frame, `Frame is larger than ${this.#maxBytes} bytes`);
    }
    let message: unknown;
    let type: string | undefined;
    try {
      message = this.#codec.decode(frame);
      type = this.#codec.typeOf(message);
    } catch (error) {
      return this.#invalid(source, frame, messageOf(error));
    }
    if (type === undefined) return this.#invalid(source, frame, "Message has no type");
    const validate = this.#validators.get(type);
    if (validate === undefined) {
      this.#sink.onUnknown(source, type, message);
      return undefined;
    }
    if (!fits(validate, message)) return this.#check(source, frame, type, validate, message);
    this.#sink.onMessage(source, type, message as object);
    return undefined;
  }

  #check(
    source: Source,
    frame: string | Uint8Array,
    type: string,
    validate: Validate,
    message: unknown,
  ): Promise<void> | undefined {
    try {
      const result = validate(message);
      if (!isThenable(result)) return this.#settle(source, frame, type, result);
      return Promise.resolve(result)
        .then((later) => void this.#settle(source, frame, type, later))
        .catch((error) => void this.#invalid(source, frame, messageOf(error), type));
    } catch (error) {
      return this.#invalid(source, frame, messageOf(error), type);
    }
  }

  #settle(
    source: Source,
    frame: string | Uint8Array,
    type: string,
    result: SchemaResult<unknown>,
  ): undefined {
    if (result.issues === undefined) this.#sink.onMessage(source, type, result.value as object);
    else this.#invalid(source, frame, describeIssues(result.issues), type);
  }

  #invalid(source: Source, frame: string | Uint8Array, reason: string, type?: string): undefined {
    const sample = sampleOf(frame);
    this.#sink.onInvalid(source, type === undefined ? { reason, sample } : { reason, sample, type });
  }

  #defer(source: Source, frame: string | Uint8Array, take: () => Promise<void> | undefined): void {
    const queue = this.#waiting.get(source) ?? {
      tail: Promise.resolve(),
      count: 0,
      length: 0,
    };
    if (queue.count >= MAX_WAITING || queue.length > MAX_WAITING_LENGTH) {
      this.#invalid(source, frame, `${queue.count} messages are waiting for an asynchronous schema`);
      return;
    }
    queue.count++;
    queue.length += frame.length;
    this.#waiting.set(source, queue);
    queue.tail = queue.tail.then(take).then(() => {
      queue.count--;
      queue.length -= frame.length;
      if (queue.count === 0) this.#waiting.delete(source);
    });
  }
}

/** What an object of a codec's own does when it is looked at may throw: the schema looks again where that is caught. */
function fits(validate: Validate, message: unknown): boolean {
  try {
    return validate.fits?.(message) === true;
  } catch {
    return false;
  }
}
