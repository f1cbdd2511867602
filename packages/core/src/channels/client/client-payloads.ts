import { isThenable } from "../../deferred.ts";
import { clip, messageOf } from "../../errors.ts";
import { describeIssues, type SchemaResult, type StandardSchema } from "../../protocol/standard-schema.ts";

/** What a check gave: the payload, or why it does not fit, in one line. */
export type Checked<Payload> = { readonly payload: Payload } | { readonly reason: string };

/** How many payloads may wait for an asynchronous schema. */
const MAX_WAITING = 1_024;

/**
 * Checks payloads against the user's schema and hands them on in the order in which they came. It is not part of the
 * protocol's own check, because an asynchronous schema must not keep a PING waiting.
 */
export class PayloadChecks<Payload> {
  readonly #schema: StandardSchema<Payload> | undefined;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** What waited when it was cleared is of an earlier one. */
  #life = 0;

  /** @throws {TypeError} for what is no Standard Schema */
  constructor(schema: StandardSchema<Payload> | undefined) {
    if (schema !== undefined && typeof schema?.["~standard"]?.validate !== "function") {
      throw new TypeError(`Option schema must be a Standard Schema: got ${clip(schema, 80)}`);
    }
    this.#schema = schema;
  }

  /** Checks one and hands it to `done`, which must not throw. Returns false when too many wait. */
  take(payload: unknown, done: (checked: Checked<Payload>) => void): boolean {
    if (this.#waiting === 0) {
      const checked = this.#check(payload);
      if (isThenable(checked)) this.#defer(() => checked, done);
      else done(checked);
      return true;
    }
    if (this.#waiting >= MAX_WAITING) return false;
    this.#defer(() => this.#check(payload), done);
    return true;
  }

  /** Forgets what waits; returns how many. */
  clear(): number {
    const count = this.#waiting;
    this.#waiting = 0;
    this.#life++;
    this.#tail = Promise.resolve();
    return count;
  }

  #defer(
    check: () => Checked<Payload> | Promise<Checked<Payload>>,
    done: (checked: Checked<Payload>) => void,
  ): void {
    const life = this.#life;
    this.#waiting++;
    this.#tail = this.#tail.then(check).then((checked) => {
      if (life !== this.#life) return;
      this.#waiting--;
      done(checked);
    });
  }

  #check(payload: unknown): Checked<Payload> | Promise<Checked<Payload>> {
    if (this.#schema === undefined) return { payload: payload as Payload };
    try {
      const result = this.#schema["~standard"].validate(payload);
      return isThenable(result) ? Promise.resolve(result).then(checkedOf).catch(failedOf) : checkedOf(result);
    } catch (error) {
      return failedOf(error);
    }
  }
}

function checkedOf<Payload>(result: SchemaResult<Payload>): Checked<Payload> {
  return result.issues === undefined ? { payload: result.value } : { reason: describeIssues(result.issues) };
}

function failedOf(error: unknown): { readonly reason: string } {
  return { reason: `The schema failed: ${messageOf(error)}` };
}
