import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleHoldfast, type Holdfast } from "./cli/holdfast.ts";

let holdfast: Holdfast;

beforeAll(async () => {
  holdfast = await bundleHoldfast();
});
afterAll(() => holdfast.cleanUp());

test.each([
  ["channels", ["--port", "--host", "--store", "--token", "HOLDFAST_TOKEN", "--token-in-query", "--origin"]],
  [
    "channels",
    ["--max-message-bytes", "--messages-per-second", "--connections-per-address", "--max-connections"],
  ],
  [
    "channels",
    ["--history-events", "--history-age", "--ack-timeout", "--metrics", "--no-metrics", "--drain"],
  ],
  [
    "listen",
    ["<url>", "--json", "--ack", "--presence", "--since", "--token", "--for", "--count", "Exit codes"],
  ],
  [
    "emit",
    [
      "<json>",
      "--clients",
      "--require-ack",
      "--timeout",
      "--token",
      "--idempotency-key",
      "--json",
      "Exit codes",
    ],
  ],
])("holdfast %s --help tells of %j", async (command, parts) => {
  const { code, stdout, stderr } = await holdfast.run(command, "--help");
  for (const part of parts) expect(stdout.replaceAll(/\s+/g, " ")).toContain(part);
  expect([code, stderr]).toEqual([0, ""]);
});

const NEWS = "http://127.0.0.1:9/news";
test.each([
  [["channels", "--origin", "app.example"], "option --origin must", "app.example"],
  [
    ["channels", "--origin", "https://app.example/"],
    "--origin must have no path",
    "write https://app.example\n",
  ],
  [["channels", "--store", ""], "option --store must be memory, or the path of a file", 'got ""'],
  [["channels", "--history-events", "0"], "--history-events", "'0'"],
  [["channels", "--store", ":memory:"], "--store", ":memory:"],
  [["listen", "http://127.0.0.1:9"], "no channel", "http://127.0.0.1:9/news"],
  [["listen", "localhost:8080/news"], "no scheme", "write http://localhost:8080/news"],
  [["emit", "news", "1"], "argument url", "such as http://localhost:8080/news"],
  [["listen", "http://h/a%2Fb"], "argument url: the channel must", "a/b"],
  [["emit", "http://h/a%2Fb", "1"], "argument url: the channel must", "a/b"],
  [["emit", `${NEWS}?clients=2`, "1"], "?clients=", "--clients"],
  [["emit", `${NEWS}?require-ack=1`, "1"], "?require-ack=", "--require-ack"],
  [["listen", `${NEWS}?since=evt_1`], "?since=", "--since"],
  [["listen", `${NEWS}?presence={}`], "?presence=", "--presence"],
  [["listen", `${NEWS}/listen`], "leave out /listen", NEWS],
  [["listen", `${NEWS}%zz`], "argument url", "news%zz"],
  [["listen", NEWS, "--presence", "{username:x}"], "--presence", `'{"username":"Cerulean"}'`],
  [["listen", NEWS, "--since", "yesterday"], "--since", "yesterday"],
  [["emit", NEWS, "{hello:world}"], "{hello:world}", `'{"hello":"world"}'`],
  [["emit", NEWS, "hello"], "no JSON: got hello", `'"hello"'`],
  [["emit", NEWS, ""], "no JSON", "got nothing"],
  [["emit", NEWS, "{}"], "is no event", "{}"],
  [["emit", NEWS, "1", "--clients", "0"], "option --clients must", "got 0"],
  [["emit", NEWS, "1", "--clients", ",,"], "option --clients must", '["","",""]'],
  [["emit", NEWS, "1", "--idempotency-key", "a b"], "option --idempotency-key must", "a b"],
  [["emit", NEWS], "json", "missing"],
])("holdfast %j is bad usage that names it", async (args, name, value) => {
  const { code, stdout, stderr } = await holdfast.run(...args);
  expect(stderr).toContain(name);
  expect(stderr).toContain(value);
  expect([code, stdout]).toEqual([2, ""]);
});

test.each([
  ["listen", "http://127.0.0.1:9/news"],
  ["emit", "http://127.0.0.1:9/news", "1"],
  ["channels", "--port=0"],
])("holdfast %s never shows a token that makes no sense", async (...args) => {
  const { code, stdout, stderr } = await holdfast.run(...args, "--token", "s3cr3t höhle");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("--token");
  expect(stderr).not.toContain("s3cr3t");
});

test.each([["listen"], ["emit", "1"]])(
  "S15 %s dials no address with a password, and shows none",
  async (command, ...rest) => {
    const { code, stdout, stderr } = await holdfast.run(
      command,
      "http://me:s3cr3t@127.0.0.1:9/news",
      ...rest,
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("--token");
    expect(stderr).not.toContain("s3cr3t");
  },
);

test("a presence that is too large is bad usage, with its limit", async () => {
  const { code, stderr } = await holdfast.run(
    "listen",
    NEWS,
    "--presence",
    JSON.stringify("x".repeat(5_000)),
  );
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: option --presence .*4096/)]);
});
