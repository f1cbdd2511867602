// A channel server on Node: emit over HTTP, listen over WebSocket. It counts, and drains when it is interrupted.
//   npm run build
//   npx tsx examples/channel-server.ts 8080
//   curl -d '{"headline":"hello"}' 'http://127.0.0.1:8080/news/emit?require-ack=true'
import { createChannelServer, serve } from "@holdfast/node";

const server = createChannelServer({
  // Anybody may listen; who emits needs the token, if there is one.
  authorize: ({ action, token }) => {
    const wanted = process.env.EMIT_TOKEN;
    if (action !== "emit" || wanted === undefined) return true;
    // A wrong token is 401, as none is: false would be 403, for one that is known and may not.
    return token === wanted || "unauthenticated";
  },
});
server.on("joined", ({ channel, clientId }) => console.log(`${clientId} listens to ${channel}`));
server.on("left", ({ clientId, why }) => console.log(`${clientId} left: ${why}`));
server.on("emitted", ({ channel, delivered }) => console.log(`${channel}: delivered to ${delivered}`));
server.on("refused", ({ channel, code, peer }) => console.log(`${peer} refused: ${code} at ${channel}`));
server.on("dropped", ({ clientId, count, why }) => console.log(`${clientId}: ${count} dropped, ${why}`));

const listener = await serve({
  port: Number(process.argv[2] ?? 8080),
  fetch: server.fetch,
  accept: server.accept,
  protocols: ["holdfast"],
});
console.log(`listening on ${listener.address}`);

process.once("SIGINT", async () => {
  await server.drain({ overMs: 1_000 });
  const { emitted, acked } = server.stats();
  await listener.close();
  console.log(`ended: ${emitted} events, ${acked} acknowledgements`);
});
