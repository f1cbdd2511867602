import { HoldfastError, messageOf } from "../../errors.ts";
import type { ServerLimits } from "../../server/limits.ts";
import type { OriginCheck } from "../../server/origin.ts";
import { emitAnswer } from "../client/emit-answer.ts";
import type { Member } from "../messages.ts";
import type { Admission } from "../server/admission.ts";
import { tokenOf } from "../server/credentials.ts";
import { sinceOf } from "../server/door.ts";
import type { Emits } from "../server/emits.ts";
import type { EventLog } from "../server/event-log.ts";
import type { Asker } from "../server/refusal.ts";
import { readEmit } from "./emit-request.ts";
import { Fault } from "./fault.ts";
import { HistoryAnswers } from "./history-answers.ts";
import { type Parameters, parametersOf, wholeNumber } from "./parameters.ts";
import { allowOrigin, faultAnswer, jsonAnswer, preflightAnswer } from "./responses.ts";
import { methodsOf, type Route, routeOf } from "./routes.ts";

/** What the HTTP half needs of its server. */
export interface HttpOwner {
  readonly limits: ServerLimits;
  readonly origins: OriginCheck;
  readonly admission: Admission;
  readonly tokenInQuery: boolean;
  readonly emits: Emits;
  readonly log: EventLog;
  /** How many events a history holds. */
  readonly maxEvents: number;
  /** @throws {Fault} `DRAINING` */
  checkOpen(): void;
  members(channel: string): Promise<readonly Member[]>;
  refused(fault: Fault, asker: Asker): void;
  failed(error: HoldfastError): void;
}

/** The HTTP half: emit, history and members. */
export class HttpHalf {
  readonly #owner: HttpOwner;
  readonly #histories = new HistoryAnswers();

  constructor(owner: HttpOwner) {
    this.#owner = owner;
  }

  /** Answers one request. Never rejects. */
  async answer(request: Request, peer: string | undefined): Promise<Response> {
    let welcome: string | undefined;
    try {
      welcome = this.#checkOrigin(request);
      return allowOrigin(await this.#route(request, peer), welcome);
    } catch (error) {
      const fault = this.#faultOf(error);
      const origin = request.headers.get("origin") ?? undefined;
      this.#owner.refused(fault, { path: new URL(request.url).pathname, peer, origin });
      return allowOrigin(faultAnswer(fault), welcome);
    }
  }

  /** The origin that may read the answer, before anything else is looked at (S5). @throws {Fault} `BAD_ORIGIN` */
  #checkOrigin({ headers, url }: Request): string | undefined {
    const origin = headers.get("origin") ?? undefined;
    const host = headers.get("host") ?? new URL(url).host;
    const refusal = this.#owner.origins.refusal({ origin, host });
    if (refusal !== undefined) throw new Fault("BAD_ORIGIN", refusal);
    return origin;
  }

  async #route(request: Request, peer: string | undefined): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const route = routeOf(pathname, this.#owner.limits.maxNameLength);
    const methods = methodsOf(route);
    if (request.method === "OPTIONS") return preflightAnswer(methods);
    if (!methods.split(", ").includes(request.method)) {
      throw new Fault("METHOD_NOT_ALLOWED", `Method of ${route.action} must be one of ${methods}`, {
        Allow: methods,
      });
    }
    if (route.action === "listen") {
      throw new Fault("UPGRADE_REQUIRED", "Listening needs a WebSocket", { Upgrade: "websocket" });
    }
    if (route.action === "emit") this.#checkSite(request);
    const parameters = parametersOf(search);
    await this.#authorize(request, peer, route, parameters);
    if (route.action === "emit") return this.#emit(request, route.channel, parameters);
    if (route.action === "history") return this.#history(route.channel, parameters);
    return jsonAnswer(200, { success: true, members: await this.#owner.members(route.channel) });
  }

  /**
   * A picture on another site's page is a GET without `Origin`, and it must not emit. Browsers send `Sec-Fetch-Site` to
   * HTTPS and to localhost only; to any other address there is the `Referer`, unless the page holds it back.
   */
  #checkSite({ headers, url }: Request): void {
    if (headers.has("origin")) return;
    const site = headers.get("sec-fetch-site");
    if (site === "same-origin") return;
    const host = headers.get("host") ?? new URL(url).host;
    const referer = headers.get("referer");
    if (site === "cross-site" || site === "same-site") {
      // Welcome only where every origin is: `null` stands for one that nobody named.
      if (this.#owner.origins.refusal({ origin: "null", host }) === undefined) return;
      throw new Fault("BAD_ORIGIN", `A page of another origin must say which: Sec-Fetch-Site is ${site}`);
    }
    if (referer === null) return;
    const origin = URL.canParse(referer) ? new URL(referer).origin : "null";
    const refusal = this.#owner.origins.refusal({ origin, host });
    if (refusal !== undefined) throw new Fault("BAD_ORIGIN", `Referer is of another page. ${refusal}`);
  }

  async #authorize(
    request: Request,
    peer: string | undefined,
    { action, channel }: Route,
    parameters: Parameters,
  ): Promise<void> {
    if (action === "emit") this.#owner.checkOpen();
    const { admission, tokenInQuery } = this.#owner;
    const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
    const token = tokenOf({ header, parameters }, tokenInQuery);
    await admission.ask({ action, channel, token, header, peer }, request.signal);
  }

  async #emit(request: Request, channel: string, parameters: Parameters): Promise<Response> {
    const { limits, tokenInQuery, emits } = this.#owner;
    const asked = await readEmit(request, parameters, { ...limits, tokenInQuery });
    return emitAnswer(await emits.emit(channel, asked, request.signal), asked.aim.kind === "everybody");
  }

  #history(channel: string, parameters: Parameters): Promise<Response> {
    const { log, maxEvents } = this.#owner;
    const limit = wholeNumber(parameters, "limit", maxEvents) ?? maxEvents;
    const since = sinceOf(parameters);
    return this.#histories.answer(() =>
      since === undefined ? log.latest(channel, limit) : log.after(channel, since, limit),
    );
  }

  #faultOf(error: unknown): Fault {
    if (error instanceof Fault) return error;
    if ((error as HoldfastError | null)?.code === "aborted") {
      // Nobody reads this: the caller hung up.
      return new Fault("ACK_TIMEOUT", "Caller hung up before everybody acknowledged");
    }
    this.#owner.failed(
      new HoldfastError("server-error", `Request failed: ${messageOf(error)}`, { cause: error }),
    );
    return new Fault("INTERNAL", "The server failed");
  }
}
