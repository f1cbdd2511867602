import { same } from "../../contract/expect.ts";
import type { RuntimeCase } from "../runtime-case.ts";

interface Sends {
  send(data: unknown): void;
}

/** What proves that the other cases tested what they say they did. */
export function implementationCases(): RuntimeCase[] {
  return [
    {
      scenario: "seam",
      name: "the factory uses the WebSocket that it is expected to use",
      run: async (bench) => {
        const server = await bench.open("proper");
        const life = bench.dial(server.address);
        await life.ready();
        const prototype = bench.runtime.implementation.prototype as Sends;
        const { send } = prototype;
        let sends = 0;
        prototype.send = function (data) {
          sends++;
          return send.call(this, data);
        };
        try {
          same(life.connection.send("say", { text: "hello" }), "sent", "the outcome");
        } finally {
          prototype.send = send;
        }
        same(sends, 1, "the frames sent through that class");
        await life.until("an answer", () => life.said.length === 1);
      },
    },
  ];
}
