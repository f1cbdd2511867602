import type { TestProjectInlineConfiguration } from "vitest/config";

const source = {
  resolve: { conditions: ["@holdfast/source"] },
  ssr: { resolve: { conditions: ["@holdfast/source"] } },
};

/** Vitest 4 reads this through `vitest.config.ts`: a file of this name means nothing to it any more. */
const projects: TestProjectInlineConfiguration[] = [
  {
    ...source,
    test: { name: "unit", include: ["packages/*/src/**/*.test.ts"] },
  },
  {
    ...source,
    test: {
      name: "types",
      include: [],
      typecheck: {
        enabled: true,
        only: true,
        include: ["packages/*/src/**/*.test-d.ts", "tests/types/**/*.test-d.ts"],
        tsconfig: "./tsconfig.test-d.json",
      },
    },
  },
  {
    ...source,
    test: { name: "house", include: ["tests/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
  },
];

export default projects;
