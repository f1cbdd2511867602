import fc from "fast-check";

/** Words that are special to a runtime, a protocol, a terminal or a text encoding. */
export const WORDS: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "toJSON", "then"],
  ...["type", "team_id", "text", "length", "*", "", " ", "props", "Props", "null", "NaN", "1", "-0"],
  ...["\u0000", "a\u0000b", "\ufeff", "\u2028", "\u001b[2J", "\r\n", "\u202e", "😀", "e\u0301"],
  ...["\ud800", "\udc00", "\udc00\ud800", "props\udfff", "x".repeat(1_500), "é".repeat(700)],
];

/** Numbers as a peer may write them: beyond what is finite, exact, or usual. */
export const NUMBERS: readonly string[] = [
  ...["0", "-0", "1", "-1", "0.5", "1E5", "1e400", "-1e400", "1e-400", "1e20", "5e-324"],
  ...["9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993"],
  ...["123456789012345678901234567890", "1.7976931348623157e308", "0.1000000000000000055511151231257827"],
];

export const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

/** Half surrogates stay as they are here: a transport in memory carries them, and so does a careless peer. */
const quoted = fc
  .tuple(word, fc.boolean())
  .map(([text, raw]) => (raw ? `"${text.replace(/["\\]|\p{Cc}/gu, "?")}"` : JSON.stringify(text)));

const number = fc.oneof(fc.constantFrom(...NUMBERS), fc.integer().map(String));

/** JSON text, written by hand so that it can hold what `JSON.stringify` never writes: `-0`, `1e400`, keys twice. */
export const json: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("null", "true", "false"),
    number,
    quoted,
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc.array(fc.tuple(quoted, tie("value")), { maxLength: 4 }).map(objectOf),
  ),
})).value;

/** An object of keys and values that are JSON text; a key may come twice. */
export function objectOf(entries: ReadonlyArray<readonly [string, string]>): string {
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(",")}}`;
}

/** One change to a text, at a place between 0 and 1. */
interface Mutation {
  readonly kind: "cut" | "insert" | "double" | "truncate" | "swap";
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const SPLINTERS = [
  ...['"', "\\", "{", "}", "[", "]", ",", ":", "\u0000", "\ufeff", "\ud800", "\n", "1e400", "-", ".", "null"],
  ...['"type":', '"__proto__":', "\\u0000", "\\ud800", "//", "/*", "'", "0x", "NaN", "undefined"],
];
const place = fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1000);
const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      "cut" as const,
      "insert" as const,
      "double" as const,
      "truncate" as const,
      "swap" as const,
    ),
    at: place,
    length: fc.integer({ min: 1, max: 8 }),
    text: fc.constantFrom(...SPLINTERS),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Texts with up to three changes. */
export function mutated(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, mutations).map(([text, list]) => list.reduce(mutate, text));
}

function mutate(text: string, { kind, at, length, text: splinter }: Mutation): string {
  const from = Math.floor(at * text.length);
  const [head, part, tail] = [
    text.slice(0, from),
    text.slice(from, from + length),
    text.slice(from + length),
  ];
  if (kind === "cut") return head + tail;
  if (kind === "insert") return head + splinter + part + tail;
  if (kind === "double") return head + part + part + tail;
  if (kind === "truncate") return head;
  return head + splinter + tail;
}

/** Any 16-bit units, half surrogates included. */
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));

/** What is no frame of any protocol, most likely: bytes, texts, JSON of no shape. */
export const noise: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  units,
  word,
  json,
  mutated(json),
);

/** How a value is nested this deep: in arrays, in objects, in both, or never closed. */
export function nested(depth: number, kind: "arrays" | "objects" | "both" | "open"): string {
  if (kind === "open") return "[".repeat(depth);
  if (kind === "arrays") return `${"[".repeat(depth)}${"]".repeat(depth)}`;
  if (kind === "objects") return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  return `${'[{"__proto__":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}`;
}

/** Every way to nest. */
export const NESTINGS = ["arrays", "objects", "both", "open"] as const;
