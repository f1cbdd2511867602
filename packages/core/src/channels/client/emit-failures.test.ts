import { expect, test } from "vitest";
import { createManualClock } from "../../testing/mod.ts";
import { emit } from "./emit.ts";

/** `emit` over a network that always fails as it is told. */
function failing(cause: unknown, url: string) {
  const clock = createManualClock();
  let sent = 0;
  const call = () =>
    emit(url, 1, {
      ...{ channel: "news", clock, retries: 0 },
      fetch: () => {
        sent++;
        throw new TypeError("fetch failed", { cause });
      },
    });
  return { clock, call, sent: () => sent };
}

test("S6 a failure of the network is told with its reason, and without the query of the address", async () => {
  const refused = new Error("connect ECONNREFUSED 127.0.0.1:18999");
  const both = Object.assign(new AggregateError([refused]), { code: "ECONNREFUSED" });
  const ring = new Error("again");
  ring.cause = ring;
  for (const [cause, reason] of [
    [refused, "connect ECONNREFUSED 127.0.0.1:18999"],
    [new Error("socket", { cause: refused }), "connect ECONNREFUSED 127.0.0.1:18999"],
    [both, "ECONNREFUSED"],
    [ring, "again"],
    [new Error("no way to http://server/news/emit?key=secret"), "no way to http://server/news/emit"],
  ] as const) {
    const { clock, call } = failing(cause, "http://server?key=secret");
    await expect(clock.until(call())).rejects.toMatchObject({
      code: "dial-failed",
      message: `Emit to http://server/news/emit failed: fetch failed: ${reason}`,
    });
  }
});

test.each(["clients", "require-ack"])(
  "S3 a url with ?%s= is refused before anything is sent",
  async (name) => {
    const { call, sent } = failing(undefined, `http://server/?key=1&${name}=1`);
    await expect(call()).rejects.toThrow(
      new TypeError(`Option url must not hold ?${name}=: give it as an option`),
    );
    expect(sent()).toBe(0);
  },
);

test("without options it says what is missing", async () => {
  const bare = emit as (url: string, payload: unknown) => Promise<unknown>;
  await expect(bare("http://server", 1)).rejects.toThrow(
    new TypeError("Option channel must be a channel's name: got undefined"),
  );
});
