import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { ROOT } from "../support/packages.ts";

/** One source file of the repository: its path from the root with forward slashes, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** What one source imports: the specifier as written, and the line it stands on. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const FOLDERS = ["packages", "examples", "tests", "scripts", "apps", "bench"];
const SKIPPED = new Set(["node_modules", "dist", "coverage"]);
const EXTENSIONS = [".ts", ".tsx", ".mts", ".mjs", ".js"];

/** Every source file of the repository. */
export function readSources(): Source[] {
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (SKIPPED.has(entry.name)) return [];
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : [path];
    });
  return FOLDERS.map((folder) => join(ROOT, folder))
    .filter(existsSync)
    .flatMap(walk)
    .filter((path) => EXTENSIONS.some((extension) => path.endsWith(extension)))
    .map((path) => ({
      path: relative(ROOT, path).split(sep).join("/"),
      text: readFileSync(path, "utf8"),
    }));
}

/** A test is free to reach for tools that what it tests must not touch. */
export const isTest = ({ path }: Source): boolean => /\.test(-d)?\.ts$/.test(path);

/** The sources that a package ships. */
export function shipped(sources: readonly Source[], name: string): Source[] {
  return sources.filter((source) => source.path.startsWith(`packages/${name}/src/`) && !isTest(source));
}

/** The syntax tree of a source, with parents. */
export function parse(source: Source): ts.SourceFile {
  return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
}

/** The line a node begins on, counted from 1. */
export function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Calls `visit` for every node below this one. */
export function walkNodes(node: ts.Node, visit: (node: ts.Node) => void): void {
  ts.forEachChild(node, (child) => {
    visit(child);
    walkNodes(child, visit);
  });
}

/** All imports of a source: static, re-exported, dynamic, and the ones inside types. */
export function importsOf(source: Source): Import[] {
  const file = parse(source);
  const imports: Import[] = [];
  walkNodes(file, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ specifier, line: lineOf(file, node) });
  });
  return imports;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
    const isRequire = ts.isIdentifier(expression) && expression.text === "require";
    // What is computed cannot be judged; the rule sees it as a module of this odd name and reports it.
    if (isImport || isRequire) return textOf(node.arguments[0]) ?? "<computed>";
  }
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}
