import ts from "typescript";
import { lineOf, parse, type Source, walkNodes } from "./source.ts";

/** Ways to leave a test out that have no room for a reason. */
const MUTE = ["skipIf", "runIf", "todo", "only", "ignore"];
/** What tests are declared with: their `skip` takes a name and no reason. */
const DECLARES = ["it", "test", "describe", "suite", "bench", "Deno"];

/**
 * A test is skipped from inside, as `context.skip("why")` or `context.skip(condition, "why")`: only so does the
 * reason reach the report of the run.
 */
export function skipsWithoutReason(sources: readonly Source[]): string[] {
  return sources.filter(isTestCode).flatMap((source) => {
    const file = parse(source);
    const problems: string[] = [];
    walkNodes(file, (node) => {
      const where = `${source.path}:${lineOf(file, node)}`;
      if (isMuteOption(node)) problems.push(`${where}: an option leaves a test out without a reason`);
      const member = memberOf(node);
      if (member === undefined) return;
      if (MUTE.includes(member.name) && member.declares) {
        problems.push(`${where}: ${member.name} leaves a test out without a reason`);
      }
      if (member.name !== "skip") return;
      if (member.declares) problems.push(`${where}: skip from inside the test, where a reason can be given`);
      else if (!hasReason(node)) problems.push(`${where}: skip must carry its reason`);
    });
    return problems;
  });
}

function isTestCode({ path }: Source): boolean {
  return path.startsWith("tests/") || /\.test(-d)?\.ts$/.test(path);
}

/** `it("…", { skip: true }, …)` and the like. */
function isMuteOption(node: ts.Node): boolean {
  if (!ts.isPropertyAssignment(node) || !ts.isIdentifier(node.name)) return false;
  const call = node.parent.parent;
  return ts.isCallExpression(call) && declares(call) && [...MUTE, "skip"].includes(node.name.text);
}

/** `it.skip`, `it.each(…).skip`, `context.skip(…)`, and the bare `skip(…)` of a destructured context. */
function memberOf(node: ts.Node): { name: string; declares: boolean } | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
    return declares(node) || isCalled ? { name: node.name.text, declares: declares(node) } : undefined;
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    return { name: node.expression.text, declares: false };
  }
  return undefined;
}

function declares(node: ts.Expression): boolean {
  let root = node;
  while (ts.isPropertyAccessExpression(root) || ts.isCallExpression(root)) root = root.expression;
  return ts.isIdentifier(root) && DECLARES.includes(root.text);
}

function hasReason(node: ts.Node): boolean {
  const call = ts.isCallExpression(node) ? node : node.parent;
  if (!ts.isCallExpression(call)) return false;
  return call.arguments.some((argument) => ts.isTemplateExpression(argument) || isText(argument));
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) && node.text.trim() !== "";
}
