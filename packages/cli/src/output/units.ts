/** Numbers as people read them. */

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const ONE_DECIMAL = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `12,345`. */
export function count(value: number): string {
  return INTEGER.format(value);
}

/** `1 team`, `1,200 teams`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `0.8`, `12.3`, `1,234`: one decimal as long as it tells something. */
export function rate(value: number): string {
  return value < 100 ? ONE_DECIMAL.format(value) : count(value);
}

/** `0.4 ms`, `12 ms`, `3.2 s`; `–` for no value. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 10) return `${ONE_DECIMAL.format(ms)} ms`;
  return ms < 999.5 ? `${count(ms)} ms` : `${ONE_DECIMAL.format(ms / 1000)} s`;
}

/** `0:07`, `12:30`, `1:02:03`. */
export function elapsed(ms: number): string {
  const all = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
