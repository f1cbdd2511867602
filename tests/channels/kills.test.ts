import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DatabaseFile, databaseFile } from "../sqlite/database-file.ts";
import type { PlainOptions, ServerLine } from "./channel-process.ts";
import type { ClientLine, PlainClientOptions, Told } from "./client-process.ts";
import { LineProcess } from "./line-process.ts";
import { type Answer, ask, post, RawPeer, until } from "./raw-peer.ts";
import { type Served, serveNode } from "./served.ts";

const ACKED = "news/emit?require-ack=true";

/** A server in a process of its own that keeps its history in a file. */
class KilledServer {
  readonly child: LineProcess<ServerLine>;
  host = "";

  constructor(file: string) {
    const options: PlainOptions = { file, hangs: "hook" };
    this.child = new LineProcess("node", "node-server.ts", options);
  }

  static async start(file: string): Promise<KilledServer> {
    const server = new KilledServer(file);
    const line = await server.child.waitFor("address", (said) => "address" in said);
    server.host = new URL((line as { address: string }).address).host;
    return server;
  }
}

describe("a server that is killed by kill -9 at any step of an emit", () => {
  let database: DatabaseFile;
  let server: KilledServer;
  /** Payloads that were emitted, and ids that a caller was told of. */
  const emitted: number[] = [];
  const answered = new Map<string, number>();
  beforeAll(async () => {
    database = await databaseFile();
    server = await KilledServer.start(database.file);
  });
  afterAll(async () => {
    await server.child.kill();
    await database[Symbol.asyncDispose]();
  });

  /** Emits; resolves with the answer, or with `lost` where the connection was. */
  const emit = async (n: number, path = ACKED): Promise<Answer | "lost"> => {
    emitted.push(n);
    const answer = await post(server.host, path, { n }).catch(() => "lost" as const);
    if (answer !== "lost" && answer.status === 200) answered.set(answer.body.eventID, n);
    return answer;
  };
  /** Kills the server, starts another, and looks for what was answered in its history. */
  const killAndLook = async (): Promise<void> => {
    await server.child.kill();
    server = await KilledServer.start(database.file);
    const { body } = await ask(server.host, "news/history");
    const events: { eventID: string; payload: { n: number } }[] = body.events;
    const kept = new Map(events.map(({ eventID, payload }) => [eventID, payload.n]));
    expect(kept.size).toBe(events.length);
    for (const [id, n] of answered) expect([id, kept.get(id)]).toEqual([id, n]);
    for (const n of kept.values()) expect(emitted).toContain(n);
    expect(new Set(kept.values()).size).toBe(kept.size);
  };

  test("S36 while the caller waits to be let in: the caller is told of a lost connection, and nothing was emitted", async () => {
    const answer = emit(1, "hook/emit");
    await server.child.waitFor("hook", (line) => "asked" in line);
    await killAndLook();
    expect(await answer).toBe("lost");
    expect((await ask(server.host, "news/history")).body.events).toEqual([]);
  });

  test("S36 after DATA, before an ACK: the caller is told of a lost connection", async () => {
    const peer = await RawPeer.listen(server.host, "news");
    const answer = emit(2);
    await peer.hear("DATA");
    await killAndLook();
    expect(await answer).toBe("lost");
    expect((await peer.closed)[0]).toBe(1006);
  });

  test("S36 with the ACK on its way: a lost connection, or an answer that is true", async () => {
    const peer = await RawPeer.listen(server.host, "news");
    const answer = emit(3);
    peer.ack((await peer.hear("DATA")).eventID);
    await killAndLook();
    const told = await answer;
    if (told !== "lost") expect([told.status, told.body.acked]).toEqual([200, [peer.id]]);
  });

  test("S36 with the answer on its way: what arrives of it is whole and true, or nothing arrives", async () => {
    const peer = await RawPeer.listen(server.host, "news");
    const [hostname, port] = server.host.split(":");
    const caller = connect(Number(port), hostname);
    const body = '{"n":4}';
    emitted.push(4);
    // It does not read until the server is gone.
    caller.pause();
    caller.write(
      `POST /${ACKED} HTTP/1.1\r\nHost: ${server.host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    peer.ack((await peer.hear("DATA")).eventID);
    server.child.tell({ stats: 1 });
    await server.child.waitFor("stats", (line) => "stats" in line && line.stats.acked === 1);
    await server.child.kill();
    let text = "";
    caller.on("data", (chunk) => {
      text += chunk;
    });
    const over = new Promise((resolve) => caller.once("close", resolve));
    caller.once("error", () => {});
    caller.resume();
    await over;
    const found = /^HTTP\/1\.1 200 .*\r\n\r\n(?:[\da-f]+\r\n)?(\{.*\})/s.exec(text)?.[1];
    if (text !== "") {
      const { eventID, acked } = JSON.parse(found ?? "nothing whole");
      expect(acked).toEqual([peer.id]);
      answered.set(eventID, 4);
    }
    await killAndLook();
  });

  test("S36 in the middle of many: each caller is told the truth, and what was answered is in history", async () => {
    const peer = await RawPeer.listen(server.host, "news");
    peer.socket.on("message", (data) => {
      const { type, eventID } = JSON.parse(String(data));
      if (type === "DATA") peer.ack(eventID);
    });
    const before = answered.size;
    const answers = Array.from({ length: 40 }, (_, at) => emit(100 + at));
    await until("some answers", () => answered.size - before >= 5);
    await killAndLook();
    for (const told of await Promise.all(answers)) {
      if (told !== "lost") expect([told.status, told.body.acked]).toEqual([200, [peer.id]]);
    }
  });
});

describe("a client that is killed by kill -9 at any step of an emit", () => {
  let server: Served;
  let children: LineProcess<ClientLine>[];
  const killed = (index: number): LineProcess<ClientLine> => children[index] as LineProcess<ClientLine>;
  beforeAll(async () => {
    server = await serveNode();
    children = (["manual", "manual", "auto"] as const).map((ack, at) => {
      const options: PlainClientOptions = { url: `ws://${server.host}`, channel: `killed-${at}`, ack };
      return new LineProcess("node", "node-client.ts", options);
    });
    await Promise.all(children.map((child) => child.waitFor("connected", isTold("connected"))));
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await server[Symbol.asyncDispose]();
  });
  const isTold = (name: string) => (line: ClientLine) => "name" in line && line.name === name;
  const idOf = (child: LineProcess<ClientLine>): string =>
    (child.lines.find(isTold("connected")) as Told).event.clientId;

  test("S37 before it reads DATA: 410 names it, at once", async () => {
    await using other = await RawPeer.listen(server.host, "killed-0");
    killed(0).signal("SIGSTOP");
    const answer = post(server.host, "killed-0/emit?require-ack=true", { n: 1 });
    other.ack((await other.hear("DATA")).eventID);
    await killed(0).kill();
    expect(await answer).toMatchObject({
      status: 410,
      body: { acked: [other.id], left: [idOf(killed(0))], delivered: 2 },
    });
    expect((await other.hear("PRESENCE:LEFT")).payload).toEqual({ clientID: idOf(killed(0)) });
  });

  test("S37 after DATA, before its ACK: 410 names it, at once", async () => {
    const answer = post(server.host, "killed-1/emit?require-ack=true", { n: 1 });
    await killed(1).waitFor("event", isTold("event"));
    await killed(1).kill();
    expect(await answer).toMatchObject({ status: 410, body: { acked: [], left: [idOf(killed(1))] } });
  });

  test("S37 after its ACK, while another is waited for: it has acknowledged, and stays so", async () => {
    await using other = await RawPeer.listen(server.host, "killed-2");
    const before = (await server.stats()).acked;
    const answer = post(server.host, "killed-2/emit?require-ack=true", { n: 1 });
    const { eventID } = await other.hear("DATA");
    await until("its ACK", async () => (await server.stats()).acked === before + 1);
    await killed(2).kill();
    await other.hear("PRESENCE:LEFT");
    other.ack(eventID);
    expect(await answer).toMatchObject({ status: 200, body: { acked: [idOf(killed(2)), other.id] } });
  });
});
