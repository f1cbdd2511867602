import { HoldfastError } from "@holdfast/core";
import type { RtmServerStats, ServedTeamRow, TeamStats } from "@holdfast/core/rtm";
import { createManualClock } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { type Settled, settle } from "./settle.ts";

const served = (sockets: number): ServedTeamRow => ({
  ...{ id: 1, sent: 5, props: 1, missed: 0, sockets, connects: 1 },
});
const claim = (messages: number, connected: boolean = true): TeamStats[] => [
  { id: 1, connected, message_count: messages, props_count: 1 },
];

interface Script {
  /** What each healthcheck is answered with, the last one for ever. */
  readonly answers: ReadonlyArray<TeamStats[] | Error>;
  /** From when on the team has a socket, in milliseconds. */
  readonly socketFromMs?: number;
  readonly unproven?: number;
}

async function settled({
  answers,
  socketFromMs = 0,
  unproven = 0,
}: Script): Promise<Settled & { asked: number }> {
  const clock = createManualClock();
  let asked = 0;
  const server = {
    stats: (): RtmServerStats => ({
      ...{ clients: 1, mistakes: { frame: 0, type: 0, ask: 0, address: 0 } },
      teams: [served(clock.now() >= socketFromMs ? 1 : 0)],
    }),
    healthcheck: async (): Promise<TeamStats[]> => {
      const answer = answers[Math.min(asked++, answers.length - 1)] as TeamStats[] | Error;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const faults = { pending: 0, flush: async () => unproven };
  const settling = settle({ server, faults, clock, timeoutMs: 10_000 });
  await clock.advance(20_000);
  return { ...(await settling), asked };
}

test("two healthchecks in a row that agree are the end of it", async () => {
  const result = await settled({ answers: [claim(3), claim(4), claim(5)] });
  expect(result).toEqual({
    ...{ claim: claim(5), unsettled: undefined, unanswered: 0, unproven: 0, asked: 4 },
  });
});

test("nothing is asked while a team has no socket", async () => {
  const result = await settled({ answers: [claim(5)], socketFromMs: 5000 });
  expect(result).toMatchObject({ unsettled: undefined, asked: 2 });
});

test("a team that never comes back is waited for until the time is up, and then asked about once", async () => {
  const result = await settled({ answers: [claim(5, false)], socketFromMs: 60_000 });
  expect(result).toMatchObject({ claim: claim(5, false), unsettled: "1 team has no socket", asked: 1 });
});

test("a client that calls a team not connected is not at rest", async () => {
  const result = await settled({ answers: [claim(5, false)] });
  expect(result.unsettled).toBe("The healthcheck calls 1 team not connected");
});

test("healthchecks that are not answered are counted", async () => {
  const timeout = new HoldfastError("timeout", "Request got no reply in time");
  const result = await settled({ answers: [timeout, timeout, claim(5)] });
  expect(result).toMatchObject({ claim: claim(5), unsettled: undefined, unanswered: 2 });
});

test("without a client there is no claim", async () => {
  const gone = new HoldfastError("not-sent", "Healthcheck was not sent: no client is connected");
  const result = await settled({ answers: [gone] });
  expect(result).toMatchObject({ claim: undefined, unsettled: gone.message, unanswered: 0 });
});

test("sockets that answer no ping are told of", async () => {
  await expect(settled({ answers: [claim(5)], unproven: 1 })).resolves.toMatchObject({
    ...{ unsettled: undefined, unproven: 1 },
  });
});
