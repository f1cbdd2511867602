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
