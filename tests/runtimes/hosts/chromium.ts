import { webSocket } from "@holdfast/core";
import { FEATURES } from "../features.ts";
import { runCases } from "../run-cases.ts";

/** What the parent lends the page. */
declare global {
  var holdfastReport: (line: string) => Promise<void>;
  var holdfastDone: () => Promise<void>;
  var holdfastOffline: (offline: boolean) => Promise<void>;
}

const strays: unknown[] = [];
globalThis.addEventListener("unhandledrejection", ({ reason }) => strays.push(reason));
globalThis.addEventListener("error", ({ error, message }) => strays.push(error ?? message));

await runCases(
  {
    features: FEATURES.chromium,
    socket: () => webSocket(),
    implementation: WebSocket,
    offline: (offline) => globalThis.holdfastOffline(offline),
  },
  location.origin,
  strays,
  (line) => void globalThis.holdfastReport(line),
);
await globalThis.holdfastDone();
