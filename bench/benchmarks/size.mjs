import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUNDLES = {
  holdfast: `import { webSocket } from "@holdfast/core"; import { createBot } from "@holdfast/core/rtm";
    export const bot = (url) => createBot({ url, socket: webSocket() });`,
  "holdfast-connection": `import { createConnection, webSocket } from "@holdfast/core";
    export const connect = (protocol, url) => createConnection({ protocol, url, socket: webSocket() });`,
  partysocket: 'export { WebSocket } from "partysocket";',
  "reconnecting-websocket": 'export { default } from "reconnecting-websocket";',
  "socket-io": 'export { io } from "socket.io-client";',
};

/** What a browser would have to load. */
async function measure({ subject }) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: BUNDLES[subject.id], resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    logLevel: "error",
    ...{ bundle: true, minify: true, write: false, legalComments: "none" },
    ...{ format: "esm", platform: "browser", target: "es2022" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const [{ contents }] = outputFiles;
  return {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(contents).length,
  };
}

export const size = {
  name: "size",
  title: "Size in a browser",
  about: () =>
    "A bundle by esbuild for the browser, minified, as ES modules. The bot brings schemas and their library; the peers check nothing.",
  subjects: [
    { id: "holdfast", label: "**Holdfast**, a bot" },
    { id: "holdfast-connection", label: "**Holdfast**, a connection without a protocol" },
    { id: "partysocket", label: "partysocket" },
    { id: "reconnecting-websocket", label: "reconnecting-websocket" },
    { id: "socket-io", label: "socket.io-client" },
  ],
  sizes: {},
  smoke: {},
  once: true,
  measure,
  columns: [
    { title: "minified", metric: "minified", unit: "bytes" },
    { title: "and gzipped", metric: "gzip", unit: "bytes" },
    { title: "or by brotli", metric: "brotli", unit: "bytes" },
  ],
  bars: [
    {
      what: "Bot for the browser, minified and gzipped",
      row: "holdfast",
      column: "and gzipped",
      atMost: 12_288,
    },
  ],
};
