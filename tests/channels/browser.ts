import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deferred } from "../../packages/core/src/deferred.ts";

/** Where Chromium is; the runtime matrix takes the same. */
export const CHROMIUM: string = process.env.HOLDFAST_CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is one. */
export const hasChromium = (): boolean => existsSync(CHROMIUM);

const FLAGS = [
  ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const PATIENCE_MS = 60_000;

/** A site that serves one page, which reports once. */
export interface Site extends AsyncDisposable {
  readonly origin: string;
  /** Resolves with what the page reported. */
  readonly report: Promise<unknown>;
}

/** Serves a page whose only script this is. */
export async function site(script: string): Promise<Site> {
  const reported = new Deferred<unknown>();
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        reported.resolve(JSON.parse(body));
        response.end();
      });
    } else if (request.url === "/page.js") response.setHeader("Content-Type", "text/javascript").end(script);
    else
      response.setHeader("Content-Type", "text/html").end('<script type="module" src="/page.js"></script>');
  });
  const { port } = await listening(server);
  return {
    origin: `http://localhost:${port}`,
    report: reported.promise,
    [Symbol.asyncDispose]: () => ended(server),
  };
}

async function listening(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address() as AddressInfo;
}

async function ended(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Opens pages in frames of one page of Chromium, until a promise settles. */
export async function browsing<Value>(addresses: readonly string[], until: Promise<Value>): Promise<Value> {
  // It opens one address alone, and lets none but a page of this machine ask this machine.
  const html = addresses.map((address) => `<iframe src="${address}"></iframe>`).join("");
  const frames = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html").end(html);
  });
  const { port } = await listening(frames);
  const profile = await mkdtemp(join(tmpdir(), "holdfast-page-"));
  // A group of its own: Chromium is many processes, and all of them are to go.
  const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, `http://localhost:${port}`], {
    detached: true,
    stdio: "ignore",
  });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const over = new Deferred<never>();
  const timer = setTimeout(() => over.reject(new Error(`No report within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  child.once("error", over.reject);
  void gone.then(() => over.reject(new Error("Chromium ended before the report")));
  try {
    return await Promise.race([until, over.promise]);
  } finally {
    clearTimeout(timer);
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await gone;
    await ended(frames);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
