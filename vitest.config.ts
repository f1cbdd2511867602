import { defineConfig } from "vitest/config";
import { TallyReporter } from "./tests/support/tally-reporter.ts";
import projects from "./vitest.workspace.ts";

/** Where `HOLDFAST_SUITE` names a file, every test's outcome is written there, for `npm run scenarios`. */
const { HOLDFAST_SUITE } = process.env;

export default defineConfig({
  test: {
    projects,
    maxWorkers: 2,
    reporters: ["default", new TallyReporter(), ...(HOLDFAST_SUITE ? ["json"] : [])],
    ...(HOLDFAST_SUITE && { outputFile: { json: HOLDFAST_SUITE } }),
  },
});
