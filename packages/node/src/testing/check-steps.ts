import type { FaultStep } from "./fault-step.ts";

/** The longest delay of a timer, in milliseconds, and the largest count of bytes. */
const MAX = 2_147_483_647;

type Kind = FaultStep["do"];
type Check = (name: string, step: Readonly<Record<string, unknown>>) => void;

/** After these nothing follows. */
const LAST: ReadonlySet<Kind> = new Set<Kind>(["never-answer", "refuse", "close", "end", "reset", "mute"]);
/** These answer the request: once, and before any frame. */
const ANSWERS: ReadonlySet<Kind> = new Set<Kind>(["never-answer", "refuse", "upgrade"]);
/** These make sense before the upgrade and after it. */
const ANYWHERE: ReadonlySet<Kind> = new Set<Kind>(["raw", "end", "reset", "mute", "stop-reading", "wait"]);

const nothing: Check = () => {};

const CHECKS: Readonly<Record<Kind, Check>> = {
  "never-answer": nothing,
  refuse: (name, { status, headers, body }) => {
    wholeNumber(`${name}.status`, status, 200, 599);
    if (headers !== undefined) checkHeaders(`${name}.headers`, headers);
    if (body !== undefined) checkText(`${name}.body`, body);
  },
  upgrade: (name, { byteDelayMs }) => {
    if (byteDelayMs !== undefined) milliseconds(`${name}.byteDelayMs`, byteDelayMs);
  },
  text: (name, { text }) => checkText(`${name}.text`, text),
  binary: (name, { bytes }) => checkBytes(`${name}.bytes`, bytes),
  fragments: (name, { text, bytes }) => {
    checkText(`${name}.text`, text);
    wholeNumber(`${name}.bytes`, bytes, 1, MAX);
  },
  drip: (name, { text, byteDelayMs }) => {
    checkText(`${name}.text`, text);
    milliseconds(`${name}.byteDelayMs`, byteDelayMs);
  },
  "invalid-utf8": nothing,
  oversized: (name, { bytes }) => wholeNumber(`${name}.bytes`, bytes, 1, MAX),
  raw: (name, { bytes }) => checkBytes(`${name}.bytes`, bytes),
  close: (name, { code, reason, leaveOpen }) => {
    if (code !== undefined) wholeNumber(`${name}.code`, code, 0, 65_535);
    if (reason !== undefined) checkText(`${name}.reason`, reason);
    if (reason !== undefined && code === undefined) {
      throw new TypeError(`Option ${name}.reason needs a code before it: got ${show(reason)}`);
    }
    if (leaveOpen !== undefined && typeof leaveOpen !== "boolean") {
      throw new TypeError(`Option ${name}.leaveOpen must be true or false: got ${show(leaveOpen)}`);
    }
  },
  end: nothing,
  reset: nothing,
  mute: nothing,
  "stop-reading": nothing,
  wait: (name, { ms }) => milliseconds(`${name}.ms`, ms),
};

/**
 * A list of steps that can be done in this order.
 *
 * @param name What the list is called in a message.
 * @param upgraded Whether they are for connections that are WebSockets already.
 * @throws {TypeError | RangeError} for anything else, naming the option and its value.
 */
export function checkSteps(name: string, steps: unknown, upgraded = false): readonly FaultStep[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new TypeError(`Option ${name} must be a list of at least one step: got ${show(steps)}`);
  }
  let isSocket = upgraded;
  let last: Kind | undefined;
  for (const [index, step] of steps.entries()) {
    const at = `${name}[${index}]`;
    const kind = kindOf(at, step);
    if (last !== undefined) throw new TypeError(`Option ${at} can do nothing after ${last}: got ${kind}`);
    if (isSocket && ANSWERS.has(kind)) {
      throw new TypeError(`Option ${at} must not answer the request again after an upgrade: got ${kind}`);
    }
    if (!isSocket && !ANSWERS.has(kind) && !ANYWHERE.has(kind)) {
      throw new TypeError(`Option ${at} needs an upgrade before it: got ${kind}`);
    }
    CHECKS[kind](at, step as Readonly<Record<string, unknown>>);
    if (kind === "upgrade") isSocket = true;
    if (LAST.has(kind)) last = kind;
  }
  return steps.map((step) => ({ ...step })) as readonly FaultStep[];
}

function kindOf(name: string, step: unknown): Kind {
  const kind = (step as { do?: unknown } | null | undefined)?.do;
  if (typeof kind === "string" && Object.hasOwn(CHECKS, kind)) return kind as Kind;
  throw new TypeError(
    `Option ${name}.do must be one of ${Object.keys(CHECKS).join(", ")}: got ${show(kind)}`,
  );
}

/** @throws {TypeError | RangeError} for anything but a whole number within these bounds. */
export function wholeNumber(name: string, value: unknown, min: number, max: number): void {
  milliseconds(name, value, min, max);
  if (!Number.isInteger(value)) throw new RangeError(`Option ${name} must be a whole number: got ${value}`);
}

/** @throws {TypeError | RangeError} for anything but a time that a timer can wait. */
export function milliseconds(name: string, value: unknown, min = 0, max: number = MAX): void {
  if (typeof value !== "number") throw new TypeError(`Option ${name} must be a number: got ${show(value)}`);
  if (!(value >= min && value <= max)) {
    throw new RangeError(`Option ${name} must be between ${min} and ${max}: got ${value}`);
  }
}

/** @throws {TypeError} for anything but a text. */
export function checkText(name: string, value: unknown): void {
  if (typeof value !== "string") throw new TypeError(`Option ${name} must be a string: got ${show(value)}`);
}

function checkBytes(name: string, value: unknown): void {
  if (value instanceof Uint8Array) return;
  throw new TypeError(`Option ${name} must be a Uint8Array: got ${show(value)}`);
}

/** A header that cannot be one would end the head of the answer early, or start another. */
function checkHeaders(name: string, headers: unknown): void {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw new TypeError(`Option ${name} must be an object: got ${show(headers)}`);
  }
  for (const [header, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
      throw new TypeError(`Option ${name} must have names that HTTP allows: got ${show(header)}`);
    }
    if (typeof value !== "string" || !/^[\t\x20-\x7e]*$/.test(value)) {
      throw new TypeError(`Option ${name}.${header} must be a string on one line: got ${show(value)}`);
    }
  }
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  let text: string;
  try {
    text = (typeof value === "string" ? value : JSON.stringify(value)) ?? String(value);
  } catch {
    text = `a ${typeof value} that cannot be printed`;
  }
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
