/** What a browser would load for a bot, from the sources: what `npm run bench -- size` measures, and may not grow. */
export default [
  {
    name: "a bot for the browser, minified and gzipped",
    import: {
      "packages/core/src/mod.ts": "{ webSocket }",
      "packages/core/src/rtm/mod.ts": "{ createBot }",
    },
    gzip: true,
    limit: "21.6 kB",
    modifyEsbuildConfig: (config) => ({
      ...config,
      ...{ format: "esm", platform: "browser", target: "es2022", legalComments: "none" },
    }),
  },
];
