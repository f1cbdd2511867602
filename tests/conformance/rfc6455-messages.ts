import { bad, failed, LIMIT, type Row, taken, x } from "./row.ts";
import { BINARY, CONTINUATION, PING, TEXT, type WireFrame } from "./wire-frame.ts";

const EURO = new TextEncoder().encode("κόσμε €");

const LENGTHS: Row[] = [0, 1, 125, 126, 127, 128, 65_535, LIMIT].map((length) => ({
  section: length === LIMIT ? "5.2 S15" : "5.2",
  name: `a text of ${length} bytes`,
  frames: [{ opcode: TEXT, payload: x(length) }],
  outcome: taken(x(length)),
}));

const FRAGMENTS: Row[] = [
  {
    section: "5.4",
    name: "a text in three fragments",
    frames: [
      { opcode: TEXT, payload: "a", fin: false },
      { opcode: CONTINUATION, payload: "", fin: false },
      { opcode: CONTINUATION, payload: "b" },
    ],
    outcome: taken("ab"),
  },
  {
    section: "5.4",
    name: "pings between the fragments are answered at once",
    frames: [
      { opcode: BINARY, payload: "a", fin: false },
      { opcode: PING, payload: "1" },
      { opcode: CONTINUATION, payload: "b", fin: false },
      { opcode: PING, payload: "2" },
      { opcode: CONTINUATION, payload: "c" },
    ],
    outcome: { taken: [bad(97, 98, 99)], pongs: ["1", "2"] },
  },
  {
    section: "5.4",
    name: "a continuation of nothing",
    frames: [{ opcode: CONTINUATION, payload: "x" }],
    outcome: failed(1002),
  },
  {
    section: "5.4",
    name: "a continuation after the end",
    frames: [
      { opcode: TEXT, payload: "a", fin: false },
      { opcode: CONTINUATION, payload: "b" },
      { opcode: CONTINUATION, payload: "c" },
    ],
    outcome: failed(1002, "ab"),
  },
  {
    section: "5.4",
    name: "a new text inside a message",
    frames: [
      { opcode: TEXT, payload: "a", fin: false },
      { opcode: TEXT, payload: "b" },
    ],
    outcome: failed(1002),
  },
  {
    section: "5.4 S16",
    name: "128 fragments",
    frames: fragments(128, true),
    outcome: taken(x(128)),
  },
  {
    section: "10.4 S16",
    name: "129 fragments",
    frames: fragments(129, true),
    outcome: failed(1008),
    native: taken(x(129)),
  },
  {
    section: "10.4 S16",
    name: "fragments that never end",
    frames: fragments(16_384, false),
    outcome: failed(1008),
    native: taken(),
  },
];

function fragments(count: number, ended: boolean): WireFrame[] {
  return Array.from({ length: count }, (_, index) => ({
    opcode: index === 0 ? TEXT : CONTINUATION,
    payload: "x",
    fin: ended && index === count - 1,
  }));
}

const UTF_8: Row[] = [
  {
    section: "5.6",
    name: "text whose characters are split across fragments, byte by byte",
    frames: [...EURO].map((byte, index) => ({
      opcode: index === 0 ? TEXT : CONTINUATION,
      payload: bad(byte),
      fin: index === EURO.length - 1,
    })),
    outcome: taken("κόσμε €"),
  },
  ...(
    [
      ["a byte that begins nothing", [0xff]],
      ["a character that is broken off", [0xe2, 0x82]],
      ["an overlong slash", [0xc0, 0xaf]],
      ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
      ["a code point over 10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ] as const
  ).map(([name, bytes]) => ({
    section: "8.1 S18",
    name: `text with ${name}`,
    frames: [{ opcode: TEXT, payload: bad(...bytes) }],
    outcome: failed(1007),
  })),
  {
    section: "8.1 S18",
    name: "text whose bad character is split across fragments",
    frames: [
      { opcode: TEXT, payload: bad(0x61, 0xe2), fin: false },
      { opcode: CONTINUATION, payload: bad(0x28, 0xa1) },
    ],
    outcome: failed(1007),
  },
  {
    section: "5.6",
    name: "bytes that are no UTF-8 in a binary message",
    frames: [{ opcode: BINARY, payload: bad(0xff, 0xfe) }],
    outcome: taken(bad(0xff, 0xfe)),
  },
];

const SIZES: Row[] = [
  {
    section: "10.4 S15",
    name: "a text of one byte over the limit",
    frames: [{ opcode: TEXT, payload: x(LIMIT + 1) }],
    outcome: failed(1009),
    native: failed(4009),
  },
  {
    section: "10.4 S15",
    name: "fragments that are over the limit together",
    frames: [
      { opcode: TEXT, payload: x(LIMIT), fin: false },
      { opcode: CONTINUATION, payload: "x" },
    ],
    outcome: failed(1009),
    native: failed(4009),
  },
  {
    section: "5.2 S14",
    name: "a length of 2^60 bytes",
    frames: [{ opcode: BINARY, payload: "", claimed: 2n ** 60n }],
    outcome: failed(1009),
  },
  {
    section: "5.2 S14",
    name: "a length whose highest bit is set",
    frames: [{ opcode: BINARY, payload: "", claimed: 2n ** 63n }],
    outcome: failed(1009),
  },
];

/** Messages: their length, their fragments, their text, their limit. */
export const MESSAGE_ROWS: readonly Row[] = [...LENGTHS, ...FRAGMENTS, ...UTF_8, ...SIZES];
