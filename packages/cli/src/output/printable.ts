/*
 * What came over a wire is printed only through here. A terminal obeys what it is sent: an escape sequence in a
 * message could clear the screen, set its title, or answer as if the user had typed.
 */

/**
 * Characters that do something instead of being seen: controls (C0 and C1), format characters, which reorder
 * text or are invisible, separators of lines, lone surrogates, and private ones. The two joiners are part of
 * how some scripts and emoji are written, and do nothing else.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** Text with every such character written out, as `\n` or `\u{1b}`: nothing acts, and nothing is hidden. */
export function printable(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** JSON on one line that is safe to print: the same characters, as JSON writes them. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}

/** What takes two columns of a terminal, as far as it matters for cutting a line. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;
/** How many marks may pile up on one letter; without a limit one cell holds a whole message. */
const MAX_MARKS = 4;

/** Printable text cut to a width in columns, with `…` where it was cut. */
export function fit(text: string, columns: number): string {
  let shown = "";
  let width = 0;
  let marks = 0;
  for (const character of printable(text)) {
    const own = NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
    marks = own === 0 ? marks + 1 : 0;
    if (marks > MAX_MARKS) continue;
    if (width + own > columns) return cut(shown, width, columns);
    shown += character;
    width += own;
  }
  return shown;
}

/** Makes room for the ellipsis where there is none left. */
function cut(shown: string, width: number, columns: number): string {
  if (columns <= 0) return "";
  if (width < columns) return `${shown}…`;
  const kept = Array.from(shown);
  while (kept.length > 0 && NO_WIDTH.test(kept.at(-1) as string)) kept.pop();
  kept.pop();
  return `${kept.join("")}…`;
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}
