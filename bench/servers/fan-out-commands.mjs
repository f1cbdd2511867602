import { Measure, memory } from "../client/measure.mjs";

/** What a fan-out server can be told to do: `send` hands one text to all sockets of the one team. */
export function fanOutCommands(crowd, send) {
  return {
    memory,
    fanOut: async ({ texts, profile }) => {
      const measure = await Measure.begin({ profile });
      for (let count = 0; count < texts; count++)
        await crowd.acknowledgement(() => send(`quiet word ${count}`));
      return measure.end();
    },
  };
}
