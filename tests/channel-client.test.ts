import { webSocket as portableSocket } from "@holdfast/core";
import { createChannelClient as createPortableClient } from "@holdfast/core/channels";
import {
  type ChannelClient,
  type ChannelServerOptions,
  createChannelClient,
  createChannelServer,
  emit,
  type SocketListener,
  serve,
  webSocket,
} from "@holdfast/node";
import { afterEach, describe, expect, test } from "vitest";

/** The client half of channels on real sockets. */
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function served(options: ChannelServerOptions = {}, port = 0): Promise<SocketListener> {
  const server = createChannelServer(options);
  const { fetch, accept } = server;
  const listener = await serve({ port, fetch, accept, protocols: ["holdfast"] });
  ends.push(
    () => listener.close(),
    () => server.close(),
  );
  return listener;
}

const TOKEN = "a>b?~~c/d+e=";
const HOW = {
  "the portable socket, as a subprotocol": (url: string, token: string) =>
    createPortableClient({ url, channel: "news", socket: portableSocket(), token }),
  "ws, as a subprotocol": (url: string, token: string) =>
    createPortableClient({ url, channel: "news", socket: webSocket(), token }),
  "ws, in Authorization": (url: string, token: string) =>
    createChannelClient({ url, channel: "news", token }),
};

describe.each(Object.entries(HOW))("a token by %s", (_how, create) => {
  const authorize: ChannelServerOptions["authorize"] = ({ token }) =>
    token === TOKEN ? true : "unauthenticated";
  const made = (url: string, token: string): ChannelClient<unknown> => {
    const client = create(url, token);
    ends.push(() => client.close());
    return client;
  };

  test("lets it in, and what it hears is acknowledged", async () => {
    const { address } = await served({ authorize });
    const client = made(address, TOKEN);
    const heard = client.once("event");
    await client.connect();
    const asked = { channel: "news", requireAck: true, token: TOKEN };
    const { acknowledged, acked } = await emit(address, { hello: "world" }, asked);
    expect({ acknowledged, acked }).toEqual({ acknowledged: true, acked: [client.clientId] });
    expect((await heard).payload).toEqual({ hello: "world" });
  });

  test("C12 that is not known is final", async () => {
    const { address } = await served({ authorize });
    await expect(made(address, "wrong").connect()).rejects.toMatchObject({ cause: { kind: "unauthorized" } });
  });
});

test("S53 a server that comes back without its history is a gap, and the listener goes on", async () => {
  const first = await served();
  const client = createChannelClient({
    url: first.address,
    channel: "news",
    backoff: { baseMs: 10, maxMs: 100 },
  });
  ends.push(() => client.close());
  await client.connect();
  const gap = client.once("gap");
  for (const end of ends.splice(0, 2)) await end();
  await served({}, first.port);
  await expect(gap).resolves.toEqual({ since: expect.stringMatching(/^evt_/) });
  const heard = client.once("event");
  await emit(first.address, { n: 1 }, { channel: "news" });
  expect((await heard).payload).toEqual({ n: 1 });
});
