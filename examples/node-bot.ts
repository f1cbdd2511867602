// A bot on Node that says what its teams say, and ends when the server says goodbye.
//   npm run build
//   npx holdfast rtm --teams 5 &
//   npx tsx examples/node-bot.ts ws://127.0.0.1:8080/global
import { createBot } from "@holdfast/node";

const url = process.argv[2] ?? "ws://127.0.0.1:8080/global";
const bot = createBot({ url, heartbeat: { intervalMs: 10_000, timeoutMs: 5_000 } });

bot.on("team.message", ({ teamId, text }) => console.log(`${teamId}: ${text}`));
bot.on("team.disconnected", ({ teamId, cause, retryInMs }) => {
  console.log(`${teamId} lost: ${cause.message}; again in ${Math.round(retryInMs)} ms`);
});

await bot.start();
const { reason } = await bot.closed;
console.log(`ended: ${reason}`);
