import { expect, test, vi } from "vitest";
import { type Scripted, scripted } from "../../../../../tests/support/channel-script.ts";
import type { Socket } from "../../socket/socket.ts";
import type { ChannelClientOptions } from "./client-options.ts";

/** What each dial was told, and a client whose dials go nowhere after that. */
async function dialled(options: Partial<ChannelClientOptions<unknown>>) {
  const dials: { headers?: unknown; protocols?: unknown }[] = [];
  const { clock, client, network }: Scripted<unknown> = scripted<unknown>({
    ...options,
    socket: (address, handler, dial): Promise<Socket> => {
      dials.push(dial);
      return network.socket(address, handler, dial);
    },
  });
  await clock.until(client.connect());
  return { clock, client, network, dials };
}

test("a token goes as subprotocols, before those that were asked for", async () => {
  const { dials } = await dialled({ token: "a>b?~~", protocols: ["mine"] });
  expect(dials[0]?.protocols).toEqual(["holdfast", "bearer.YT5iP35-", "mine"]);
  expect(dials[0]?.headers).toBeUndefined();
});

test("tokenIn header: a token goes in Authorization, beside the headers that were asked for", async () => {
  const { dials } = await dialled({
    token: "abc",
    tokenIn: "header",
    headers: { "x-mine": "1", Authorization: "Basic x" },
  });
  expect(dials[0]?.headers).toEqual({ "x-mine": "1", authorization: "Bearer abc" });
  expect(dials[0]?.protocols).toBeUndefined();
});

test("without a token nothing is said", async () => {
  const { dials } = await dialled({});
  expect(dials[0]).not.toHaveProperty("protocols");
  expect(dials[0]).not.toHaveProperty("headers");
});

test("C11 the token is asked for at each dial", async () => {
  const token = vi.fn(async () => `token-${token.mock.calls.length}`);
  const { clock, network, dials } = await dialled({ token, tokenIn: "header" });
  network.drop();
  await clock.advance(1_000);
  expect(dials.map(({ headers }) => headers)).toEqual([
    { authorization: "Bearer token-1" },
    { authorization: "Bearer token-2" },
  ]);
});

test("C10 a token's function that says unauthorized ends it", async () => {
  const { clock, client, all, network } = scripted({
    token: () => Promise.reject(Object.assign(new Error("logged out"), { code: "unauthorized" })),
  });
  await expect(clock.until(client.connect())).rejects.toMatchObject({ code: "closed" });
  expect(all("closed")).toMatchObject([{ cause: { kind: "unauthorized" } }]);
  expect(network.dials).toEqual([]);
});

test("C9 a token that comes too late is not the next attempt's", async () => {
  const answers: ((token: string) => void)[] = [];
  const token = (): Promise<string> => new Promise((resolve) => answers.push(resolve));
  const dials: unknown[] = [];
  const { clock, client, network }: Scripted<unknown> = scripted<unknown>({
    token,
    tokenIn: "header",
    connectTimeoutMs: 1_000,
    socket: (address, handler, dial): Promise<Socket> => {
      dials.push(dial.headers);
      return network.socket(address, handler, dial);
    },
  });
  const connecting = client.connect();
  await clock.advance(2_000);
  expect(answers).toHaveLength(2);
  answers[1]?.("second");
  answers[0]?.("first");
  await clock.until(connecting);
  expect(dials).toEqual([{ authorization: "Bearer second" }]);
});

test("a token that is none is a failed attempt, and is not shown", async () => {
  const { clock, client, all } = scripted({ token: () => "secret\nsecret" });
  client.connect().catch(() => {});
  await clock.advance(5);
  expect(all("disconnected")).toMatchObject([
    {
      cause: {
        kind: "no-address",
        message: "No address to dial: Token must be visible ASCII: got a string of 13 characters",
      },
    },
  ]);
});

test.each<[string, Partial<ChannelClientOptions<unknown>>, RegExp]>([
  ["token", { token: "" }, /Option token must be visible ASCII, or a function: got a string of 0/],
  ["tokenIn", { tokenIn: "query" as never }, /Option tokenIn must be one of header, protocol: got query/],
  ["ack", { ack: "never" as never }, /Option ack must be one of auto, manual: got never/],
  ["channel", { channel: "a\nb" }, /Option channel must have no "\/", no control character.*got "a\\nb"/],
  ["channel", { channel: "a".repeat(201) }, /Option channel must have 1 to 200 characters: got 201/],
  ["channel", { channel: "." }, /not be "\." or "\.\.": got "\."/],
  ["since", { since: "" }, /Option since must be an event id/],
  ["schema", { schema: {} as never }, /Option schema must be a Standard Schema: got {}/],
  ["url", { url: "nowhere" }, /Option url must be a URL: got nowhere/],
  ["socket", { socket: undefined as never }, /Option socket must be a function: got undefined/],
  ["presence", { presence: 1n }, /Presence cannot be written as JSON/],
])("a bad %s is refused at once", (_name, options, message) => {
  expect(() => scripted(options)).toThrow(message);
});
