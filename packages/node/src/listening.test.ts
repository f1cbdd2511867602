import { expect, it } from "vitest";
import { listenTcp } from "./listen-tcp.ts";
import { listenWebSocket } from "./listen-web-socket.ts";
import { serve } from "./serve.ts";

const accept = () => ({ status: 404, reason: "nobody" });

it.each([
  ["ws", listenWebSocket],
  ["tcp", listenTcp],
] as const)(
  "a %s listener binds the loopback by default, and tells the address to dial",
  async (scheme, listen) => {
    const listener = await listen({ port: 0, accept });
    expect(listener.address).toBe(`${scheme}://127.0.0.1:${listener.port}`);
    await listener.close();
    const everywhere = await listen({ port: 0, host: "0.0.0.0", accept });
    expect(everywhere.address).toBe(`${scheme}://127.0.0.1:${everywhere.port}`);
    await everywhere.close();
  },
);

it("what serves HTTP tells its address twice: for WebSockets and for HTTP", async () => {
  const { address, httpAddress, port, close } = await serve({ port: 0, accept });
  expect([address, httpAddress]).toEqual([`ws://127.0.0.1:${port}`, `http://127.0.0.1:${port}`]);
  await close();
});

it.each([
  ["ws", listenWebSocket],
  ["tcp", listenTcp],
] as const)("a %s listener rejects with the system's error where the port is taken", async (_, listen) => {
  const first = await listen({ port: 0, accept });
  await expect(listen({ port: first.port, accept })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await first.close();
});

it("a listener refuses limits that are no positive integers", async () => {
  for (const bad of [0, -1, 1.5, Number.NaN]) {
    await expect(listenWebSocket({ port: 0, accept, maxMessageBytes: bad })).rejects.toThrow(RangeError);
    await expect(listenWebSocket({ port: 0, accept, closeTimeoutMs: bad })).rejects.toThrow(RangeError);
    await expect(listenTcp({ port: 0, accept, maxLineBytes: bad })).rejects.toThrow(RangeError);
  }
});
