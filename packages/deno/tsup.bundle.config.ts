import { defineConfig } from "tsup";

/** One file that needs nothing else, for an import by URL, from what is built already; rollup.config.mjs makes its types. */
export default defineConfig({
  entry: { holdfast: "dist/mod.js" },
  format: "esm",
  target: "es2022",
  platform: "neutral",
  noExternal: [/./],
  splitting: false,
  banner: { js: '// @ts-self-types="./holdfast.d.ts"' },
  esbuildOptions(options) {
    // `deno` is the entry of isows that takes the runtime's own WebSocket and leaves `ws` out.
    options.conditions = ["deno"];
  },
});
