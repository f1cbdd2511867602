import { same } from "../../contract/expect.ts";
import { SAID_BEFORE_CLOSE } from "../faults.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";
import { around, atMost } from "../timing.ts";

/** What must not be sent, and becomes 1000. */
const UNSENDABLE = [1001, 1005, 1006, 2999, 5000, Number.NaN];

/** What is promised of the end of a connection. */
export function closeCases(_features: Features): RuntimeCase[] {
  return [
    ...(["closes-without-code-once", "ends-once", "resets-once"] as const).map(
      (fault): RuntimeCase => ({
        scenario: "C17",
        name: `${ENDS[fault]} is abnormal, without a code, and the connection is replaced`,
        run: async (bench) => {
          const server = await bench.open(fault);
          const life = bench.dial(server.address);
          const { cause } = await life.down(0, 500);
          same([cause.kind, cause.code], ["abnormal", undefined], "the cause");
          await life.until("another connection", () => life.dialledAtMs.length === 2);
          const { mostOpen, connections } = await server.until({ asked: 2, open: 1 });
          same([mostOpen, connections.length], [1, 2], "the most at once, and the connections");
        },
      }),
    ),
    {
      scenario: "C18",
      name: "any code and reason may be asked for: what cannot be sent becomes 1000, and nothing throws",
      run: async (bench) => {
        const server = await bench.open("proper");
        for (const [index, code] of UNSENDABLE.entries()) {
          const life = bench.dial(server.address);
          await life.ready();
          same((await life.connection.close(code, "é".repeat(200))).kind, "local", "the cause");
          const { connections } = await server.until({ closes: index + 1 });
          same(connections[index]?.closeCode, 1000, `the code for ${code}`);
        }
      },
    },
    {
      scenario: "C18",
      name: "a code of the program's own is sent, with a reason that is cut to fit",
      run: async (bench) => {
        const server = await bench.open("proper");
        const life = bench.dial(server.address);
        await life.ready();
        await life.connection.close(4321, "é".repeat(200));
        const { connections } = await server.until({ closes: 1, open: 0 }, 1_000);
        same(connections[0]?.closeCode, 4321, "the code");
      },
    },
    {
      scenario: "C57",
      name: "a send while a close is not answered yet is rejected, and the close ends at its timeout",
      run: async (bench) => {
        const server = await bench.open("mute");
        const life = bench.dial(server.address, { closeTimeoutMs: 300 });
        await life.ready();
        const beganMs = performance.now();
        const closed = life.connection.close();
        same(life.connection.phase, "closing", "the phase");
        same(life.connection.send("say", { text: "late" }), "rejected", "the outcome");
        same((await closed).kind, "local", "the cause");
        around(performance.now() - beganMs, 300, 50, "the close");
        same((await server.seen()).connections[0]?.texts, 0, "the messages that arrived");
      },
    },
    {
      scenario: "C73",
      name: "what was sent before a close frame is delivered before the end",
      run: async (bench) => {
        const life = bench.dial((await bench.open("says-then-closes")).address);
        const { cause, wasReady } = await life.down();
        same([cause.kind, cause.code, cause.reason, wasReady], ["closed", 4000, "enough", true], "the cause");
        const expected = Array.from({ length: SAID_BEFORE_CLOSE }, (_, index) => `said ${index}`);
        same(life.order, [...expected, "down closed"], "the order");
        await life.ready(2);
      },
    },
    {
      scenario: "C80",
      name: "a close is over at once when the peer answers it",
      run: async (bench) => {
        const server = await bench.open("proper");
        const life = bench.dial(server.address);
        await life.ready();
        const beganMs = performance.now();
        await life.connection.close();
        atMost(performance.now() - beganMs, 200, "the close");
        await server.until({ open: 0 }, 1_000);
      },
    },
  ];
}

const ENDS = {
  "closes-without-code-once": "a close frame without a code (1005)",
  "ends-once": "a FIN without a close frame (1006)",
  "resets-once": "a RST (1006)",
} as const;
