/** 64 characters that are safe in a URL, in the order in which text sorts. */
const ALPHABET = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const CODES: readonly number[] = Array.from(ALPHABET, (character) => character.charCodeAt(0));

/** 96 random bits in each id. */
const RANDOM_CHARACTERS = 16;
const TIME_CHARACTERS = 8;
const SEQUENCE_CHARACTERS = 3;
const SEQUENCES = 64 ** SEQUENCE_CHARACTERS;

/** One call of the cryptographic source is slow, and its bytes are cheap: they are fetched for many ids at once. */
const pool = new Uint8Array(RANDOM_CHARACTERS * 256);
let used = pool.length;

/** So many random characters; a text of its own, and no part of a longer one, which would stay in memory. */
function randomCharacters(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const codes: number[] = [];
  for (let index = 0; index < RANDOM_CHARACTERS; index++) {
    codes.push(CODES[(pool[used++] ?? 0) & 63] ?? 0);
  }
  return String.fromCharCode(...codes);
}

/** An id that nobody can guess: the prefix and 16 random characters that are safe in a URL. */
export function randomId(prefix = ""): string {
  return prefix + randomCharacters();
}

/**
 * Ids that sort, as text, in the order of their making: time, sequence, and 16 random characters. They go on rising
 * when the wall clock goes back, and after every id that was witnessed.
 */
export class SortableIds {
  readonly #prefix: string;
  readonly #wallNow: () => number;
  #time = 0;
  #sequence = 0;

  /**
   * @param prefix What each begins with, such as `evt_`.
   * @param wallNow Milliseconds since 1970.
   */
  constructor(prefix: string, wallNow: () => number = () => Date.now()) {
    this.#prefix = prefix;
    this.#wallNow = wallNow;
  }

  next(): string {
    const now = Math.floor(this.#wallNow());
    if (now > this.#time) {
      this.#time = now;
      this.#sequence = 0;
    } else if (++this.#sequence === SEQUENCES) {
      this.#time++;
      this.#sequence = 0;
    }
    return (
      this.#prefix +
      written(this.#time, TIME_CHARACTERS) +
      written(this.#sequence, SEQUENCE_CHARACTERS) +
      randomCharacters()
    );
  }

  /** An id of another server, or of an earlier life: those to come sort after it. What is no such id is ignored. */
  witness(id: string): void {
    const time = this.timeOf(id);
    if (time === undefined || time < this.#time) return;
    const from = this.#prefix.length + TIME_CHARACTERS;
    const sequence = read(id.slice(from, from + SEQUENCE_CHARACTERS)) ?? 0;
    if (time === this.#time) this.#sequence = Math.max(this.#sequence, sequence);
    else [this.#time, this.#sequence] = [time, sequence];
  }

  /** Whether an id may have been made by now: false for what is no id of this kind, and for one that is ahead of time. */
  mayBeMade(id: string): boolean {
    const time = this.timeOf(id);
    return time !== undefined && time <= Math.max(this.#time, this.#wallNow());
  }

  /** What sorts before every id that was made up to so long before this one, or `undefined` for what is no such id. */
  before(id: string, ms: number): string | undefined {
    const time = this.timeOf(id);
    if (time === undefined) return undefined;
    const first = written(0, SEQUENCE_CHARACTERS + RANDOM_CHARACTERS);
    return this.#prefix + written(Math.max(0, time - ms), TIME_CHARACTERS) + first;
  }

  /** When an id was made, in milliseconds since 1970, or `undefined` for what is no id of this kind. */
  timeOf(id: string): number | undefined {
    const { length } = this.#prefix;
    const whole = length + TIME_CHARACTERS + SEQUENCE_CHARACTERS + RANDOM_CHARACTERS;
    if (!id.startsWith(this.#prefix) || id.length !== whole || read(id.slice(length)) === undefined) {
      return undefined;
    }
    return read(id.slice(length, length + TIME_CHARACTERS));
  }
}

function written(value: number, characters: number): string {
  let text = "";
  for (let rest = value; text.length < characters; rest = Math.floor(rest / 64)) {
    text = (ALPHABET[rest % 64] ?? "") + text;
  }
  return text;
}

function read(text: string): number | undefined {
  let value = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit === -1) return undefined;
    value = value * 64 + digit;
  }
  return value;
}
