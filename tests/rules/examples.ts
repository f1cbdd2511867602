import ts from "typescript";
import { parse, type Source, shipped } from "./source.ts";

const FACTORY = /^(create|define|listen)[A-Z]|^(webSocket|tcp|memory|backoff|exactly)$/;
const LIBRARIES = ["core", "node", "deno"];

/** How many code blocks of TypeScript stand in the docstrings of a source. */
export function examplesIn({ text }: Source): number {
  return [...text.matchAll(/^\s*\* ```(ts|typescript)\b/gm)].length;
}

/** Every public factory has an example: what is not exported by a `mod.ts` needs none. */
export function factoriesWithoutExample(sources: readonly Source[]): string[] {
  return LIBRARIES.flatMap((name) => {
    const own = shipped(sources, name);
    const lists = own.filter(({ path }) => path.endsWith("/mod.ts"));
    const isPublic = (factory: string): boolean =>
      lists.some(({ text }) => new RegExp(`\\b${factory}\\b`).test(text));
    return own.flatMap((source) => {
      const documented = new Map<string, boolean>();
      for (const statement of parse(source).statements) {
        if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) continue;
        const { text } = statement.name;
        if (!FACTORY.test(text) || !isPublic(text)) continue;
        // Of an overloaded function one declaration carries the docstring.
        documented.set(text, documented.get(text) || hasExample(statement));
      }
      const bare = [...documented].filter(([, has]) => !has);
      return bare.map(([factory]) => `${source.path}: ${factory} has no @example`);
    });
  });
}

function hasExample(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some((tag) => tag.tagName.text === "example");
}
