import { parseArgs } from "node:util";

/** The flags of one command line. */
export interface Flags<Valued extends string, Switch extends string> {
  readonly help: boolean;
  is(name: Switch): boolean;
  text(name: Valued): string | undefined;
  /** @throws {RangeError} if it is there, and no whole number of this range. */
  whole(name: Valued, least: number, most: number): number | undefined;
  /** The same for numbers with decimals, too. @throws {RangeError} */
  number(name: Valued, least: number, most: number): number | undefined;
}

/**
 * Reads `--name value` for what is valued and `--name` for switches, `--help` and `-h` among them.
 *
 * @throws {TypeError} for what is unknown, said twice, or without its value.
 */
export function readFlags<Valued extends string, Switch extends string>(
  args: readonly string[],
  valued: readonly Valued[],
  switches: readonly Switch[],
): Flags<Valued, Switch> {
  const texts = new Map<string, string>();
  const on = new Set<string>();
  const types = [
    ...valued.map((name) => [name, { type: "string" }] as const),
    ...[...switches, "help"].map((name) => [name, { type: "boolean" }] as const),
  ];
  const options = { ...Object.fromEntries(types), help: { type: "boolean", short: "h" } } as const;
  // Not strict: what is wrong is told here, in the same words on every runtime, and `-5` is a value.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") throw new TypeError(`Unexpected argument: got ${token.value}`);
    const { name, rawName, value } = token;
    const isValued = types.find(([known]) => known === name)?.[1].type === "string";
    if (!types.some(([known]) => known === name)) throw new TypeError(`Unknown option ${rawName}`);
    if (texts.has(name) || on.has(name)) throw new TypeError(`${rawName} is given twice`);
    if (!isValued && value !== undefined) throw new TypeError(`${rawName} takes no value: got ${value}`);
    if (isValued && (value === undefined || value === "" || value.startsWith("--")))
      throw new TypeError(`${rawName} needs a value`);
    if (value === undefined) on.add(name);
    else texts.set(name, value);
  }
  return {
    help: on.has("help"),
    is: (name) => on.has(name),
    text: (name) => texts.get(name),
    whole: (name, least, most) => numberIn(`--${name}`, texts.get(name), least, most, true),
    number: (name, least, most) => numberIn(`--${name}`, texts.get(name), least, most, false),
  };
}

/** @throws {RangeError} that names the flag, the range and the text. */
export function numberIn<Text extends string | undefined>(
  flag: string,
  text: Text,
  least: number,
  most: number,
  isWhole: boolean,
): Text extends string ? number : undefined;
export function numberIn(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
  isWhole: boolean,
) {
  if (text === undefined) return undefined;
  const value = (isWhole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const what = isWhole ? "a whole number" : "a number";
  throw new RangeError(`${flag} must be ${what} from ${least} to ${most}: got ${text}`);
}
