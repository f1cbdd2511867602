import { defineConfig } from "tsup";

/** `main` keeps the `#!` line of its source and is made executable by npm when it is installed. */
export default defineConfig({
  entry: { mod: "src/mod.ts", main: "src/main.ts" },
  format: "esm",
  target: "node20",
  platform: "node",
  dts: { entry: { mod: "src/mod.ts" } },
  clean: true,
});
