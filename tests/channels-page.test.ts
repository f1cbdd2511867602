import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { createChannelServer, serve } from "@holdfast/node";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { ROOT } from "./support/packages.ts";

const ORIGIN = "http://localhost:3000";

/** As much of a page as its script touches. `said` resolves once the log has a line like this. */
async function openPage(server: string, token: string, search: string) {
  const html = await readFile(join(ROOT, "examples", "channels.html"), "utf8");
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  const lines: string[] = [];
  const looks = new Set<() => void>();
  const log = {
    prepend: ({ textContent }: { textContent: string }) => {
      lines.push(textContent);
      for (const look of looks) look();
    },
    childElementCount: 0,
  };
  const members = { textContent: "" };
  type Form = { elements: object; onsubmit?: (event: { preventDefault(): void }) => unknown };
  const forms: { listen: Form; emit: Form } = {
    listen: { elements: { server: { value: server }, channel: { value: "news" }, token: { value: token } } },
    emit: { elements: { payload: { value: '{"hello":"<b>world</b>"}' }, ack: { checked: true } } },
  };
  const sockets: WebSocket[] = [];
  class PageSocket extends WebSocket {
    constructor(url: URL, protocols: string[]) {
      super(url, protocols, { origin: ORIGIN });
      // In a browser an error that nobody listens to is none.
      this.on("error", () => {});
      sockets.push(this);
    }
  }
  runInNewContext(script, {
    ...{ URL, URLSearchParams, btoa, clearTimeout, setTimeout: () => 0, WebSocket: PageSocket },
    fetch: (url: URL, init: RequestInit) =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), origin: ORIGIN } }),
    location: { search, origin: ORIGIN },
    document: {
      forms,
      createElement: () => ({}),
      getElementById: (id: string) => (id === "log" ? log : members),
    },
  });
  const said = (wanted: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = lines.find((line) => wanted.test(line));
        if (found !== undefined) resolve(found);
      };
      looks.add(look);
      look();
    });
  return {
    said,
    members,
    listenTo: (address: string) => {
      forms.listen.elements = { ...forms.listen.elements, server: { value: address } };
      forms.listen.onsubmit?.({ preventDefault: () => {} });
    },
    emit: () => forms.emit.onsubmit?.({ preventDefault: () => {} }),
    leave: () => {
      for (const socket of sockets) socket.close();
    },
  };
}

test("the page listens and emits with a token, acknowledges, and knows who is there", async () => {
  const server = createChannelServer({
    origins: [ORIGIN],
    authorize: ({ token }) => (token === "to~k?en" ? true : "unauthenticated"),
  });
  const { fetch, accept } = server;
  const listener = await serve({ port: 0, fetch, accept, protocols: ["holdfast"] });
  const address = listener.address.replace("ws:", "http:");

  const stranger = await openPage(address, "", "");
  expect(await stranger.said(/not let in/)).toMatch(
    /not let in, or not there \(1006\): is the server running with --origin http:\/\/localhost:3000, and is the token right\?$/,
  );
  const first = await openPage(address, "to~k?en", "?username=Cerulean");
  await first.said(/connected as client_/);
  const second = await openPage(address, "to~k?en", "");
  await second.said(/connected as client_/);
  expect(second.members.textContent).toBe("here: Cerulean");
  second.emit();
  const answer = await second.said(/"success":true/);
  expect(answer).toMatch(/"delivered":2,"acked":\["client_[^"]+","client_[^"]+"\]/);
  await first.said(/ {2}\{"hello":"<b>world<\/b>"\}$/);
  expect(first.members.textContent).toBe("here: somebody");

  first.leave();
  await first.said(/closed with 1005, again in a moment/);
  second.leave();
  await listener.close();
  await server.close();
});

test.each(["localhost", "localhost:8080", "", "http://"])(
  "S17 a server field that holds %j is told, and throws nothing",
  async (field) => {
    const page = await openPage(field, "", "");
    const problem = `a server is written like http://127.0.0.1:8080: got ${field.replace(/\/+$/, "") || "nothing"}`;
    expect(await page.said(/cannot listen/)).toContain(problem);
    await page.emit();
    expect(await page.said(/not emitted/)).toContain(problem);
  },
);

test("S17 a page whose address is put right listens then", async () => {
  const server = createChannelServer({ origins: [ORIGIN] });
  const { fetch, accept } = server;
  const listener = await serve({ port: 0, fetch, accept, protocols: ["holdfast"] });
  const page = await openPage("localhost", "", "");
  await page.said(/cannot listen/);
  page.listenTo(listener.address);
  await page.said(/connected as client_/);
  await page.emit();
  await page.said(/"success":true/);
  page.leave();
  await listener.close();
  await server.close();
});
