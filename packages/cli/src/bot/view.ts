import type { Paint, Palette } from "../output/palette.ts";
import { fit } from "../output/printable.ts";
import { count, elapsed, plural, rate } from "../output/units.ts";
import type { Flow, Picture } from "./monitor.ts";
import { lists } from "./view-lists.ts";

/** How a picture is drawn. */
export interface ViewOptions {
  /** Whose it is, such as the address of its server; shown in the title. */
  readonly title: string;
  readonly colours: Palette;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Rows of the terminal. */
  readonly rows: number;
}

const LABEL = 14;
const MAX_BAR = 40;
const SEPARATOR = " · ";

/** A picture of a bot as lines for a terminal, each within its width. */
export function view(picture: Picture, { title, colours, columns, rows }: ViewOptions): string {
  // The last column stays free: some terminals wrap when it is written.
  const width = Math.max(40, columns - 1);
  const up = elapsed(picture.upMs);
  const name = fit(title, width - "  holdfast bot".length - up.length - 4);
  const top = [
    "",
    `  ${colours.strong("holdfast bot")}  ${colours.faint(name)}  ${up}`,
    "",
    ...figures(picture, colours, width),
    "",
  ];
  return [...top, ...lists(picture, colours, width, rows - top.length - 2), ""].join("\n");
}

function figures(picture: Picture, colours: Palette, width: number): string[] {
  const { messages, props, healthchecks, invalid, unknown, serverErrors } = picture;
  const room = width - LABEL - 2;
  const line = (label: string, text: string): string => `  ${colours.faint(label.padEnd(LABEL))}${text}`;
  const odd = [
    `${count(invalid)} invalid`,
    `${count(unknown)} of unknown type`,
    ...(serverErrors > 0 ? [plural(serverErrors, "error")] : []),
  ];
  return [
    line("Teams", bar(picture, Math.min(MAX_BAR, room), colours)),
    line("", teamStates(picture, room, colours)),
    line("Global", globalState(picture, room, colours)),
    line("Messages", flow(messages, room, colours)),
    line("Props", flow(props, room, colours)),
    line("Reconnects", reconnects(picture, room, colours)),
    line("Healthchecks", count(healthchecks)),
    line("Odd frames", fit(odd.join(SEPARATOR), room)),
  ];
}

/** Teams by state: up, connecting, waiting to retry. A state that has a team has at least one cell. */
function bar({ teams }: Picture, width: number, colours: Palette): string {
  if (teams.joined === 0) return colours.faint("─".repeat(width));
  const cells = (number: number): number =>
    number === 0 ? 0 : Math.max(1, Math.round((width * number) / teams.joined));
  const waiting = cells(teams.waiting);
  const connecting = Math.min(width - waiting, cells(teams.connecting));
  const parts: ReadonlyArray<readonly [number, Paint]> = [
    [width - connecting - waiting, colours.good],
    [connecting, colours.warn],
    [waiting, colours.bad],
  ];
  return parts.map(([number, paint]) => (number > 0 ? paint("━".repeat(number)) : "")).join("");
}

/** As many of the states as there is room for, the most important first. */
function teamStates({ teams }: Picture, room: number, colours: Palette): string {
  const { good, warn, bad, faint } = colours;
  const states: ReadonlyArray<readonly [number, string, Paint]> = [
    [teams.connecting, "connecting", warn],
    [teams.waiting, "waiting to retry", bad],
    [teams.left, "left", faint],
  ];
  const [up, of] = [count(teams.connected), ` of ${count(teams.joined)} up`];
  let left = room - up.length - of.length;
  const rest = states.map(([number, name, paint]) => {
    const state = `${count(number)} ${name}`;
    left -= number === 0 ? 0 : state.length + SEPARATOR.length;
    return number === 0 || left < 0 ? "" : faint(SEPARATOR) + paint(state);
  });
  return good(up) + of + rest.join("");
}

function globalState(picture: Picture, room: number, colours: Palette): string {
  const { global, globalCause, globalLosses, endReason } = picture;
  const { good, warn, bad, faint } = colours;
  const paint = { connected: good, connecting: warn, lost: bad, ended: faint }[global];
  if (global === "lost" && globalCause !== undefined) {
    const what = globalLosses === 0 ? "not reached" : "lost";
    return paint(what) + faint(fit(`: ${globalCause}`, room - what.length));
  }
  const why = endReason === undefined ? "" : `: ${endReason}`;
  const times = globalLosses === 1 ? "once" : `${count(globalLosses)} times`;
  return paint(global + why) + (globalLosses > 0 ? faint(`${SEPARATOR}lost ${times}`) : "");
}

function reconnects({ reconnects: times, losses }: Picture, room: number, colours: Palette): string {
  const shown = count(times);
  if (losses.size === 0) return shown;
  const kinds = [...losses].toSorted(([, a], [, b]) => b - a).map(([kind, lost]) => `${kind} ${count(lost)}`);
  return shown + colours.faint(fit(`  lost: ${kinds.join(", ")}`, room - shown.length));
}

const BLOCKS = "▁▂▃▄▅▆▇█";

function flow({ perSecond, total, history }: Flow, room: number, colours: Palette): string {
  const now = `${rate(perSecond).padStart(6)}/s`;
  const all = fit(`${count(total).padStart(11)} in all  `, room - now.length);
  const cells = Math.max(0, room - now.length - all.length);
  const shown = cells > 0 ? history.slice(-cells) : [];
  const most = Math.max(1, ...shown);
  const line = shown.map((value) => BLOCKS[Math.round((value / most) * (BLOCKS.length - 1))]).join("");
  return `${colours.strong(now)}${colours.faint(all)}${colours.accent(line)}`;
}
