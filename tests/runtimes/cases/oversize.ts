import { ensure, same } from "../../contract/expect.ts";
import { OVERSIZED_BYTES } from "../faults.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";

/** What is promised of a message that is larger than the limit. */
export function oversizeCases({ ownLimit }: Features): RuntimeCase[] {
  return [
    {
      scenario: "C66",
      name: "a message over the connection's limit is reported, and the connection goes on",
      run: async (bench) => {
        const life = bench.dial((await bench.open("oversized")).address);
        await life.until("the message after it", () => life.said.length > 0);
        same(
          life.invalid.map(({ reason }) => reason),
          ["Frame is larger than 1048576 bytes"],
          "reported",
        );
        same([life.said, life.downs.length], [["after"], 0], "the rest");
      },
    },
    ownLimit ? limited() : unlimited(),
  ];
}

function limited(): RuntimeCase {
  return {
    scenario: "C66",
    name: "a message over the transport's limit is a typed cause, and no endless loop: the backoff keeps growing",
    run: async (bench) => {
      const server = await bench.open("oversized-always");
      const life = bench.dial(server.address, {
        socket: bench.runtime.socket({ maxFrameBytes: 65_536 }),
        backoff: { baseMs: 20, maxMs: 60_000, floor: 1 },
      });
      await life.down(4);
      const told = life.downs.map(({ cause, retryInMs }) => [cause.kind, retryInMs]);
      same(
        told,
        [20, 40, 80, 160, 320].map((ms) => ["too-large", ms]),
        "the failures",
      );
      same(life.invalid.length, 5, "the messages reported");
    },
  };
}

function unlimited(): RuntimeCase {
  return {
    scenario: "C66",
    name: "deviation: the transport has no limit to set: a message of any size is read, and then reported",
    run: async (bench) => {
      const life = bench.dial((await bench.open("oversized")).address, { maxMessageBytes: 100 });
      await life.until("the message after it", () => life.said.length > 0);
      const [{ reason, sample } = { reason: "", sample: "" }] = life.invalid;
      same(reason, "Frame is larger than 100 bytes", "the reason");
      ensure(sample.length < OVERSIZED_BYTES / 100, "a sample that is clipped");
      same(life.downs.length, 0, "the failures");
    },
  };
}
