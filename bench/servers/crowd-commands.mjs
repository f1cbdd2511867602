import { frameOf } from "./frames.mjs";

/** What every server of the clients' benchmarks can be told to do with its crowd. */
export function crowdCommands(crowd, arrivals, message) {
  const frame = frameOf(message);
  return {
    flood: ({ messages }) => crowd.flood(frame, messages),
    spread: ({ passes }) => crowd.spread(frame, passes),
    pingAll: () => crowd.pingAll(),
    received: ({ count }) => crowd.received(count),
    all: ({ count }) => arrivals.all(count),
  };
}
