import type { Clock } from "@holdfast/core";
import { createLogUpdate } from "log-update";
import type { Output } from "../output/output.ts";
import type { Monitor } from "./monitor.ts";
import { view } from "./view.ts";

const FRAME_MS = 200;

/** Draws a monitor on the terminal, over and over at the same place; what it returns leaves the last picture. */
export function drawLive(monitor: Monitor, title: string, output: Output, clock: Clock): () => void {
  const update = createLogUpdate(process.stdout);
  const draw = (): void => {
    const { colours, columns, rows } = output;
    update(view(monitor.picture(), { title, colours, columns, rows }));
  };
  const drawOn = (): void => {
    draw();
    timer = clock.setTimer(drawOn, FRAME_MS);
  };
  let timer = clock.setTimer(drawOn, 0);
  return () => {
    clock.clearTimer(timer);
    draw();
    update.done();
  };
}
