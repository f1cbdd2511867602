import { connect, type Socket as Stream } from "node:net";
import type { SocketListener } from "@holdfast/core";
import { afterEach, describe, expect, test } from "vitest";
import { type ServeOptions, serve } from "./serve.ts";

/** What a server on the open internet does with requests that no well-behaved client sends. */

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

async function served(options: Partial<ServeOptions> = {}): Promise<SocketListener> {
  const accept = (): never => {
    throw new Error("no upgrade was asked for");
  };
  const server = await serve({ port: 0, accept, ...options });
  open.push(() => server.close());
  return server;
}

/** Says bytes over TCP. */
function dial({ port }: SocketListener): Stream {
  const stream = connect(port, "127.0.0.1");
  stream.on("error", () => {});
  open.push(() => stream.destroy());
  return stream;
}

/** All that comes until the server ends the connection. */
async function all(stream: Stream): Promise<string> {
  let text = "";
  stream.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  await new Promise((resolve) => stream.once("close", resolve));
  return text;
}

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

describe("requests that do not wait for answers", () => {
  test("S13 the seventeenth is 503 and the last: the sixteen before it are answered first", async () => {
    let asked = 0;
    const go: (() => void)[] = [];
    const server = await served({
      fetch: async () => {
        if (++asked < 16) await new Promise<void>((resolve) => go.push(resolve));
        else for (const one of go) one();
        return new Response("yes");
      },
    });
    const stream = dial(server);
    stream.write(GET.repeat(500));
    expect(statuses(await all(stream))).toEqual([...Array<number>(16).fill(200), 503]);
    expect(asked).toBe(16);
  });

  test("S41 those that wait behind an answer are given up when the connection is gone", async () => {
    const gone: Promise<void>[] = [];
    let came: () => void = () => {};
    const all = new Promise<void>((resolve) => {
      came = resolve;
    });
    const server = await served({
      fetch: ({ signal }) =>
        new Promise<Response>((_resolve, reject) => {
          const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
          gone.push(aborted);
          void aborted.then(() => reject(new Error("gone")));
          if (gone.length === 3) came();
        }),
    });
    const stream = dial(server);
    stream.write(GET.repeat(3));
    await all;
    stream.destroy();
    await Promise.all(gone);
    expect(gone).toHaveLength(3);
  });
});

describe("bodies that nobody reads", () => {
  const refusing = (): Promise<SocketListener> =>
    served({ fetch: () => new Response("too large", { status: 413 }) });
  const POST = "POST / HTTP/1.1\r\nHost: x\r\n";

  test("one without end is answered, and the connection ended", async () => {
    const stream = dial(await refusing());
    stream.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from("ffff\r\n"), Buffer.alloc(0xffff), Buffer.from("\r\n")]);
    const more = (): void => {
      while (!stream.destroyed && stream.write(chunk));
    };
    stream.on("drain", more);
    more();
    const text = await all(stream);
    expect(statuses(text)).toEqual([413]);
    expect(text.toLowerCase()).toContain("connection: close");
    expect(stream.bytesWritten).toBeLessThan(32_000_000);
  });

  test("one that is a little too large may end, and the connection is kept", async () => {
    const stream = dial(await refusing());
    stream.write(`${POST}Content-Length: 500000\r\n\r\n`);
    stream.write(Buffer.alloc(500_000));
    stream.end(GET);
    expect(statuses(await all(stream))).toEqual([413, 413]);
  });

  test("an answer made of the body as it comes is not cut", async () => {
    const stream = dial(await served({ fetch: ({ body }) => new Response(body) }));
    stream.write(`${POST}Content-Length: 4000000\r\n\r\n`);
    stream.write(Buffer.alloc(4_000_000, "b"));
    expect((await all(stream)).match(/b+/g)?.join("").length).toBeGreaterThanOrEqual(4_000_000);
  });
});

describe("an upgrade to something else than a WebSocket is not heard", () => {
  const H2C = "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n";
  const echoing = (): Promise<SocketListener> =>
    served({ fetch: async (request) => new Response(`${request.method} ${await request.text()};`) });

  test("curl --http2: with a body and without one, and plain requests after it", async () => {
    const stream = dial(await echoing());
    let text = "";
    stream.on("data", (bytes) => {
      text += String(bytes);
    });
    const bodies = [
      "\r\n",
      "Content-Length: 5\r\n\r\nhello",
      "Transfer-Encoding: chunked\r\n\r\n3\r\nyou\r\n0\r\n\r\n",
    ];
    let asked = 0;
    for (const more of [H2C, "", H2C]) {
      for (const body of bodies) {
        stream.write(`POST / HTTP/1.1\r\nHost: x\r\n${more}${body}`);
        asked++;
        while (statuses(text).length < asked) await new Promise((resolve) => stream.once("data", resolve));
      }
    }
    const said = ["POST ;", "POST hello;", "POST you;"];
    expect(text.match(/POST \w*;/g)).toEqual([...said, ...said, ...said]);
    expect(statuses(text)).toEqual(Array<number>(9).fill(200));
  });
});

