import { webSocket } from "@holdfast/node";
import { WebSocket } from "ws";
import { FEATURES } from "../features.ts";
import { runProcess } from "./process-host.ts";

await runProcess({ features: FEATURES["node-ws"], socket: webSocket, implementation: WebSocket });
