import type { SocketListener } from "@holdfast/core";
import type { ServeOptions } from "@holdfast/node";
import { ensure, pass, same, within } from "../contract/expect.ts";
import { upgradeRequest } from "../contract/raw-client.ts";
import type { ServerCase, ServerSubject } from "./server-cases.ts";

const nobody = (): { status: number; reason: string } => ({ status: 404, reason: "nobody" });
const everybody = () => () => ({ onFrame: () => {}, onClose: () => {} });
const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;

async function served(
  subject: ServerSubject,
  options: Partial<ServeOptions>,
  work: (listener: SocketListener) => Promise<void>,
): Promise<void> {
  const listener = await subject.serve({ port: 0, accept: nobody, ...options });
  try {
    await work(listener);
  } finally {
    await listener.close();
  }
}

/** What the console was told meanwhile. */
async function told(work: () => Promise<void>): Promise<string[]> {
  const { error } = console;
  const lines: string[] = [];
  console.error = (line: unknown) => lines.push(String(line));
  try {
    await work();
  } finally {
    console.error = error;
  }
  return lines;
}

const address = ({ port }: SocketListener, path = "/"): string => `http://127.0.0.1:${port}${path}`;

/** What is promised of the HTTP half. */
export function httpCases(hardened: boolean): ServerCase[] {
  return [
    {
      name: "fetch is given the request as it came, and the caller's IP address; its response goes back as it is",
      run: (subject) => {
        const seen: unknown[] = [];
        const fetch = async (request: Request, peer?: string): Promise<Response> => {
          const { pathname, search } = new URL(request.url);
          seen.push(
            request.method,
            pathname,
            search,
            request.headers.get("x-test"),
            await request.text(),
            peer,
          );
          return new Response("made", { status: 201, headers: { "X-Answer": "42" } });
        };
        return served(subject, { fetch }, async (listener) => {
          const body = "payload";
          const response = await globalThis.fetch(address(listener, "/a%20b/emit?x=1"), {
            method: "POST",
            headers: { "X-Test": "yes" },
            body,
          });
          same(
            [response.status, response.headers.get("x-answer"), await response.text()],
            [201, "42", "made"],
            "it",
          );
          same(seen, ["POST", "/a%20b/emit", "?x=1", "yes", body, "127.0.0.1"], "what fetch was given");
        });
      },
    },
    ...[
      [
        "throws",
        () => {
          throw new Error("boom");
        },
      ],
      ["rejects", () => Promise.reject(new Error("boom"))],
      ["gives no response", () => undefined],
    ].map(
      ([how, fetch]): ServerCase => ({
        name: `a fetch that ${how} is 500 as JSON, the console is told once, and the server goes on`,
        run: (subject) =>
          served(subject, { fetch: fetch as NonNullable<ServeOptions["fetch"]> }, async (listener) => {
            const lines = await told(async () => {
              const response = await globalThis.fetch(address(listener));
              const { success, code } = (await response.json()) as Record<string, unknown>;
              same([response.status, success, code], [500, false, "INTERNAL"], "the answer");
            });
            same(lines.length, 1, "how often the console was told");
            await told(async () => {
              same((await globalThis.fetch(address(listener))).status, 500, "the next answer");
            });
          }),
      }),
    ),
    {
      name: "S41 a caller that hangs up aborts the request's signal, and nobody is told of a failure",
      run: (subject) => {
        let asked = (): void => {};
        let aborted = (): void => {};
        const question = new Promise<void>((resolve) => {
          asked = resolve;
        });
        const abort = new Promise<void>((resolve) => {
          aborted = resolve;
        });
        const fetch = (request: Request): Promise<Response> =>
          new Promise((_, reject) => {
            request.signal.addEventListener("abort", () => {
              aborted();
              reject(new Error("nobody is left"));
            });
            asked();
          });
        return served(subject, { fetch }, async (listener) => {
          const lines = await told(async () => {
            const client = await subject.dialRaw(listener.port);
            client.send(get("/emit"));
            await question;
            client.drop();
            await within(2_000, "the abort", abort);
            await pass(20);
          });
          same(lines, [], "what the console was told");
        });
      },
    },
    {
      name: "a server that closes does not wait for a fetch",
      run: async (subject) => {
        let asked = (): void => {};
        const question = new Promise<void>((resolve) => {
          asked = resolve;
        });
        const fetch = (): Promise<Response> => {
          asked();
          return new Promise(() => {});
        };
        const listener = await subject.serve({ port: 0, accept: nobody, fetch });
        const client = await subject.dialRaw(listener.port);
        client.send(get("/emit"));
        await question;
        await within(2_000, "the server to close", listener.close());
        client.drop();
      },
    },
    {
      name: "HTTP and WebSockets share the port",
      run: (subject) =>
        served(subject, { fetch: () => new Response("here"), accept: everybody }, async (listener) => {
          const client = await subject.dialRaw(listener.port);
          client.send(upgradeRequest());
          await client.until("the answer", () => client.text.startsWith("HTTP/1.1 101 "));
          same(await (await globalThis.fetch(address(listener))).text(), "here", "the answer of fetch");
          client.drop();
        }),
    },
    {
      name: hardened
        ? "S13 connections over the cap are answered with 503 and Retry-After, and the cap releases on close"
        : "deviation: S13 sockets over the cap are answered with 503 and Retry-After; connections without a request are not counted",
      run: (subject) =>
        served(subject, { accept: everybody, maxConnections: 2 }, async (listener) => {
          const idle = hardened ? [] : [await subject.dialRaw(listener.port)];
          const clients = [await subject.dialRaw(listener.port), await subject.dialRaw(listener.port)];
          for (const client of clients) {
            client.send(upgradeRequest());
            await client.until("the answer", () => client.text.startsWith("HTTP/1.1 101 "));
          }
          for (const request of [upgradeRequest(), get("/")]) {
            const third = await subject.dialRaw(listener.port);
            third.send(request);
            await third.until("the answer", () => third.text.includes("\r\n\r\n"));
            same(third.text.slice(0, 13), "HTTP/1.1 503 ", "the answer");
            ensure(/^retry-after: 5\r$/im.test(third.text), "Retry-After");
            if (hardened) await third.until("the end", () => third.ended);
            third.drop();
          }
          clients[0]?.drop();
          let status = "";
          await within(
            5_000,
            "room for one more",
            (async () => {
              while (status !== "HTTP/1.1 101 ") {
                const next = await subject.dialRaw(listener.port);
                next.send(upgradeRequest());
                await next.until("the answer", () => next.text.includes("\r\n\r\n"));
                status = next.text.slice(0, 13);
                if (status !== "HTTP/1.1 101 ") {
                  next.drop();
                  await pass(5);
                } else clients.push(next);
              }
            })(),
          );
          for (const client of [...clients, ...idle]) client.drop();
        }),
    },
    {
      name: "S2 a request with 2,001 headers is answered with 4xx, and the server goes on",
      run: (subject) =>
        served(subject, { fetch: () => new Response("here") }, async (listener) => {
          const client = await subject.dialRaw(listener.port);
          client.send(get("/", "X: 1\r\n".repeat(2_001)));
          await client.until("the answer", () => client.text.includes("\r\n\r\n"));
          ensure(/^HTTP\/1.1 4\d\d /.test(client.text), `4xx, and not ${client.text.slice(0, 40)}`);
          client.drop();
          same((await globalThis.fetch(address(listener))).status, 200, "the next answer");
        }),
    },
    ...(hardened
      ? [
          "GET http://elsewhere/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a/b?c=\r\n\r\n",
          "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
      : []
    ).map(
      (request): ServerCase => ({
        name: `a request that is no URL of this server is 400: ${JSON.stringify(request.slice(0, 44))}`,
        run: (subject) =>
          served(subject, { fetch: () => new Response("here") }, async (listener) => {
            const client = await subject.dialRaw(listener.port);
            client.send(request);
            await client.until("the answer", () => client.text.includes("\r\n\r\n"));
            same(client.text.slice(0, 13), "HTTP/1.1 400 ", "the answer");
            client.drop();
          }),
      }),
    ),
    {
      name: "options out of their bounds are named with their value",
      run: async ({ serve }) => {
        for (const name of [
          "maxMessageBytes",
          "maxFragments",
          "maxConnections",
          "closeTimeoutMs",
          "acceptTimeoutMs",
        ]) {
          const error = await serve({ port: 0, accept: nobody, [name]: 0 }).catch(
            (thrown: unknown) => thrown,
          );
          ensure(error instanceof RangeError && error.message.includes(name), `an error that names ${name}`);
        }
      },
    },
  ];
}
