// The whole program of a bot's author. The tests move it between packages and runtimes by its import line alone.
import { createBot } from "@holdfast/node";

const bot = createBot({ url: "ws://localhost:8080/global" });

bot.on("team.message", ({ teamId, text }) => {
  const line: string = text;
  // @ts-expect-error were the types lost, any value would do here and nothing would be wrong
  const wrong: number = text;
  console.log(`${teamId}: ${line || wrong}`);
});
// @ts-expect-error there is no such event
bot.on("team.mesage", () => {});
bot.on("error", (error) => console.error(error.message));

await bot.start();
const { reason } = await bot.closed;
const { messages } = bot.stats().totals;
console.log(`closed by ${reason} after ${messages} messages`);
