import { expect, it } from "vitest";
import { checkSteps } from "./check-steps.ts";

const UPGRADE = { do: "upgrade" };
const AFTER = "steps[1]";

it.each<[string, unknown[], string]>([
  ["no step", [], "Option steps must be a list of at least one step: got []"],
  ["what is no step", [null], "Option steps[0].do must be one of never-answer, refuse, upgrade, "],
  ["an unknown step", [{ do: "texts" }], ": got texts"],
  ["a name of every object", [{ do: "constructor" }], ": got constructor"],
  [
    "a frame before the upgrade",
    [{ do: "text", text: "x" }],
    "steps[0] needs an upgrade before it: got text",
  ],
  ["two upgrades", [UPGRADE, UPGRADE], `${AFTER} must not answer the request again after an upgrade`],
  ["a refusal after the upgrade", [UPGRADE, { do: "refuse", status: 404 }], "got refuse"],
  ["a step after the last", [{ do: "reset" }, UPGRADE], `${AFTER} can do nothing after reset: got upgrade`],
  ["a status", [{ do: "refuse", status: 101 }], "steps[0].status must be between 200 and 599: got 101"],
  ["a broken status", [{ do: "refuse", status: 404.5 }], "steps[0].status must be a whole number: got 404.5"],
  ["no status", [{ do: "refuse" }], "steps[0].status must be a number: got undefined"],
  ["a body", [{ do: "refuse", status: 404, body: 7 }], "steps[0].body must be a string: got 7"],
  ["headers", [{ do: "refuse", status: 404, headers: [] }], "steps[0].headers must be an object: got []"],
  [
    "a header's name",
    [{ do: "refuse", status: 404, headers: { "a b": "" } }],
    "names that HTTP allows: got a b",
  ],
  [
    "a header of two lines",
    [{ do: "refuse", status: 404, headers: { a: "b\r\nc: d" } }],
    "steps[0].headers.a must be a string on one line",
  ],
  [
    "a delay",
    [{ do: "upgrade", byteDelayMs: -1 }],
    "steps[0].byteDelayMs must be between 0 and 2147483647: got -1",
  ],
  ["a text", [UPGRADE, { do: "text" }], `${AFTER}.text must be a string: got undefined`],
  ["bytes", [UPGRADE, { do: "binary", bytes: "x" }], `${AFTER}.bytes must be a Uint8Array: got x`],
  ["raw bytes", [{ do: "raw", bytes: [1] }], "steps[0].bytes must be a Uint8Array: got [1]"],
  ["fragments", [UPGRADE, { do: "fragments", text: "x", bytes: 0 }], `${AFTER}.bytes must be between 1 and`],
  ["a drip", [UPGRADE, { do: "drip", text: "x", byteDelayMs: Number.NaN }], "got NaN"],
  ["a size", [UPGRADE, { do: "oversized", bytes: 2 ** 31 }], "got 2147483648"],
  [
    "a close code",
    [UPGRADE, { do: "close", code: 65_536 }],
    `${AFTER}.code must be between 0 and 65535: got 65536`,
  ],
  ["a reason", [UPGRADE, { do: "close", reason: "x" }], `${AFTER}.reason needs a code before it: got x`],
  ["leaveOpen", [UPGRADE, { do: "close", leaveOpen: 1 }], `${AFTER}.leaveOpen must be true or false: got 1`],
  ["a wait", [{ do: "wait", ms: -5 }], "steps[0].ms must be between 0 and 2147483647: got -5"],
  ["an endless wait", [{ do: "wait", ms: Number.POSITIVE_INFINITY }], "got Infinity"],
])("%s that is bad is named, with its value", (_, steps, message) => {
  expect(() => checkSteps("steps", steps)).toThrow(message);
});

it("every step is taken where it makes sense", () => {
  const frames = [
    { do: "text", text: "" },
    { do: "binary", bytes: new Uint8Array() },
    { do: "fragments", text: "", bytes: 1 },
    { do: "drip", text: "", byteDelayMs: 0.5 },
    { do: "invalid-utf8" },
    { do: "oversized", bytes: 1 },
  ];
  const anywhere = [{ do: "wait", ms: 0 }, { do: "raw", bytes: new Uint8Array() }, { do: "stop-reading" }];
  for (const last of [{ do: "end" }, { do: "reset" }, { do: "mute" }, { do: "close", code: 65_535 }]) {
    const steps = [...anywhere, UPGRADE, ...frames, ...anywhere, last];
    expect(checkSteps("steps", steps)).toEqual(steps);
    expect(checkSteps("steps", [...frames, last], true)).toHaveLength(frames.length + 1);
  }
  for (const only of [{ do: "never-answer" }, { do: "refuse", status: 599, headers: { a: "b" }, body: "" }]) {
    expect(checkSteps("steps", [only])).toEqual([only]);
  }
});

it("what is changed after the check changes nothing", () => {
  const text: unknown = "a";
  const step = { do: "text", text };
  const steps = [UPGRADE, step];
  const checked = checkSteps("steps", steps);
  steps.push(UPGRADE);
  step.text = 7;
  expect(checked).toEqual([UPGRADE, { do: "text", text: "a" }]);
});
