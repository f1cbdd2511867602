import { createChannelServer } from "@holdfast/core/channels";
import { createManualClock } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { knock } from "../support/channel-rig.ts";

/** How many may wait to be let in at once, and for how long. */
const WAITING = 10_000;
const TIMEOUT_MS = 5_000;

test("S10 S11 who cannot be let in is refused at five seconds, and over 10,000 who wait at once", async () => {
  const clock = createManualClock();
  let hangs = true;
  const signals: AbortSignal[] = [];
  const server = createChannelServer({
    clock,
    authorize: ({ signal }) => {
      signals.push(signal);
      return hangs ? new Promise(() => {}) : true;
    },
  });
  server.on("error", () => {});
  const statusOf = (answer: unknown): unknown =>
    typeof answer === "function" ? "welcome" : (answer as { status: number }).status;
  const answers: unknown[] = [];
  for (let n = 0; n < WAITING; n++)
    void Promise.resolve(server.accept(knock("/news/listen"))).then((answer) =>
      answers.push(statusOf(answer)),
    );
  await clock.settle();
  const overloaded = await server.fetch(new Request("http://server/news/emit?n=1"));
  expect([overloaded.status, overloaded.headers.get("Retry-After")]).toEqual([503, "1"]);
  expect(await overloaded.json()).toMatchObject({ code: "OVERLOADED" });
  await clock.advance(TIMEOUT_MS - 1);
  expect(answers).toEqual([]);
  await clock.advance(1);
  expect(answers).toHaveLength(WAITING);
  expect(new Set(answers)).toEqual(new Set([503]));
  // Whatever the hook does is told that nobody waits for it.
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  hangs = false;
  expect(statusOf(await server.accept(knock("/news/listen")))).toBe("welcome");
  expect(server.stats()).toMatchObject({ clients: 0, timers: 0, refused: WAITING + 1 });
  await server.close();
});
