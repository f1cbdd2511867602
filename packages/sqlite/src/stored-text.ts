/** Begins a text that is kept as JSON. */
const MARK = "\u0001";
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * A text as the file can keep it. SQLite's text is UTF-8 and ends at a NUL when it is read: a text with a NUL or half
 * a surrogate pair goes as JSON, which escapes both, so that two different names never become one.
 */
export function toStored(text: string): string {
  const odd = text.includes("\0") || text.startsWith(MARK) || LONE_SURROGATE.test(text);
  return odd ? MARK + JSON.stringify(text) : text;
}

/** The text that was kept. */
export function fromStored(text: string): string {
  return text.startsWith(MARK) ? (JSON.parse(text.slice(MARK.length)) as string) : text;
}
