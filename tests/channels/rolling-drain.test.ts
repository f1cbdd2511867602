import { memoryBackplane } from "@holdfast/core/server";
import {
  type ChannelClient,
  type ChannelServer,
  createChannelClient,
  createChannelServer,
  type SocketListener,
  serve,
} from "@holdfast/node";
import { sqliteStore } from "@holdfast/sqlite";
import { expect, test } from "vitest";
import { databaseFile } from "../sqlite/database-file.ts";
import { post, until } from "./raw-peer.ts";

const CLIENTS = 200;
const DRAIN_MS = 1_000;

/** One server of the service, with its own door to the file. */
interface Node {
  readonly server: ChannelServer;
  readonly listener: SocketListener;
  readonly host: string;
  end(): Promise<void>;
}

/** A service of several servers, behind what a load balancer does. */
class Service {
  readonly up: Node[] = [];
  readonly #file: string;
  readonly #bus = memoryBackplane();
  #turn = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async add(): Promise<Node> {
    const store = sqliteStore({ file: this.#file });
    const limits = { connectionsPerAddress: 2 * CLIENTS };
    const server = createChannelServer({ store, backplane: this.#bus.node(), limits });
    const listener = await serve({ port: 0, fetch: server.fetch, accept: server.accept });
    const { host } = new URL(listener.address);
    const end = async (): Promise<void> => {
      await server.close();
      await listener.close();
      await store.close();
    };
    const node = { server, listener, host, end };
    this.up.push(node);
    return node;
  }

  /** The next in turn. */
  host(): string {
    return this.up[this.#turn++ % this.up.length]?.host ?? "";
  }

  /** Takes one out of turn, drains it, and ends it. */
  async retire(node: Node): Promise<void> {
    this.up.splice(this.up.indexOf(node), 1);
    await node.server.drain({ overMs: DRAIN_MS });
    await node.end();
  }
}

test("S62 S43 servers are replaced one by one under 200 clients: nothing that was answered is lost, and all resume", async () => {
  await using database = await databaseFile();
  const service = new Service(database.file);
  const [first, second] = [await service.add(), await service.add()];
  const clients: { client: ChannelClient<unknown>; heard: unknown[]; told: unknown[] }[] = [];
  for (let at = 0; at < CLIENTS; at++) {
    const client = createChannelClient({
      url: () => `ws://${service.host()}`,
      channel: "news",
      backoff: { baseMs: 50, maxMs: 500 },
    });
    const one = { client, heard: [] as unknown[], told: [] as unknown[] };
    client.on("event", ({ payload }) => one.heard.push(payload));
    client.on("connected", ({ recovered }) => one.told.push(recovered));
    client.on("gap", (gap) => one.told.push(gap));
    clients.push(one);
  }
  await Promise.all(clients.map(({ client }) => client.connect()));
  expect([first, second].map(({ server }) => server.stats().clients)).toEqual([100, 100]);

  const answered: number[] = [];
  let over = false;
  const emitting = (async () => {
    for (let n = 0; !over; n++) {
      // A caller that is told to go elsewhere does; one that lost its connection could not know, and none does.
      for (;;) {
        const { status } = await post(service.host(), "news/emit", n);
        if (status === 200) break;
        // It met the server in the moment in which the drain began.
        expect(status).toBe(503);
      }
      answered.push(n);
    }
  })();
  const whole = (async () => {
    await service.retire(first);
    await until("the first hundred are back", () => second.server.stats().clients === CLIENTS);
    const third = await service.add();
    await service.retire(second);
    await until("all are back", () => third.server.stats().clients === CLIENTS);
    return third;
  })();
  const third = await whole.finally(() => {
    over = true;
  });
  await emitting;
  const last = answered.at(-1);
  await until("the last event everywhere", () => clients.every(({ heard }) => heard.at(-1) === last));
  for (const { heard, told } of clients) {
    expect(heard).toEqual(answered);
    expect(told).toEqual([undefined, ...told.slice(1).map(() => true)]);
  }
  // Nobody came more often than it had to.
  const connects = clients.reduce((sum, { client }) => sum + client.stats().connects, 0);
  expect(connects).toBe(CLIENTS + CLIENTS / 2 + CLIENTS);
  expect(answered.length).toBeGreaterThan(10);
  await Promise.all(clients.map(({ client }) => client.close()));
  await third.end();
  for (const { server } of [first, second, third])
    expect(server.stats()).toMatchObject({ timers: 0, clients: 0 });
});