describe("what the server answers by itself is JSON too", () => {
  const UPGRADE = "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  test.each([
    ["no HTTP", "HELLO\r\n\r\n", 400, "BAD_REQUEST"],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"],
    ["a length that is none", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "BAD_REQUEST"],
    [
      "a chunk that is none",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx",
      400,
      "BAD_REQUEST",
    ],
    [
      "S2 a header of 64 KiB",
      `GET / HTTP/1.1\r\nHost: x\r\na: ${"x".repeat(65_536)}\r\n\r\n`,
      431,
      "HEADERS_TOO_LARGE",
    ],
    [
      "an upgrade by POST",
      `POST / HTTP/1.1\r\n${UPGRADE}${KEY}Sec-WebSocket-Version: 13\r\n\r\n`,
      405,
      "METHOD_NOT_ALLOWED",
    ],
    [
      "an upgrade without a key",
      `GET / HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Version: 13\r\n\r\n`,
      400,
      "BAD_REQUEST",
    ],
    [
      "an upgrade of version 7",
      `GET / HTTP/1.1\r\n${UPGRADE}${KEY}Sec-WebSocket-Version: 7\r\n\r\n`,
      400,
      "BAD_REQUEST",
    ],
  ])("%s", async (what, said, status, code) => {
    const stream = dial(await served({ fetch: async (request) => new Response(await request.text()) }));
    stream.write(said);
    const [head = "", body = ""] = (await all(stream)).split("\r\n\r\n");
    expect(statuses(head)).toEqual([status]);
    expect(head).toContain("Content-Type: application/json");
    expect(JSON.parse(body)).toEqual({ success: false, error: expect.any(String), code });
    if (what.endsWith("7")) expect(head).toContain("Sec-Websocket-Version: 13, 8");
  });

  test("S1 a request that does not come to its end is 408", async () => {
    const stream = dial(await served());
    stream.write("GET / HTTP/1.1\r\n");
    const [head = "", body = ""] = (await all(stream)).split("\r\n\r\n");
    expect(statuses(head)).toEqual([408]);
    expect(JSON.parse(body).code).toBe("REQUEST_TIMEOUT");
  }, 20_000);

  test("what cannot be read behind a request that waits is not taken for its answer", async () => {
    let asked = 0;
    const server = await served({
      fetch: () => {
        asked++;
        return new Promise<Response>(() => {});
      },
    });
    const stream = dial(server);
    stream.write(`${GET}HELLO\r\n\r\n`);
    expect(await all(stream)).toBe("");
    expect(asked).toBe(1);
  });

  test("another expectation than 100-continue is not heard", async () => {
    const stream = dial(await served({ fetch: () => new Response("yes") }));
    stream.end("GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n");
    expect(statuses(await all(stream))).toEqual([200]);
  });
});

test.each(["/./a", "/a/..", "/%2e/a", "/a/.%2E/b", "/a\\\\b", "/\\\\x/a", "/a#b", "/a?#"])(
  "a target that a URL would rewrite is 400, with an upgrade and without one: %s",
  async (target) => {
    const server = await served({ fetch: () => new Response("yes") });
    for (const more of ["", "Upgrade: websocket\r\nConnection: Upgrade\r\n"]) {
      const stream = dial(server);
      stream.write(`GET ${target}?a=/../b HTTP/1.1\r\nHost: x\r\n${more}\r\n`);
      const text = await all(stream);
      expect(statuses(text)).toEqual([400]);
      expect(text).toContain('"code":"BAD_REQUEST"');
    }
  },
);

test.each(["/a/...", "/.a/b.", "/a?b=../../c", "/a?/./", "//a", "/%2e%2e%2e"])(
  "%s is no such target",
  async (target) => {
    const stream = dial(await served({ fetch: ({ url }) => new Response(url) }));
    stream.end(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await all(stream)).toContain(`http://x${target}\r\n`);
  },
);
