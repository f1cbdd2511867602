// Channels on Deno's own server: the one file that a program imports by URL.
import { createChannelServer, serve } from "../../packages/deno/dist/holdfast.js";
import { serveHoldfast } from "./channel-holdfast.mjs";

await serveHoldfast({ createChannelServer, serve });
