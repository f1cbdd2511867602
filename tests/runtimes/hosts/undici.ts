import { type StandardWebSocket, webSocket } from "@holdfast/core";
import { WebSocket } from "undici";
import { FEATURES } from "../features.ts";
import { runProcess } from "./process-host.ts";

const socket = webSocket(
  (url, { protocols = [] }) => new WebSocket(url, [...protocols]) as unknown as StandardWebSocket,
);

await runProcess({ features: FEATURES.undici, socket: () => socket, implementation: WebSocket });
