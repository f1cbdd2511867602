import { defineConfig } from "tsup";

export default defineConfig({
  entry: { mod: "src/mod.ts" },
  format: "esm",
  target: "node20",
  platform: "node",
  dts: true,
  clean: true,
});
