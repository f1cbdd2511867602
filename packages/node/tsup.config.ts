import { defineConfig } from "tsup";

export default defineConfig({
  entry: { mod: "src/mod.ts", "testing/mod": "src/testing/mod.ts" },
  format: "esm",
  target: "node20",
  platform: "node",
  dts: true,
  clean: true,
});
