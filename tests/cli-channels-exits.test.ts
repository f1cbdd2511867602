import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client/sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ending, listening, served } from "./cli/channels.ts";
import { bundleHoldfast, type Holdfast } from "./cli/holdfast.ts";
import { unusedPort } from "./support/unused-port.ts";

let holdfast: Holdfast;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-"));
  holdfast = await bundleHoldfast();
});
afterAll(async () => {
  await holdfast.cleanUp();
  await rm(directory, { recursive: true, force: true });
});

test("exit codes of an emit: 1 nobody, 3 not reachable, 4 refused, each with its reason", async () => {
  const { news, url } = await served(holdfast, "--token=right", "--max-message-bytes=100");
  const emit = (...args: string[]) => holdfast.run("emit", ...args, "--token=right");
  const nobody = await emit(news, "1");
  expect([nobody.code, nobody.stdout]).toEqual([1, expect.stringContaining("nobody listens to news")]);
  const noAck = await emit(news, "1", "--require-ack", "--json");
  expect([noAck.code, JSON.parse(noAck.stdout)]).toEqual([
    1,
    expect.objectContaining({ code: "NO_CLIENTS" }),
  ]);
  const unknown = await emit(news, "1", "--clients=client_gone");
  expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringMatching(/missing +client_gone/)]);
  await listening(holdfast, {}, news, "--token=right");
  const few = await emit(news, "1", "--clients=7");
  expect([few.code, few.stdout]).toEqual([1, expect.stringContaining("fewer than 7 clients")]);

  const free = await unusedPort();
  const gone = await emit(`http://127.0.0.1:${free}/news`, "1", "--timeout=1");
  expect([gone.code, gone.stderr]).toEqual([
    3,
    expect.stringMatching(/ECONNREFUSED.*: is the server running\?/),
  ]);
  const tls = await emit(news.replace("http:", "https:"), "1", "--timeout=1");
  expect([tls.code, tls.stderr]).toEqual([
    3,
    expect.stringMatching(/^.*: the server speaks no TLS there.*\n$/),
  ]);
  const wrong = await holdfast.run("emit", news, "1", "--token=wrong", "--json");
  expect(JSON.parse(wrong.stdout)).toMatchObject({ code: "unauthorized", status: 401 });
  expect([wrong.code, wrong.stderr.includes("wrong")]).toEqual([4, false]);
  const large = await emit(news, JSON.stringify("x".repeat(200)));
  expect([large.code, large.stderr]).toEqual([4, expect.stringContaining("TOO_LARGE")]);
  const elsewhere = await emit(`${url}/api/v1/news`, "1");
  expect([elsewhere.code, elsewhere.stderr]).toEqual([4, expect.stringContaining("404")]);
});

test("an emit that is interrupted says what is not known, and ends with 130", async () => {
  const { news } = await served(holdfast);
  const listener = await listening(holdfast, { stdin: true }, news, "--ack=manual");
  const emitted = ending(holdfast.start("emit", news, "1", "--require-ack"));
  await listener.wrote(/waits for acknowledgement/);
  emitted.child.kill("SIGINT");
  expect(await emitted.ended).toBe(130);
  expect(emitted.stderr).toBe("interrupted: it may have been delivered all the same\n");
});

test("S5 a server that has no room was reached, and says which option makes some", async () => {
  const { news, server } = await served(holdfast, "--connections-per-address=1");
  await listening(holdfast, {}, news);
  const second = await holdfast.run("listen", news, "--for=0.5");
  expect(second.code).toBe(3);
  expect(second.stderr).toMatch(
    /^error: the server answered, and let nobody in: .*429.*--connections-per-address/,
  );
  expect(second.stdout).toMatch(/refused: .*429/);
  await server.wrote(/refused: TOO_MANY_CONNECTIONS 127\.0\.0\.1 at news \(see --connections-per-address\)/);
});

test("exit codes of a listener: 1 fewer events than asked for, 3 never reached, 4 refused", async () => {
  const { news, url } = await served(holdfast, "--token=right");
  const listen = (...args: string[]) => holdfast.run("listen", ...args, "--for=0.5");
  const few = await listen(news, "--token=right", "--count=1");
  expect([few.code, few.stderr]).toEqual([1, "error: 0 of 1 event came\n"]);
  expect((await listen(news, "--token=right")).code).toBe(0);
  const free = await unusedPort();
  const gone = await listen(`http://127.0.0.1:${free}/news`);
  expect(gone.code).toBe(3);
  expect(gone.stderr).toMatch(
    /^error: the server was never reached: .*ECONNREFUSED.*: is the server running\?.*\n$/,
  );
  const refused = await holdfast.run("listen", news, "--token=wrong");
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringMatching(/401.*--token/)]);
  expect(refused.stdout + refused.stderr).not.toContain("wrong");
  const elsewhere = await holdfast.run("listen", `${url}/api/v1/news`);
  expect(elsewhere.code).toBe(4);
  expect(elsewhere.stderr).toMatch(/404: there are no channels at this address\n$/);
});

test("exit codes of a server: 3 for a port that is taken and for a store that cannot be used", async () => {
  const { url } = await served(holdfast);
  const { port } = new URL(url);
  const taken = await holdfast.run("channels", `--port=${port}`);
  expect([taken.code, taken.stderr]).toEqual([
    3,
    expect.stringMatching(`${port}.*: --port 0 takes a free one`),
  ]);
  const file = join(directory, "text.db");
  await writeFile(file, "this is no database, and long enough to be looked at");
  const noDatabase = await holdfast.run("channels", "--port=0", "--store", file);
  expect([noDatabase.code, noDatabase.stderr]).toEqual([3, expect.stringContaining("no SQLite file")]);
  expect(noDatabase.stderr.split(file)).toHaveLength(2);
  const nowhere = await holdfast.run("channels", "--port=0", "--store", join(directory, "no", "such.db"));
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining("cannot be opened")]);
});

test("a server whose store is locked serves all the same, and says what is not kept and when it is", async () => {
  const file = join(directory, "locked.db");
  const { server: first, news: before } = await served(holdfast, "--store", file);
  await holdfast.run("emit", before, "1");
  first.child.kill("SIGTERM");
  await first.ended;
  const other = createClient({ url: `file:${file}` });
  const lock = await other.transaction("write");

  const { server, url, news } = await served(holdfast, "--store", file);
  await server.wrote(/Degraded: .*locked/);
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
  const kept = await holdfast.run("emit", news, "2", "--json");
  expect(JSON.parse(kept.stdout)).toMatchObject({ code: "delivered", stored: false });
  const lost = await holdfast.run("emit", news, "2");
  expect([lost.code, lost.stdout]).toEqual([1, expect.stringContaining("could not keep it: it is lost")]);
  lock.close();
  other.close();
  const later = await holdfast.run("emit", news, "3", "--json");
  expect(JSON.parse(later.stdout)).toMatchObject({ code: "delivered", stored: true });
  await server.wrote(/Everything works again/);
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
});
