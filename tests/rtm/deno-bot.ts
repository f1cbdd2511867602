// A bot on Deno, driven by the test that spawned it: options as the argument, commands on stdin, events on stdout.
import { createBot } from "@holdfast/deno";
import { EVENT_NAMES, plain } from "./bot-log.ts";

const tell = (message: unknown): void => console.log(JSON.stringify(message));
const bot = createBot(JSON.parse(Deno.args[0] ?? "{}"));
for (const name of EVENT_NAMES) bot.on(name, (event) => tell({ name, event: plain(event) }));

const commands = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
const obey = async (): Promise<void> => {
  for (let read = await commands.read(); !read.done; read = await commands.read()) {
    for (const command of read.value.trim().split("\n")) {
      if (command === "stats") tell({ stats: bot.stats() });
      if (command === "close") void bot.close();
    }
  }
};
void obey();
bot.start().catch(() => {});
tell({ closed: await bot.closed });
await commands.cancel();
