/** A promise and the means to settle it. Its rejection never counts as unhandled: whoever waits is told. */
export class Deferred<Value> {
  /** What to wait for. */
  readonly promise: Promise<Value>;
  resolve!: (value: Value) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}

/** Whether a value is to be waited for: a promise of this realm, of another, or of a library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
