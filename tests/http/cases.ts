import { createHttpService } from "@holdfast/http";
import { ensure, same } from "../contract/expect.ts";
import { ask, FINE, FULL, figures, served } from "./served.ts";

const AS_OPERATOR = { headers: { Authorization: "Bearer s3cret" } };

/** What is promised, on every runtime. */
export const cases: readonly { readonly name: string; run(): Promise<void> }[] = [
  {
    name: "/healthz is 200 while all works, and is not to be kept",
    async run() {
      const answer = await ask(served(), "/healthz");
      same(answer.status, 200, "the status");
      same(answer.headers.get("Cache-Control"), "no-store", "Cache-Control");
      ensure(answer.headers.get("Content-Type")?.startsWith("application/json") === true, "JSON");
      same(await answer.json(), FINE, "the answer");
    },
  },
  {
    name: "/healthz is 503 when a part does not work, and says why to the operator alone",
    async run() {
      for (const [token, init, error] of [
        [undefined, {}, undefined],
        [undefined, AS_OPERATOR, undefined],
        ["s3cret", {}, undefined],
        ["s3cret", { headers: { Authorization: "Bearer s3cre" } }, undefined],
        ["s3cret", AS_OPERATOR, FULL.store.error],
      ] as const) {
        const one = served(token === undefined ? {} : { token });
        one.health = async () => FULL;
        const answer = await ask(one, "/healthz", init);
        same(answer.status, 503, "the status");
        const store = { ok: false, ...(error !== undefined && { error }) };
        same(await answer.json(), { ...FULL, store }, "the answer");
      }
    },
  },
  {
    name: "/healthz is 503 in time when nothing answers, and also when the look fails",
    async run() {
      const one = served({ token: "s3cret", healthTimeoutMs: 2_000 });
      one.health = () => new Promise(() => {});
      const asking = ask(one, "/healthz", AS_OPERATOR);
      await one.clock.advance(1_999);
      let answered = false;
      void asking.then(() => {
        answered = true;
      });
      await one.clock.settle();
      ensure(!answered, "no answer before the time");
      await one.clock.advance(1);
      const answer = await asking;
      same(answer.status, 503, "the status");
      const why = { ok: false, error: "no answer within 2000 ms" };
      same(await answer.json(), { status: "degraded", backplane: why, store: why }, "the answer");

      const failing = served();
      failing.health = () => Promise.reject(new Error("broken"));
      same((await ask(failing, "/healthz")).status, 503, "the status of one that fails");
    },
  },
  {
    name: "/healthz looks once for those who ask at once, and again when the answer is old",
    async run() {
      const one = served({ healthIntervalMs: 1_000 });
      await Promise.all(Array.from({ length: 50 }, () => ask(one, "/healthz")));
      same(one.looks, 1, "the looks");
      await one.clock.advance(999);
      await ask(one, "/healthz");
      same(one.looks, 1, "the looks a moment before");
      await one.clock.advance(1);
      one.health = async () => FULL;
      same((await ask(one, "/healthz")).status, 503, "the status");
      same(one.looks, 2, "the looks");
    },
  },
  {
    name: "HEAD is answered as GET, without a body; another method is 405 with Allow",
    async run() {
      for (const path of ["/healthz", "/metrics"]) {
        const head = await ask(served(), path, { method: "HEAD" });
        same([head.status, await head.text()], [200, ""], `HEAD ${path}`);
        const post = await ask(served(), path, { method: "POST", body: "{}" });
        same([post.status, post.headers.get("Allow")], [405, "GET, HEAD"], `POST ${path}`);
        same((await post.json()).code, "METHOD_NOT_ALLOWED", `the code of POST ${path}`);
      }
    },
  },
  {
    name: "/metrics gives the server's figures as Prometheus text, and the same when it is asked again",
    async run() {
      const one = served();
      const answer = await ask(one, "/metrics");
      same(answer.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8", "Content-Type");
      const text = await answer.text();
      for (const line of text.split("\n")) {
        ensure(
          /^($|# (HELP|TYPE) |[a-z_]+(\{[^}]+\})? [0-9.+Inf-]+$)/.test(line),
          `Prometheus text: ${line}`,
        );
      }
      await ask(one, "/metrics");
      const lines = await figures(one);
      for (const line of [
        "holdfast_channels_open 3",
        "holdfast_channels_clients 40",
        "holdfast_channels_events_emitted_total 600",
        "holdfast_channels_events_delivered_total 7000",
        "holdfast_channels_refused_total 15",
        'holdfast_channels_up{part="backplane"} 1',
        'holdfast_channels_up{part="store"} 1',
        "holdfast_channels_backplane_round_trip_seconds 0.002",
      ]) {
        ensure(lines.includes(line), `${line} among ${lines.join("; ")}`);
      }
      ensure(!lines.some((line) => line.startsWith("process_")), "nothing of the process");
    },
  },
  {
    name: "/metrics tells how long requests took by what they were for, without a channel's name or a token",
    async run() {
      const one = served({ token: "s3cret" });
      one.answer = async () => {
        await one.clock.advance(20);
        return Response.json({}, { status: 408 });
      };
      await ask(one, "/secret-channel/emit?require-ack=true&token=hidden", { method: "POST", body: "{}" });
      await ask(one, "/secret-channel/emit", { method: "POST", body: "{}" });
      await ask(one, "/secret-channel/members");
      await ask(one, "/secret-channel");
      const lines = await figures(one, AS_OPERATOR);
      const counted = lines.filter((line) => line.startsWith("holdfast_channels_request_seconds_count"));
      same(
        counted.sort(),
        ["emit", "emit_ack", "members", "other"].map(
          (kind) => `holdfast_channels_request_seconds_count{kind="${kind}",status="408"} 1`,
        ),
        "what was counted",
      );
      const bucket = 'holdfast_channels_request_seconds_bucket{le="0.025",kind="emit_ack",status="408"} 1';
      ensure(lines.includes(bucket), bucket);
      for (const hidden of ["secret-channel", "hidden", "s3cret"]) {
        ensure(!lines.join().includes(hidden), `no ${hidden} in a metric`);
      }
    },
  },
  {
    name: "/metrics asks for the token where there is one",
    async run() {
      for (const header of [undefined, "Bearer", "Bearer other", "Basic s3cret", "Bearer s3cret s3cret"]) {
        const headers = header === undefined ? {} : { Authorization: header };
        const answer = await ask(served({ token: "s3cret" }), "/metrics", { headers });
        same([answer.status, answer.headers.get("WWW-Authenticate")], [401, "Bearer"], `${header}`);
        same((await answer.json()).code, "UNAUTHORIZED", "the code");
      }
      same((await ask(served({ token: "s3cret" }), "/metrics", AS_OPERATOR)).status, 200, "the operator's");
    },
  },
  {
    name: "metrics: false leaves /metrics to the server, which knows no such path",
    async run() {
      const one = served({ metrics: false });
      one.answer = async () => Response.json({ success: false }, { status: 404 });
      same((await ask(one, "/metrics")).status, 404, "the status");
      same(one.asked, [["GET /metrics", undefined]], "what the server was asked");
    },
  },
  {
    name: "everything else goes to the server as it came, with the peer",
    async run() {
      const one = served();
      one.answer = async (request) => new Response(`got ${await request.text()}`, { status: 201 });
      const answer = await ask(one, "/a%2Fb%20é/emit?x=1&x=2", { method: "POST", body: "{}" }, "192.0.2.7");
      same([answer.status, await answer.text()], [201, "got {}"], "the answer");
      for (const path of ["/", "/healthz/", "/healthz/emit", "/metrics/listen", "//healthz"]) {
        await ask(one, path, {}, "192.0.2.7");
      }
      same(
        one.asked,
        [
          ["POST /a%2Fb%20%C3%A9/emit?x=1&x=2", "192.0.2.7"],
          ["GET /", "192.0.2.7"],
          ["GET /healthz/", "192.0.2.7"],
          ["GET /healthz/emit", "192.0.2.7"],
          ["GET /metrics/listen", "192.0.2.7"],
          ["GET //healthz", "192.0.2.7"],
        ],
        "what the server was asked",
      );
    },
  },
  {
    name: "a server that throws is 500 in JSON, which does not tell what was thrown",
    async run() {
      const one = served();
      one.answer = () => Promise.reject(new Error("/srv/private"));
      const answer = await ask(one, "/news/emit");
      const text = await answer.text();
      same([answer.status, JSON.parse(text).code], [500, "INTERNAL"], "the answer");
      ensure(!text.includes("private"), "nothing of what was thrown");
    },
  },
  {
    name: "bad options are refused at the call, and no message holds the token",
    async run() {
      const { service } = served();
      const server = { fetch: service.fetch, health: async () => FINE, stats: () => ({}) };
      for (const [options, message] of [
        [{}, "Option server must have fetch()"],
        [{ server, metrics: 1 }, "Option metrics must be true or false: got 1"],
        [{ server, healthTimeoutMs: -1 }, "Option healthTimeoutMs must be between 0 and 2147483647: got -1"],
        [{ server, token: "two words" }, "Option token must be printable ASCII without spaces"],
        [{ server, token: "" }, "Option token must be printable ASCII without spaces"],
      ] as const) {
        let thrown: unknown;
        try {
          createHttpService(options as never);
        } catch (error) {
          thrown = error;
        }
        same((thrown as Error | undefined)?.message, message, "the message");
      }
    },
  },
];
