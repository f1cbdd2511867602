import { webSocket } from "@holdfast/core";
import { FEATURES } from "../features.ts";
import { runProcess } from "./process-host.ts";

await runProcess({ features: FEATURES.bun, socket: () => webSocket(), implementation: WebSocket });
