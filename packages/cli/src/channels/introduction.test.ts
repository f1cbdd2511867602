import { expect, test } from "vitest";
import { introduction } from "./introduction.ts";

const flags = { store: "memory", metrics: true, host: "127.0.0.1", origin: [] };
const ADDRESS = "ws://127.0.0.1:8080";
const warnings = (change: Partial<Parameters<typeof introduction>[1]>): string[] =>
  introduction(ADDRESS, { ...flags, ...change }).filter((line) => line.startsWith("warning"));

test("the lines can be copied as they are", () => {
  expect(introduction(ADDRESS, flags)).toEqual([
    "Listening on http://127.0.0.1:8080 for everybody, history in memory",
    "  npx holdfast listen http://127.0.0.1:8080/news",
    `  curl -d '{"hello":"world"}' 'http://127.0.0.1:8080/news/emit'`,
    "  http://127.0.0.1:8080/healthz and http://127.0.0.1:8080/metrics",
  ]);
});

test("with a token the other terminal gets it first, and it is never shown", () => {
  const lines = introduction(ADDRESS, { ...flags, token: "s3cr3t", metrics: false });
  expect(lines.slice(1, 4)).toEqual([
    "  export HOLDFAST_TOKEN=…   # the token, in the other terminal",
    "  npx holdfast listen http://127.0.0.1:8080/news",
    expect.stringContaining('"Authorization: Bearer $HOLDFAST_TOKEN"'),
  ]);
  expect(lines.join("")).not.toContain("s3cr3t");
});

test("who may come in unasked is warned of, and nobody is with a token", () => {
  const open = { host: "0.0.0.0", origin: ["*"] };
  expect(warnings({})).toEqual([]);
  expect(warnings({ origin: ["https://app.example"] })).toEqual([]);
  expect(warnings({ origin: ["*"] })).toEqual([
    "warning: any page in a browser that reaches it may emit and listen; --token says who may",
  ]);
  expect(warnings(open)).toHaveLength(2);
  expect(warnings({ ...open, token: "t" })).toEqual([]);
});
