// A protocol of your own: defined once, typed on both ends, over any transport. Here a memory network carries it.
//   npm run build
//   npx tsx examples/own-protocol.ts
import { createConnection, defineProtocol, memory } from "@holdfast/core";
import * as v from "valibot";

const weather = defineProtocol({
  name: "weather",
  client: { subscribe: v.object({ city: v.string() }) },
  server: {
    welcome: v.object({}),
    forecast: v.object({ city: v.string(), celsius: v.number() }),
  },
});

const network = memory();
network.listen("ws://weather", () => (socket) => {
  socket.send(JSON.stringify({ type: "welcome" }));
  return {
    onFrame: (frame) => {
      const { city } = JSON.parse(String(frame));
      socket.send(JSON.stringify({ type: "forecast", city, celsius: "mild" }));
      socket.send(JSON.stringify({ type: "forecast", city, celsius: 21 }));
    },
    onClose: () => console.log("the server's end is closed"),
  };
});

await using connection = createConnection({
  protocol: weather,
  socket: network.socket,
  url: "ws://weather",
  readyOn: "welcome",
});
connection.on("invalid", ({ reason, sample }) => console.log(`invalid: ${reason} in ${sample}`));

await connection.connect();
const forecast = connection.messages.once("forecast");
connection.send("subscribe", { city: "Lisbon" });
const { city, celsius } = await forecast;
console.log(`${city}: ${celsius} °C`);
