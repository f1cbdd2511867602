import { defineConfig } from "vitest/config";
import { TallyReporter } from "./tests/support/tally-reporter.ts";
import projects from "./vitest.workspace.ts";

export default defineConfig({
  test: { projects, maxWorkers: 2, reporters: ["default", new TallyReporter()] },
});
