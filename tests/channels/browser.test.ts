import { build } from "esbuild";
import { expect, test } from "vitest";
import { ROOT } from "../support/packages.ts";
import { browsing, hasChromium, site } from "./browser.ts";
import { serveNode } from "./served.ts";

/** The page's script with all that it imports. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["tests/channels/page.ts"],
    ...{ bundle: true, write: false, format: "esm", target: "es2022", platform: "browser" },
    conditions: ["@holdfast/source"],
  });
  return outputFiles[0]?.text ?? "";
}

test("S5 decision 1: a page of an allowed origin listens, emits and acknowledges; one of another does nothing, not even blindly", async (context) => {
  if (!hasChromium()) context.skip("there is no Chromium here");
  const code = await script();
  await using allowed = await site(code);
  await using foreign = await site(code);
  await using server = await serveNode({ origins: [allowed.origin] });
  const at = ({ origin }: { origin: string }): string => `${origin}/?host=${server.host}`;
  const reports = Promise.all([allowed.report, foreign.report]);
  const [welcome, refused] = await browsing([at(allowed), at(foreign)], reports);
  expect(welcome).toEqual({
    connected: true,
    emitted: { code: "delivered", acked: 1, delivered: 1 },
    heard: [{ from: "page" }],
  });
  expect(refused).toEqual({ connected: false, emitted: { code: "dial-failed" }, heard: [] });
  // Those that the allowed page posted: what it gets blindly has no Origin, and does not say whose it is.
  const { emitted, clients } = await server.stats();
  expect([emitted, clients]).toEqual([2, 0]);
});
