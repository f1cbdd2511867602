import { bad, failed, type Row, taken, x } from "./row.ts";
import { CLOSE, closing, PING, PONG, TEXT } from "./wire-frame.ts";

const MASKS: Row[] = [
  {
    section: "5.1 S19",
    name: "a text without a mask",
    frames: [{ opcode: TEXT, payload: "bare", masked: false }],
    outcome: failed(1002),
    native: taken("bare"),
  },
  {
    section: "5.1 S19",
    name: "a ping without a mask",
    frames: [{ opcode: PING, payload: "bare", masked: false }],
    outcome: failed(1002),
    native: { taken: [], pongs: ["bare"] },
  },
];

const RESERVED: Row[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) => ({
    section: "5.2 S20",
    name: `reserved bits ${rsv.toString(2).padStart(3, "0")} without an extension`,
    frames: [{ opcode: TEXT, payload: "x", rsv }],
    outcome: failed(1002),
  })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    section: "5.2 S20",
    name: `reserved opcode ${opcode}`,
    frames: [{ opcode, payload: "x" }],
    outcome: failed(1002),
  })),
];

const CONTROL: Row[] = [
  {
    section: "5.5.2",
    name: "a ping is answered with its payload",
    frames: [{ opcode: PING, payload: "hi" }],
    outcome: { taken: [], pongs: ["hi"] },
  },
  {
    section: "5.5",
    name: "a ping of 125 bytes",
    frames: [{ opcode: PING, payload: x(125) }],
    outcome: { taken: [], pongs: [x(125)] },
  },
  {
    section: "5.5 S20",
    name: "a ping of 126 bytes",
    frames: [{ opcode: PING, payload: x(126) }],
    outcome: failed(1002),
  },
  {
    section: "5.5 S20",
    name: "a ping in fragments",
    frames: [{ opcode: PING, payload: "x", fin: false }],
    outcome: failed(1002),
  },
  {
    section: "5.5 S20",
    name: "a close in fragments",
    frames: [{ opcode: CLOSE, payload: closing(1000), fin: false }],
    outcome: failed(1002),
  },
  {
    section: "5.5 S20",
    name: "a close of 126 bytes",
    frames: [{ opcode: CLOSE, payload: closing(1000, x(124)) }],
    outcome: failed(1002),
    native: { closed: 1000 },
  },
  {
    section: "5.5.3",
    name: "a pong that nobody asked for is ignored",
    frames: [
      { opcode: PONG, payload: "why" },
      { opcode: TEXT, payload: "on" },
    ],
    outcome: taken("on"),
  },
];

const CLOSES: Row[] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map((code) => ({
    section: "7.4.1",
    name: `close code ${code}`,
    frames: [{ opcode: CLOSE, payload: closing(code, "bye") }],
    outcome: { closed: code },
  })),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) => ({
    section: "7.4.2 S20",
    name: `close code ${code}, which nobody may send`,
    frames: [{ opcode: CLOSE, payload: closing(code) }],
    outcome: failed(1002),
    native: failed(1002),
  })),
  {
    section: "7.1.5",
    name: "a close without a code",
    frames: [{ opcode: CLOSE }],
    outcome: { closed: undefined },
  },
  {
    section: "5.5.1",
    name: "a close whose payload is one byte",
    frames: [{ opcode: CLOSE, payload: "x" }],
    outcome: failed(1002),
  },
  {
    section: "5.5.1",
    name: "a close with a reason of 123 bytes",
    frames: [{ opcode: CLOSE, payload: closing(1000, x(123)) }],
    outcome: { closed: 1000 },
  },
  {
    section: "5.5.1 S18",
    name: "a close whose reason is no UTF-8",
    frames: [{ opcode: CLOSE, payload: closing(1000, bad(0xc3, 0x28)) }],
    outcome: failed(1007),
  },
  {
    section: "5.5.1",
    name: "what comes after a close is not read",
    frames: [
      { opcode: CLOSE, payload: closing(1000) },
      { opcode: TEXT, payload: "late" },
    ],
    outcome: { closed: 1000 },
  },
];

/** Single frames: masks, reserved bits and opcodes, control frames, closes. */
export const FRAME_ROWS: readonly Row[] = [...MASKS, ...RESERVED, ...CONTROL, ...CLOSES];
