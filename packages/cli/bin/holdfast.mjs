#!/usr/bin/env node
// A file that is there before anything is built, so that npm can link the command when it installs a clone.
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) await import(main);
else {
  console.error("error: holdfast is not built yet: run npm run build");
  process.exitCode = 1;
}
