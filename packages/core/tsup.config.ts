import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    mod: "src/mod.ts",
    "channels/mod": "src/channels/mod.ts",
    "rtm/mod": "src/rtm/mod.ts",
    "server/mod": "src/server/mod.ts",
    "socket/mod": "src/socket/mod.ts",
    "testing/mod": "src/testing/mod.ts",
  },
  format: "esm",
  target: "es2022",
  platform: "neutral",
  dts: true,
  clean: true,
});
