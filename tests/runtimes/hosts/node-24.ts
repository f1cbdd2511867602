import { webSocket } from "@holdfast/core";
import { FEATURES } from "../features.ts";
import { runProcess } from "./process-host.ts";

await runProcess({ features: FEATURES["node-24"], socket: () => webSocket(), implementation: WebSocket });
