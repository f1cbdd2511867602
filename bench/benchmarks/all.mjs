import { channelsAck } from "./channels-ack.mjs";
import { channelsFanOut, channelsFanOutMany } from "./channels-fan-out.mjs";
import { channelsMemory } from "./channels-memory.mjs";
import { channelsSlowReader } from "./channels-slow-reader.mjs";
import { coldStart } from "./cold-start.mjs";
import { deno } from "./deno.mjs";
import { growth } from "./growth.mjs";
import { healthcheck } from "./healthcheck.mjs";
import { herd } from "./herd.mjs";
import { idle } from "./idle.mjs";
import { memory } from "./memory.mjs";
import { receive, receiveMany } from "./receive.mjs";
import { send } from "./send.mjs";
import { server } from "./server.mjs";
import { size } from "./size.mjs";

/** Every benchmark, in the order they run. */
export const ALL = [
  ...[memory, receive, receiveMany, send, coldStart, herd],
  ...[healthcheck, idle, growth, size, server, deno],
  ...[channelsFanOut, channelsFanOutMany, channelsAck, channelsMemory, channelsSlowReader],
];
