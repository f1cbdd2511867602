import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "../support/packages.ts";

/** The names a module exports, types included, by its path from the root. */
export function exportedNames(path: string, types: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram([join(ROOT, path)], { ...options, types: [...types] });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(ROOT, path));
  const symbol = file && checker.getSymbolAtLocation(file);
  if (symbol === undefined) throw new Error(`${path} is no module`);
  return checker.getExportsOfModule(symbol).map(({ name }) => name);
}

/** What only one of two modules exports. */
export function differentNames(
  [oneName, one]: readonly [string, readonly string[]],
  [otherName, other]: readonly [string, readonly string[]],
): string[] {
  return [
    ...one.filter((name) => !other.includes(name)).map((name) => `${name} is exported only by ${oneName}`),
    ...other.filter((name) => !one.includes(name)).map((name) => `${name} is exported only by ${otherName}`),
  ];
}
