import type { Fault } from "./fault.ts";

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

/** What a page of another origin may read besides the body. */
const EXPOSED = "Retry-After, Allow";

/** An answer of the HTTP half: JSON, or its text, whole or in parts; never cached, never taken for anything else. */
export function jsonAnswer(
  status: number,
  body: object | string | ReadableStream<Uint8Array>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  // In a terminal, the prompt comes on a line of its own.
  const whole =
    body instanceof ReadableStream ? body : `${typeof body === "string" ? body : JSON.stringify(body)}\n`;
  return new Response(whole, { status, headers: { ...HEADERS, ...headers } });
}

/** The answer to a refused request. */
export function faultAnswer(fault: Fault): Response {
  return jsonAnswer(fault.status, bodyOf(fault), fault.headers);
}

/** A fault as the refusal of an upgrade: the same answer, before a socket exists. */
export function refusalOf(fault: Fault): {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  return {
    status: fault.status,
    reason: JSON.stringify(bodyOf(fault)),
    headers: { ...HEADERS, ...fault.headers },
  };
}

/** The answer to a browser that asks before it emits from another origin. */
export function preflightAnswer(methods: string): Response {
  const headers = {
    "Access-Control-Allow-Methods": methods,
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "600",
    "Cache-Control": "no-store",
  };
  return new Response(null, { status: 204, headers });
}

/** Lets the page of an allowed origin read an answer. Every answer says that it differs by origin. */
export function allowOrigin(response: Response, origin: string | undefined): Response {
  response.headers.append("Vary", "Origin");
  if (origin === undefined) return response;
  response.headers.set("Access-Control-Allow-Origin", origin);
  response.headers.set("Access-Control-Expose-Headers", EXPOSED);
  return response;
}

function bodyOf({ code, message }: Fault): object {
  return { success: false, error: message, code };
}
