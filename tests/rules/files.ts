import ts from "typescript";
import { lineOf, parse, type Source } from "./source.ts";

const MAX_LINES = 300;

/** A file that is longer holds more than one idea. */
export function fileLengths(sources: readonly Source[]): string[] {
  return sources
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines: at most ${MAX_LINES}`);
}

/** A `mod.ts` is a list of exports: what it exports is written elsewhere. */
export function exportLists(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => /^packages\/[^/]+\/src\/(.+\/)?mod\.ts$/.test(path))
    .flatMap((source) => {
      const file = parse(source);
      return file.statements
        .filter(
          (statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined),
        )
        .map((statement) => `${source.path}:${lineOf(file, statement)}: mod.ts holds export lists only`);
    });
}
