// crossws on Node: sockets subscribe to a topic, and an event is published to it.
import crossws from "crossws/adapters/node";
import { serveBare } from "./channel-bare.mjs";

await serveBare((server) => {
  const adapter = crossws({
    serverOptions: { perMessageDeflate: false },
    hooks: {
      open(peer) {
        peer.subscribe("c0");
        peer.send('{"type":"CONNECTED"}');
      },
    },
  });
  server.on("upgrade", adapter.handleUpgrade);
  return { send: (text) => adapter.publish("c0", text) };
});
