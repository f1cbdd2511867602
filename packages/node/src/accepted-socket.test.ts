import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { serve } from "./serve.ts";

test("a burst in one turn is not counted as what a slow reader leaves", async () => {
  const waiting: number[] = [];
  const server = await serve({
    port: 0,
    accept: () => (socket) => ({
      onFrame: () => {
        for (let n = 0; n < 25; n++) {
          socket.send("x".repeat(60_000));
          waiting.push(socket.bufferedAmount ?? 0);
        }
      },
      onClose: () => {},
    }),
  });
  const client = new WebSocket(server.address);
  let heard = 0;
  await new Promise<void>((resolve) => {
    client.on("open", () => client.send("go"));
    client.on("message", () => ++heard === 25 && resolve());
  });
  expect(Math.max(...waiting)).toBeLessThan(400_000);
  client.terminate();
  await server.close();
});
