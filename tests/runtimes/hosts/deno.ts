import { webSocket } from "@holdfast/deno";
import { mark } from "../exit-modes.ts";
import { FEATURES } from "../features.ts";
import { obey } from "./process-host.ts";

const strays: unknown[] = [];
for (const type of ["unhandledrejection", "error"]) {
  globalThis.addEventListener(type, (event) => {
    event.preventDefault();
    strays.push((event as PromiseRejectionEvent).reason ?? (event as ErrorEvent).error ?? type);
  });
}
globalThis.addEventListener("unload", () => {
  console.log(mark("exitAtMs"));
  if (strays.length > 0) Deno.exitCode = 3;
});
await obey(
  { features: FEATURES.deno, socket: webSocket, implementation: WebSocket },
  Deno.args,
  strays,
  console.log,
);
