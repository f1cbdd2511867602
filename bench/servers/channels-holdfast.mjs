// Channels on Node, or on Deno by the hardened listener of @holdfast/node.
import { createChannelServer, serve } from "@holdfast/node";
import { serveHoldfast } from "./channel-holdfast.mjs";

await serveHoldfast({ createChannelServer, serve });
