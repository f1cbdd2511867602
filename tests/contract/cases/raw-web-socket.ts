import { ensure, pass, same } from "../expect.ts";
import type { ListenerCase } from "../listener-contract.ts";
import { rawly, rawlyOpen } from "../raw-case.ts";
import { clientFrame, type RawClient, upgradeRequest } from "../raw-client.ts";
import { hostileFrameCases } from "./raw-hostile.ts";

/** What RFC 6455, section 4.2.1, has a server refuse; an empty value is a header that is missing. */
const BAD_UPGRADES = [
  { header: ["Upgrade", "h2c"], checked: "always" },
  { header: ["Sec-WebSocket-Key", ""], checked: "always" },
  { header: ["Sec-WebSocket-Key", "short"], checked: "hardened" },
  { header: ["Sec-WebSocket-Version", "7"], checked: "hardened" },
] as const;

const answered = (client: RawClient): Promise<void> =>
  client.until("the answer", () => client.text.includes("\r\n\r\n"));

/** What is promised to, and of, peers that speak HTTP and RFC 6455 by hand. */
export function webSocketListenerCases(hardened: boolean): ListenerCase[] {
  return [
    {
      name: "a request that is no upgrade is answered with 426",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          client.send("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
          await answered(client);
          ensure(client.text.startsWith("HTTP/1.1 426 "), `426, and not ${client.text.slice(0, 40)}`);
          same(door.asked, 0, "how often the door was asked");
        }),
    },
    {
      name: hardened
        ? "the connection of a refusal is closed by the listener"
        : "deviation: the connection of a refusal is left for the peer to close, in spite of its header",
      run: (subject) =>
        rawly(
          subject,
          async ({ client }) => {
            client.send(upgradeRequest());
            await answered(client);
            ensure(/^connection: close\r$/im.test(client.text), "connection: close");
            if (hardened) return client.until("the end", () => client.ended);
            await pass(500);
            same(client.ended, false, "the end");
          },
          { refuse: () => ({ status: 403, reason: "no" }) },
        ),
    },
    ...BAD_UPGRADES.map(({ header, checked }): ListenerCase => {
      const refused = hardened || checked === "always";
      return {
        name: refused
          ? `S2 an upgrade with ${header.join(": ")} is answered with 4xx, and welcomes nobody`
          : `deviation: S2 an upgrade with ${header.join(": ")} is taken`,
        run: (subject) =>
          rawly(subject, async ({ client, door }) => {
            const [name, value] = header;
            client.send(upgradeRequest({ [name]: value || undefined }));
            await answered(client);
            const status = Number(client.text.slice(9, 12));
            ensure(refused ? status >= 400 && status < 500 : status === 101, `not ${status}`);
            if (refused) same(door.guests.length, 0, "the guests");
          }),
      };
    }),
    {
      name: "S2 a header of 64 KiB is answered with 4xx",
      run: (subject) =>
        rawly(subject, async ({ client }) => {
          client.send(upgradeRequest({ "X-Long": "x".repeat(65_536) }));
          await answered(client);
          ensure(/^HTTP\/1.1 4\d\d /.test(client.text), `4xx, and not ${client.text.slice(0, 40)}`);
        }),
    },
    {
      name: "S3 an extension called constructor is nothing special",
      run: (subject) =>
        rawly(subject, async ({ client, door }) => {
          client.send(upgradeRequest({ "Sec-WebSocket-Extensions": "constructor" }));
          await door.guest();
          await answered(client);
          ensure(!/extensions/i.test(client.text), "no extension in the answer");
        }),
    },
    {
      name: "a refusal is answered with its status and its reason as plain text, and cannot forge a header",
      run: (subject) =>
        rawly(
          subject,
          async ({ client }) => {
            client.send(upgradeRequest());
            await client.until("the body", () => client.text.endsWith("</b>"));
            const [head = "", body] = client.text.split(/\r\n\r\n/);
            ensure(head.startsWith("HTTP/1.1 403 "), `403, and not ${head.slice(0, 40)}`);
            ensure(/^content-type: text\/plain/im.test(head), "plain text");
            ensure(!/^X-Forged/im.test(head), "no forged header");
            same(body, "no\r\nX-Forged: <b>1</b>", "the body");
          },
          { refuse: () => ({ status: 403, reason: "no\r\nX-Forged: <b>1</b>" }) },
        ),
    },
    {
      name: "S9 a subprotocol that is offered is not echoed: it may be a token",
      run: (subject) =>
        rawly(subject, async ({ client }) => {
          client.send(upgradeRequest({ "Sec-WebSocket-Protocol": "bearer.c2VjcmV0, two" }));
          await answered(client);
          same(client.text.slice(0, 13), "HTTP/1.1 101 ", "the answer");
          ensure(!/sec-websocket-protocol|c2VjcmV0/i.test(client.text), "no subprotocol in the answer");
        }),
    },
    {
      name: "S9 the first subprotocol offered that the listener was told to speak is the one that is taken",
      run: (subject) =>
        rawly(
          subject,
          async ({ client }) => {
            client.send(upgradeRequest({ "Sec-WebSocket-Protocol": "bearer.c2VjcmV0, two, one" }));
            await answered(client);
            same(/^sec-websocket-protocol: (.*)\r$/im.exec(client.text)?.[1], "two", "the subprotocol");
          },
          { listen: { protocols: ["one", "two"] } },
        ),
    },
    {
      name: "S30 a peer that is lost is told once, as abnormal",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          client.drop();
          same((await guest.recorder.ended()).kind, "abnormal", "what the listener's side hears");
        }),
    },
    {
      name: hardened
        ? "S31 a close that the peer never answers ends as abnormal after about a second, and TCP with it"
        : "deviation: S31 a close that the peer never answers is told after about a second, but TCP stays",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          guest.recorder.inside("close", () => guest.socket.close(4000, "bye"));
          same((await guest.recorder.ended(1_800)).kind, "abnormal", "what the listener's side hears");
          same(client.closeCode, 4000, "the close code sent");
          if (hardened) return client.until("the end", () => client.ended);
          await pass(200);
          same(client.ended, false, "the end of TCP");
        }),
    },
    {
      name: hardened
        ? "a frame that comes between this side's close and the answer still arrives"
        : "deviation: a frame that comes between this side's close and the answer is lost, and so is the code",
      run: (subject) =>
        rawlyOpen(subject, async ({ client, guest }) => {
          guest.socket.close(4000, "bye");
          client.send(clientFrame(0x81, "late"), clientFrame(0x88, Uint8Array.of(0x0f, 0xa0)));
          const cause = await guest.recorder.ended();
          const told = hardened ? ["closed", 4000] : ["abnormal", undefined];
          same([cause.kind, cause.code], told, "what the listener's side hears");
          same(guest.recorder.frames, hardened ? ["first", "late"] : ["first"], "the frames");
        }),
    },
    {
      name: "a listener that closes also drops connections that have not asked for anything yet",
      run: async (subject) => {
        const listener = await subject.listen(() => ({ status: 404, reason: "nobody" }));
        const silent = await subject.dialRaw(listener.port);
        const halfway = await subject.dialRaw(listener.port);
        halfway.send("GET / HTTP/1.1\r\nHost: x\r\nX-Sl");
        await pass(50);
        await listener.close();
        await silent.until("the end", () => silent.ended);
        await halfway.until("the end", () => halfway.ended);
        silent.drop();
        halfway.drop();
      },
    },
    ...hostileFrameCases(hardened),
  ];
}
