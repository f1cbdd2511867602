// A hundred connections that stay up over one manager: paced dials, spread heartbeats, events that carry the key.
//   npm run build
//   npx tsx examples/many-connections.ts
import { createConnectionManager, defineProtocol, listenWebSocket, webSocket } from "@holdfast/node";
import * as v from "valibot";

const ticker = defineProtocol({
  name: "ticker",
  client: {},
  server: { hello: v.object({}), tick: v.object({ price: v.number() }) },
});

let flaky = 0;
const listener = await listenWebSocket({
  port: 0,
  accept: () => (socket) => {
    socket.send(JSON.stringify({ type: "hello" }));
    // Every tenth socket is dropped at once: the manager brings it back.
    if (flaky++ % 10 === 0) socket.terminate?.();
    else socket.send(JSON.stringify({ type: "tick", price: 42 }));
    return { onFrame: () => {}, onClose: () => {} };
  },
});

const manager = createConnectionManager({
  protocol: ticker,
  socket: webSocket(),
  url: (symbol: string) => `${listener.address}/${symbol}`,
  readyOn: "hello",
  dials: { rate: 500, concurrency: 20 },
  backoff: { baseMs: 50 },
});

const priced = new Set<string>();
const all = new Promise<void>((resolve) => {
  manager.messages.on("tick", ({ key }) => {
    if (priced.add(key).size === 100) resolve();
  });
});
for (let symbol = 1; symbol <= 100; symbol++) manager.add(`S${symbol}`);
await all;
console.log(`${priced.size} symbols priced, ${manager.stats().phases.ready} connections ready`);
await manager.close();
await listener.close();
