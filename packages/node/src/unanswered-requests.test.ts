import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket as Stream } from "node:net";
import { expect, test } from "vitest";
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
  const server = createServer();
  const unanswered = new UnansweredRequests(server);
  const taken: string[] = [];
  let first: ServerResponse | undefined;
  server.on("request", (request, response) => {
    taken.push(unanswered.take(request, response));
    first ??= response;
    request.resume();
    // All but the first could be answered at once: they wait for it.
    if (response !== first) response.end("x");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<Stream>((resolve) => server.once("connection", resolve));
  const client = connect(port, "127.0.0.1");
  client.on("error", () => {});
  const many = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]".repeat(2_000);
  // As fast as it is taken, until nothing is taken any more.
  let sent = 0;
  const pour = (): void => {
    while (client.write(many)) sent += many.length;
    sent += many.length;
  };
  client.on("drain", pour);
  pour();
  const stream = await accepted;
  let [read, still] = [-1, 0];
  while (still < 5) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    still = stream.bytesRead === read ? still + 1 : 0;
    read = stream.bytesRead;
    // What is refused must not be read on for as long as somebody sends.
    expect(read).toBeLessThan(8_000_000);
  }
  expect(taken.filter((verdict) => verdict === "answer")).toHaveLength(16);
  expect(taken.filter((verdict) => verdict === "refuse")).toHaveLength(1);
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
