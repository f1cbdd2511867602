import { describe, expect, test } from "vitest";
import { fit, printable, printableJson } from "./printable.ts";

/** Everything that a terminal may act on, or that hides or reorders text. */
const ACTING: readonly string[] = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 33 }, (_, index) => String.fromCharCode(0x7f + index)),
  ...["\u00ad", "\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff"],
  ...["\ud800", "\udfff", "\u{e0041}", "\u{f0000}"],
];

describe("printable", () => {
  test("leaves nothing that acts on a terminal", () => {
    for (const character of ACTING) {
      expect(printable(`a${character}b`)).toMatch(/^a\\(n|r|t|u\{[0-9a-f]+\})b$/);
    }
  });

  test("writes escape sequences out instead of hiding them", () => {
    expect(printable("\u001b[31mred\u001b[0m")).toBe("\\u{1b}[31mred\\u{1b}[0m");
    expect(printable("\u001b]0;title\u0007")).toBe("\\u{1b}]0;title\\u{7}");
    expect(printable("\u009b2J")).toBe("\\u{9b}2J");
    expect(printable("one\ntwo\tthree\r")).toBe("one\\ntwo\\tthree\\r");
  });

  test("leaves text of any script as it is", () => {
    for (const text of ["naïve café ☕", "日本語", "שלום", "می‌خواهم", "👩‍💻 é"]) {
      expect(printable(text)).toBe(text);
    }
  });
});

describe("printableJson", () => {
  test("is the same JSON, on one line, with nothing that acts on a terminal", () => {
    const value = { text: `${ACTING.join(" ")} 日本語` };
    const text = printableJson(value);
    expect(JSON.parse(text)).toEqual(value);
    for (const character of ACTING) expect(text).not.toContain(character);
  });
});

describe("fit", () => {
  test("cuts to columns and says so", () => {
    expect(fit("hello", 5)).toBe("hello");
    expect(fit("hello!", 5)).toBe("hell…");
    expect(fit("hello", 1)).toBe("…");
    expect(fit("hello", 0)).toBe("");
    expect(fit("", 0)).toBe("");
  });

  test("counts wide characters as two columns, and marks as none", () => {
    expect(fit("日本語", 6)).toBe("日本語");
    expect(fit("日本語", 5)).toBe("日本…");
    expect(fit("日本語", 4)).toBe("日…");
    expect(fit("e\u0301e\u0301", 2)).toBe("e\u0301e\u0301");
    expect(fit("☕☕☕", 4)).toBe("☕…");
  });

  test("keeps a letter from growing without end", () => {
    expect(fit(`e${"\u0301".repeat(1000)}x`, 10)).toBe(`e${"\u0301".repeat(4)}x`);
  });

  test("what is written out is part of the width", () => {
    expect(fit("\u001b[2J", 5)).toBe("\\u{1…");
  });
});
