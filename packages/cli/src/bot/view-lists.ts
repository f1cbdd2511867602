import type { TeamId } from "@holdfast/core/rtm";
import type { Palette } from "../output/palette.ts";
import { fit } from "../output/printable.ts";
import { duration } from "../output/units.ts";
import type { Picture } from "./monitor.ts";

const ID = 12;
const LATENCY = 9;
const GAP = 4;
const SLOW = ID + LATENCY + GAP;
/** Narrower than this there is only room for the messages. */
const SIDE_BY_SIDE = 72;

/** The slowest teams and the newest messages, side by side; at most so many lines. */
export function lists(picture: Picture, colours: Palette, width: number, height: number): string[] {
  const both = width >= SIDE_BY_SIDE;
  const room = width - 2 - (both ? SLOW : 0);
  const right = [
    colours.faint("Newest messages"),
    ...picture.newest.map((message) => newest(message, colours, room)),
  ];
  if (!both) return right.slice(0, Math.max(0, height)).map((line) => `  ${line}`);
  const left = [
    colours.faint("Slowest pings".padEnd(SLOW)),
    ...picture.slowest.map((team) => slowest(team, colours)),
  ];
  const lines = Math.max(0, Math.min(height, Math.max(left.length, right.length)));
  return Array.from({ length: lines }, (_, index) =>
    `  ${left[index] ?? " ".repeat(SLOW)}${right[index] ?? ""}`.trimEnd(),
  );
}

function slowest({ teamId, latencyMs }: Picture["slowest"][number], colours: Palette): string {
  return name(teamId, ID, colours) + fit(duration(latencyMs), LATENCY).padStart(LATENCY) + " ".repeat(GAP);
}

/** A short id keeps the texts in line; a long one pushes its own to the right. */
function newest({ teamId, text }: Picture["newest"][number], colours: Palette, room: number): string {
  const id = name(teamId, 6, colours);
  const shown = fit(text, room - Math.max(6, Math.min(ID, fit(String(teamId), ID).length)) - 1);
  return `${id} ${text.includes("props") ? colours.accent(shown) : shown}`;
}

function name(teamId: TeamId, columns: number, colours: Palette): string {
  return colours.name(fit(String(teamId), ID).padEnd(columns));
}
