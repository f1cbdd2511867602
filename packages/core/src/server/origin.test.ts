import { describe, expect, test } from "vitest";
import { OriginCheck } from "./origin.ts";

const host = "chat.example";
const none = new OriginCheck(undefined, false);
const some = new OriginCheck(
  ["https://app.example", "http://LOCALHOST:3000", "app://desk", "http://192.0.2.1"],
  false,
);
const any = new OriginCheck(["*"], false);

describe("S5 a foreign origin", () => {
  test.each([
    "https://evil.example",
    "https://chat.example.evil.example",
    "https://evilchat.example",
    "https://chat.example:8443",
    "https://app.example",
    "not an origin",
    "",
    "https://chat.example/path",
    "https://user@chat.example",
    "https://chat.example, https://evil.example",
  ])("%j is refused", (origin) => {
    expect(none.refusal({ origin, host })).toBe(`Origin is not allowed: ${origin}`);
  });

  test("is refused with a cookie, too, and where there is no host", () => {
    expect(none.refusal({ origin: "https://evil.example", host, cookie: "a=b" })).toBeDefined();
    expect(none.refusal({ origin: "https://chat.example", host: undefined })).toBeDefined();
  });
});

describe("S6 no origin", () => {
  test("is welcome without a cookie; with one only where that is allowed", () => {
    expect(none.refusal({ origin: undefined, host })).toBeUndefined();
    expect(none.refusal({ origin: undefined, host, cookie: "a=b" })).toBe("Cookie came without Origin");
    expect(any.refusal({ origin: undefined, host, cookie: "a=b" })).toBe("Cookie came without Origin");
    expect(new OriginCheck([], true).refusal({ origin: undefined, host, cookie: "a=b" })).toBeUndefined();
  });
});

describe("S7 an address, or null, is never the own host", () => {
  test.each([
    ["http://127.0.0.1:8080", "127.0.0.1:8080"],
    ["http://127.1", "127.0.0.1"],
    ["http://0x7f000001", "127.0.0.1"],
    ["http://[::1]:8080", "[::1]:8080"],
    ["https://[2001:db8::1]", "[2001:db8::1]"],
    ["null", "null"],
    ["file://", ""],
  ])("%s at host %s", (origin, own) => {
    expect(none.refusal({ origin, host: own })).toBeDefined();
  });

  test("an address is welcome where it was named", () => {
    expect(some.refusal({ origin: "http://192.0.2.1", host })).toBeUndefined();
    expect(some.refusal({ origin: "http://192.0.2.1:81", host })).toBeDefined();
  });
});

describe("who is welcome", () => {
  test.each([
    ["https://chat.example", "chat.example"],
    ["https://CHAT.example", "chat.EXAMPLE"],
    ["https://chat.example", "chat.example:443"],
    ["http://chat.example", "chat.example:80"],
    ["http://localhost:8080", "localhost:8080"],
  ])("the server's own host: %s at %s", (origin, own) => {
    expect(none.refusal({ origin, host: own })).toBeUndefined();
  });

  test("those that the server was told, whatever the case", () => {
    for (const origin of [
      "https://app.example",
      "https://App.Example",
      "http://localhost:3000",
      "app://desk",
    ]) {
      expect(some.refusal({ origin, host })).toBeUndefined();
    }
    expect(some.refusal({ origin: "https://app.example:444", host })).toBeDefined();
    expect(some.refusal({ origin: "http://app.example", host })).toBeDefined();
  });

  test("everybody with *", () => {
    for (const origin of ["https://evil.example", "null", "http://[::1]"]) {
      expect(any.refusal({ origin, host })).toBeUndefined();
    }
  });
});

test.each(["app.example", "https://app.example/", "https://", "null", "https://a b", "https://*.example?"])(
  "%j is no origin to name",
  (origin) => {
    expect(() => new OriginCheck([origin], false)).toThrow("Option origins must hold origins such as");
  },
);

test("origins that are no list are refused", () => {
  expect(() => new OriginCheck("*" as unknown as string[], false)).toThrow("Option origins must be a list");
});
