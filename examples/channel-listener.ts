// Listens to the channel `news` and acknowledges what it has printed; a headline that is none is refused.
//   npm run build
//   npx tsx examples/channel-server.ts 8080 &
//   npx tsx examples/channel-listener.ts ws://127.0.0.1:8080
import { createChannelClient } from "@holdfast/node";
import * as v from "valibot";

const news = createChannelClient({
  url: process.argv[2] ?? "ws://127.0.0.1:8080",
  channel: "news",
  schema: v.object({ headline: v.string() }),
  presence: { username: process.argv[3] ?? "somebody" },
});

news.on("connected", ({ members, recovered }) => {
  console.log(`listening, ${members.length} others${recovered === true ? ", nothing missed" : ""}`);
});
// Acknowledged once this has returned.
news.on("event", ({ payload, replayed }) => console.log(`${payload.headline}${replayed ? " (missed)" : ""}`));
news.on("invalid", ({ reason }) => console.log(`not taken: ${reason}`));
news.on("gap", ({ since }) => console.log(`something after ${since} may be lost`));
news.on("joined", ({ presence }) => console.log("joined:", presence));
news.on("disconnected", ({ cause }) => console.log(`lost: ${cause.message}`));

process.once("SIGINT", () => news.close());
await news.connect();
const { message } = await news.closed;
console.log(`ended: ${message}`);
