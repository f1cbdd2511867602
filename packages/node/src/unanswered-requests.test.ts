import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket as Stream } from "node:net";
import { expect, test } from "vitest";
import { serve } from "./serve.ts";
import { UnansweredRequests } from "./unanswered-requests.ts";

test("S27 a silent connection is dropped, but not where the silence is this side's", async () => {
  const server = createServer();
  const unanswered = new UnansweredRequests(server);
  expect(server.timeout).toBe(30_000);
  const asked = new Promise<[Stream, ServerResponse]>((resolve) => {
    server.on("request", (request, response) => {
      expect(unanswered.take(request, response)).toBe("answer");
      resolve([request.socket, response]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = connect(port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [stream, response] = await asked;
  // An emit that waits for acknowledgements longer than that.
  server.emit("timeout", stream);
  expect(stream.destroyed).toBe(false);
  // The client reads nothing of it.
  response.write(Buffer.alloc(64_000_000));
  server.emit("timeout", stream);
  expect(stream.destroyed).toBe(true);
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("who asks for more than 16 answers at once is not read any further", async () => {
  const fetch = (request: Request): Response | Promise<Response> =>
    request.url.endsWith("/wait") ? new Promise<Response>(() => {}) : new Response("x");
  const accept = (): { status: number; reason: string } => ({ status: 404, reason: "No" });
  const listener = await serve({ port: 0, fetch, accept });
  const client = connect(listener.port, "127.0.0.1");
  client.on("error", () => {});
  client.write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  const many = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]".repeat(500);
  // As fast as it is taken, until nothing is taken any more.
  const pour = (): void => {
    while (client.write(many));
  };
  client.on("drain", pour);
  pour();
  let [taken, still] = [-1, 0];
  while (still < 5) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = client.bytesWritten - client.writableLength;
    still = now === taken ? still + 1 : 0;
    taken = now;
    // The system's own buffers take some megabytes; the server must not take it for as long as somebody sends.
    expect(taken).toBeLessThan(16_000_000);
  }
  client.destroy();
  await listener.close();
});
