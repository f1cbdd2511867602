import ts from "typescript";
import { lineOf, type Source, shipped, walkNodes } from "./source.ts";

const NODE_ONLY = [
  "process",
  "Buffer",
  "require",
  "module",
  "global",
  "__dirname",
  "__filename",
  "setImmediate",
];

/** The globals of a runtime that each package must do without. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  core: [...NODE_ONLY, "Deno", "Bun"],
  node: ["Deno", "Bun"],
  deno: [...NODE_ONLY, "Bun"],
  cli: ["Deno", "Bun"],
};

/** Only the Deno package touches `Deno`, and core touches no runtime at all. */
export function runtimeGlobals(sources: readonly Source[]): string[] {
  return Object.entries(FORBIDDEN).flatMap(([name, forbidden]) => {
    const program = alone(shipped(sources, name));
    const checker = program.getTypeChecker();
    return program.getSourceFiles().flatMap((file) => {
      const problems: string[] = [];
      walkNodes(file, (node) => {
        if (!ts.isIdentifier(node) || !forbidden.includes(node.text) || !isGlobal(node, checker)) return;
        problems.push(`${file.fileName}:${lineOf(file, node)}: ${name} must not touch ${node.text}`);
      });
      return problems;
    });
  });
}

/** These files without any library or import: a name that resolves to nothing here can only be a global. */
function alone(sources: readonly Source[]): ts.Program {
  const files = new Map(sources.map(({ path, text }) => [path, text]));
  const host: ts.CompilerHost = {
    fileExists: (path) => files.has(path),
    readFile: (path) => files.get(path),
    getSourceFile: (path, target) => ts.createSourceFile(path, files.get(path) ?? "", target, true),
    getDefaultLibFileName: () => "lib.d.ts",
    getCurrentDirectory: () => "",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => {},
  };
  const options = { noLib: true, noResolve: true, types: [], moduleDetection: ts.ModuleDetectionKind.Force };
  return ts.createProgram([...files.keys()], { ...options, target: ts.ScriptTarget.ESNext }, host);
}

function isGlobal(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) {
    return isUnknown(checker.getShorthandAssignmentValueSymbol(parent));
  }
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return isGlobalThis(parent.expression);
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  if ("name" in parent && parent.name === node) return false;
  return isUnknown(checker.getSymbolAtLocation(node));
}

function isUnknown(symbol: ts.Symbol | undefined): boolean {
  return (symbol?.declarations ?? []).length === 0;
}

function isGlobalThis(node: ts.Expression): boolean {
  const inner = ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? node.expression : node;
  return inner === node ? ts.isIdentifier(inner) && inner.text === "globalThis" : isGlobalThis(inner);
}
