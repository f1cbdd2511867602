import { dts } from "rollup-plugin-dts";

/**
 * The types of the single file: tsup leaves imports of other packages in them, and by URL those become `any`.
 * It reads what tsup built, here and in core: from sources the same work takes ten times as long.
 */
export default {
  input: "dist/mod.d.ts",
  output: { file: "dist/holdfast.d.ts", format: "es" },
  plugins: [
    dts({
      includeExternal: ["@holdfast/core", "valibot", "mitt", "isows"],
      tsconfig: "tsconfig.json",
      compilerOptions: { customConditions: [] },
    }),
  ],
};
