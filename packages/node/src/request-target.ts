/**
 * Whether a URL would make another path of a request's target: by `\` for `/`, `#`, or by dot segments, however they are
 * written. An upgrade reads the target as it came, and `fetch` reads a URL: they must mean the same place.
 */
export function isRewritten(target: string): boolean {
  const end = target.indexOf("?");
  const path = end === -1 ? target : target.slice(0, end);
  return target.includes("#") || path.includes("\\") || /\/(\.|%2e){1,2}(\/|$)/i.test(path);
}
