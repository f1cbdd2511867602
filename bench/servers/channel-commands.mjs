import { performance } from "node:perf_hooks";
import { Measure, memory, wallNow } from "../client/measure.mjs";

/** What every channel server emits: a few words, or as many bytes as are asked for, all of one length. */
function payloadOf(count, bytes) {
  const text = bytes === undefined ? "a quiet word among the listeners" : "x".repeat(bytes);
  return { text, count: 1_000_000 + count };
}

/** What a channel server can be told to do; `emit` hands one payload to everybody in the one channel. */
export function channelCommands(acknowledgements, emit, stats = () => ({})) {
  let measure;
  return {
    memory,
    stats,
    snapshot: async ({ path }) => (await import("../client/heap.mjs")).writeSnapshot(path),
    begin: async ({ profile }) => {
      measure = await Measure.begin({ profile });
    },
    end: () => measure.end(),
    /** So many in one tick; the next ones when these were heard by all. */
    fanOut: async ({ events, burst, profile }) => {
      const sentAt = [];
      const begun = await Measure.begin({ profile });
      while (sentAt.length < events)
        await acknowledgements.acknowledgement(() => {
          for (let count = 0; count < burst; count++) {
            sentAt.push(wallNow());
            emit(payloadOf(sentAt.length));
          }
        });
      return { ...(await begun.end()), sentAt };
    },
    /** One every so many milliseconds, whether or not anybody keeps up. */
    pace: async ({ events, everyMs, bytes }) => {
      const sentAt = [];
      const started = performance.now();
      await new Promise((resolve) => {
        const timer = setInterval(() => {
          if (performance.now() - started < sentAt.length * everyMs) return;
          sentAt.push(wallNow());
          emit(payloadOf(sentAt.length, bytes));
          if (sentAt.length < events) return;
          clearInterval(timer);
          resolve();
        }, 1);
      });
      return { sentAt };
    },
  };
}
