import { type CloseCause, HoldfastError } from "@holdfast/core";
import type { ChannelClientEvents, ChannelEvent } from "@holdfast/core/channels";
import { expect, test } from "vitest";
import { palette } from "../output/palette.ts";
import { jsonView } from "./listen-json.ts";
import { linesView } from "./listen-lines.ts";
import { HAPPENINGS, type Happening, type ListenView } from "./listen-view.ts";

const EVIL = "\u001b[2J\u009b\u202e\n";
const now = (): Date => new Date(2026, 10, 26, 9, 5, 3, 7);
const member = { clientID: `client_a${EVIL}`, presence: { username: EVIL } };
const event: ChannelEvent<unknown> = {
  ...{ payload: { [EVIL]: EVIL }, eventId: `evt_1${EVIL}`, requiresAck: true, replayed: true },
  ack: () => true,
};
/** Everything that can be told, as badly as a server can tell it. */
const told: { readonly [Name in Happening]: ChannelClientEvents<unknown>[Name] } = {
  connected: { clientId: EVIL, members: [member], recovered: true },
  gap: { since: EVIL },
  joined: member,
  updated: member,
  left: member,
  disconnected: { cause: { kind: "closed", message: EVIL, code: 1012 }, retryInMs: 12.5, wasReady: true },
  refused: { code: EVIL, message: EVIL },
  invalid: { reason: EVIL, sample: EVIL, type: EVIL },
  unknown: { type: EVIL, message: {} },
  dropped: { count: 2, why: EVIL },
  error: new HoldfastError("overflow", EVIL),
};

function recorder(): { output: Parameters<typeof linesView>[0] & { backlog: number }; lines: string[] } {
  const lines: string[] = [];
  return { lines, output: { line: (text) => lines.push(text) > 0, backlog: 0, colours: palette(false) } };
}

function tellAll(view: ListenView): void {
  view.event(event);
  for (const name of HAPPENINGS) view.happened(name, told[name]);
  view.acked(EVIL, false);
  view.notice(EVIL);
  const totals = { events: 1 } as Parameters<ListenView["end"]>[0]["totals"];
  view.end({ cause: { kind: "local", message: EVIL }, since: EVIL, totals });
}

test("S25 whatever a server tells, each thing is one line that acts on no terminal", () => {
  const { output, lines } = recorder();
  tellAll(linesView(output, { manual: false, now }));
  tellAll(jsonView(output, now));
  expect(lines).toHaveLength(2 * (HAPPENINGS.length + 4));
  expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("lines say when, which event and what", () => {
  const { output, lines } = recorder();
  const view = linesView(output, { manual: true, now });
  const plain = { ...event, eventId: "evt_0123456789", payload: { hello: "world" }, replayed: false };
  view.event({ ...plain, requiresAck: false });
  view.event(plain);
  view.event({ ...plain, eventId: undefined, requiresAck: false, replayed: true });
  const members = [
    { clientID: "client_a", presence: { username: "Cerulean" } },
    { clientID: "client_b", presence: {} },
  ];
  view.happened("connected", { clientId: "client_c", members, recovered: undefined });
  view.happened("connected", { clientId: "client_d", members: [], recovered: true });
  expect(lines.map((line) => line.replace(/^09:05:03\.007 {2}/, ""))).toEqual([
    '456789  {"hello":"world"}',
    '456789  {"hello":"world"}  waits for acknowledgement',
    '        {"hello":"world"}  from history',
    '        connected as client_c; 2 others there: client_a {"username":"Cerulean"}, client_b',
    "        connected again as client_d, nothing missed; nobody else is there",
  ]);
});

test("a server that was not reached, one that refuses, and one that was lost are told apart", () => {
  const { output, lines } = recorder();
  const view = linesView(output, { manual: false, now });
  const lost = { retryInMs: 1_000, wasReady: false };
  const down: CloseCause = { kind: "refused", message: "ECONNREFUSED" };
  view.happened("disconnected", { ...lost, cause: down });
  view.happened("disconnected", { ...lost, cause: { kind: "busy", message: "HTTP 503", status: 503 } });
  view.happened("connected", { clientId: "client_a", members: [], recovered: undefined });
  view.happened("disconnected", { ...lost, cause: down, wasReady: true });
  view.happened("disconnected", { ...lost, cause: down });
  expect(lines.map((line) => line.slice("09:05:03.007          ".length))).toEqual([
    "not reached: ECONNREFUSED: is the server running? npx holdfast channels starts one; next try in 1.0 s",
    "refused: HTTP 503; next try in 1.0 s",
    "connected as client_a; nobody else is there",
    "lost: ECONNREFUSED; next try in 1.0 s",
    "not reached: ECONNREFUSED; next try in 1.0 s",
  ]);
});

test("JSON has every field each time, in camel case, and null for what is not known", () => {
  const { output, lines } = recorder();
  const view = jsonView(output, now);
  view.event({ ...event, payload: undefined, eventId: undefined, requiresAck: false, replayed: false });
  view.happened("connected", { clientId: undefined, members: [member], recovered: undefined });
  view.happened("gap", { since: undefined });
  view.happened("disconnected", told.disconnected);
  const at = now().toISOString();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: "data", at, eventId: null, payload: null, requiresAck: false, replayed: false },
    {
      ...{ event: "connected", at, clientId: null, recovered: null },
      members: [{ clientId: member.clientID, presence: member.presence }],
    },
    { event: "gap", at, since: null },
    {
      ...{ event: "disconnected", at, retryInMs: 13, wasReady: true },
      cause: { kind: "closed", message: EVIL, code: 1012 },
    },
  ]);
});

test("lines that nobody reads are left out, counted, and told when there is room again", () => {
  const { output, lines } = recorder();
  for (const view of [linesView(output, { manual: false, now }), jsonView(output, now)]) {
    lines.length = 0;
    output.backlog = 17 * 1024 * 1024;
    expect([view.event(event), view.event(event)]).toEqual([false, false]);
    output.backlog = 0;
    expect(view.event(event)).toBe(true);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/2 lines left out|"omitted".*"count":2/);
  }
});
