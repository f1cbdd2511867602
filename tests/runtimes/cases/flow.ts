import { ensure, pass, same } from "../../contract/expect.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";
import { atMost } from "../timing.ts";

const MESSAGE_BYTES = 65_536;
const OUTBOX = { maxMessages: 20, maxBytes: 4_194_304, highWaterBytes: 262_144 };
/** The system's buffers on both sides hold less than this, in bytes. */
const MAX_SENT = 67_108_864;

/** What is promised when the peer stops reading. */
export function flowCases(_features: Features): RuntimeCase[] {
  return [
    {
      scenario: "C58",
      name: "a peer that stops reading: the caller is told, and neither buffer nor outbox grows past its bound",
      run: async (bench) => {
        const life = bench.dial((await bench.open("stops-reading")).address, {
          outbox: OUTBOX,
          closeTimeoutMs: 200,
        });
        await life.ready();
        const { connection } = life;
        const text = "x".repeat(MESSAGE_BYTES);
        const counts = { sent: 0, queued: 0, rejected: 0 };
        while (counts.rejected === 0 && counts.sent * MESSAGE_BYTES < MAX_SENT) {
          counts[connection.send("say", { text })]++;
          ensure(connection.stats().queued <= OUTBOX.maxMessages, "an outbox within its bound");
          // The transport writes between turns of the loop.
          await pass(0);
        }
        same(counts.rejected, 1, "messages rejected");
        same(connection.stats().queued, OUTBOX.maxMessages, "messages that wait");
        const bound = OUTBOX.highWaterBytes + 2 * MESSAGE_BYTES;
        ensure(life.mostBuffered <= bound, `at most ${bound} bytes in the socket: ${life.mostBuffered}`);
        const beganMs = performance.now();
        await connection.close();
        atMost(performance.now() - beganMs, 250, "C59 the close");
        same(connection.stats().queued, 0, "messages that wait after the close");
      },
    },
  ];
}
