#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { runCli } from "./cli.ts";

process.exitCode = await runCli(process.argv.slice(2), fileURLToPath(import.meta.url));
