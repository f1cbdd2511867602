import pc from "picocolors";

/** The colours that are used, by what they mean. */
export interface Palette {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly name: Paint;
  readonly accent: Paint;
}

/** Colours a text. */
export type Paint = (text: string) => string;

/** A palette that colours, or one that leaves text as it is. */
export function palette(coloured: boolean): Palette {
  const { bold, dim, green, red, yellow, cyan, magenta } = pc.createColors(coloured);
  return { strong: bold, faint: dim, good: green, bad: red, warn: yellow, name: cyan, accent: magenta };
}

/** Whether a stream is to be coloured: a terminal is, unless the environment says no, or says so for all. */
export function isColoured(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "" && env.FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && env.TERM !== "dumb";
}
