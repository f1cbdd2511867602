// The one file that a program imports by URL.
import { createBot } from "../../packages/deno/dist/holdfast.js";
import { botSubject } from "./bot.mjs";

export const { connect, grow } = botSubject(createBot);
