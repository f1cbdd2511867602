import type { ChannelHealth } from "@holdfast/core/channels";
import { type Context, Hono } from "hono";
import { checkOptions } from "./checks.ts";
import { HealthLook } from "./health-look.ts";
import type { HttpService, HttpServiceOptions } from "./http-service-options.ts";
import { kindOf, Metrics } from "./metrics.ts";
import { tokenCheck } from "./token-check.ts";

/** What a request brings besides itself. */
type Env = { Bindings: { peer: string | undefined } };

/**
 * Puts what an operator asks for before a channel server: `GET /healthz`, 200 or 503, and `GET /metrics` for
 * Prometheus. Everything else goes to the server. No metric carries a channel's name or a token.
 *
 * @throws {TypeError | RangeError} an option makes no sense
 * @example
 * ```ts
 * import { createChannelServer } from "@holdfast/core/channels";
 * import { createHttpService } from "@holdfast/http";
 *
 * const server = createChannelServer();
 * const service = createHttpService({ server });
 * const answer = await service.fetch(new Request("http://127.0.0.1/healthz"));
 * console.log(answer.status, await answer.json()); // 200 and what works
 * await server.close();
 * ```
 */
export function createHttpService(options: HttpServiceOptions): HttpService {
  const { server, token, clock, ...rest } = checkOptions(options);
  const look = new HealthLook(() => server.health(), clock, rest.healthTimeoutMs, rest.healthIntervalMs);
  const metrics = rest.metrics ? new Metrics(rest.processMetrics) : undefined;
  const isOperator = tokenCheck(token);
  const app = new Hono<Env>();

  app.get("/healthz", async (context) => {
    const health = await look.now();
    const told = token !== undefined && (await isOperator(context.req.raw)) ? health : withoutReasons(health);
    return context.json(told, health.status === "ok" ? 200 : 503, NOT_KEPT);
  });
  app.all("/healthz", otherMethod);

  if (metrics !== undefined) {
    app.get("/metrics", async (context) => {
      if (token !== undefined && !(await isOperator(context.req.raw))) {
        const headers = { ...NOT_KEPT, "WWW-Authenticate": "Bearer" };
        return context.json(failure("UNAUTHORIZED", "Metrics need the operator's token"), 401, headers);
      }
      const text = await metrics.text(server.stats(), await look.now());
      return context.body(text, 200, { ...NOT_KEPT, "Content-Type": metrics.contentType });
    });
    app.all("/metrics", otherMethod);
  }

  app.all("*", async ({ req, env }) => {
    const began = clock.now();
    const response = await server.fetch(req.raw, env.peer);
    metrics?.answered(kindOf(req.raw), response.status, clock.now() - began);
    return response;
  });
  app.onError((_, context) => {
    return context.json(failure("INTERNAL", "The server made a mistake"), 500, NOT_KEPT);
  });
  return { fetch: async (request, peer) => app.fetch(request, { peer }) };
}

const NOT_KEPT = { "Cache-Control": "no-store" };

function otherMethod(context: Context<Env>): Response {
  const error = `${context.req.path} takes GET and HEAD: got ${context.req.method}`;
  return context.json(failure("METHOD_NOT_ALLOWED", error), 405, { ...NOT_KEPT, Allow: "GET, HEAD" });
}

function failure(code: string, error: string): { success: false; error: string; code: string } {
  return { success: false, error, code };
}

/** What anybody may know: reasons name files and hosts. */
function withoutReasons({ status, backplane, store }: ChannelHealth): ChannelHealth {
  const { error: _, ...reached } = backplane;
  return { status, backplane: reached, store: { ok: store.ok } };
}
