/** A subject over a bot of Holdfast, on whichever runtime. */
export function botSubject(createBot) {
  let connected = 0;
  let goal = 0;
  let reached = () => {};
  const filled = (teams) => {
    goal = teams;
    return new Promise((resolve) => {
      reached = resolve;
      if (connected === goal) resolve();
    });
  };
  return {
    /** `dials` are what the benchmark asks for; `firstPings` is the share of the interval that first pings spread over. */
    async connect({ address, teams, concurrency, onMessage, heartbeatMs, firstPings, defaultDials }) {
      const bot = createBot({
        url: `${address}/global`,
        ...(!defaultDials && { dials: { rate: 50_000, concurrency } }),
        ...(heartbeatMs !== undefined && { heartbeat: { intervalMs: heartbeatMs } }),
        ...(firstPings !== undefined && { random: () => Math.random() * firstPings }),
      });
      bot.on("team.message", onMessage);
      bot.on("team.connected", ({ connects }) => {
        if (connects === 1 && ++connected === goal) reached();
      });
      const all = filled(teams);
      await bot.start();
      await all;
    },
    grow: filled,
  };
}
