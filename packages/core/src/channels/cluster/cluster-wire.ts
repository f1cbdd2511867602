import type { SharedEvent } from "./others.ts";

/** The subject on which all servers hear what is emitted, and of each other. */
export const EVENTS = "channels/events";

/** The subject on which one server is answered. */
export function subjectOf(node: string): string {
  return `channels/node/${node}`;
}

/** What servers say to all: an event, that they are there, and that they end. */
export type ToAll =
  | ({ readonly kind: "event"; readonly node: string } & SharedEvent)
  | { readonly kind: "hello" | "bye"; readonly node: string };

/** What a server says to the one whose event it got: who took it, who acknowledged it, and who left before that. */
export type ToOne =
  | {
      readonly kind: "took";
      readonly node: string;
      readonly eventId: string;
      readonly count: number;
      /** Their ids, where acknowledgement is waited for. */
      readonly clients: readonly string[];
    }
  | {
      readonly kind: "acked" | "left";
      readonly node: string;
      readonly eventId: string;
      readonly clientId: string;
    };

/** @throws {TypeError | SyntaxError} for what no server of ours says. */
export function readToAll(text: string): ToAll {
  const message = JSON.parse(text) as Record<string, unknown>;
  const { kind, node, channel, eventId, payload, time, requireAck, clients, lost } = message;
  const isEvent =
    areTexts([channel, eventId, payload]) &&
    typeof time === "number" &&
    typeof requireAck === "boolean" &&
    (clients === undefined || areTexts(clients)) &&
    (lost === undefined || typeof lost === "boolean");
  if (!areTexts([node]) || !(kind === "hello" || kind === "bye" || (kind === "event" && isEvent))) {
    throw new TypeError("it is no message to all servers");
  }
  return message as unknown as ToAll;
}

/** @throws {TypeError | SyntaxError} for what no server of ours says. */
export function readToOne(text: string): ToOne {
  const message = JSON.parse(text) as Record<string, unknown>;
  const { kind, node, eventId, clientId, count, clients } = message;
  const fits =
    kind === "took"
      ? Number.isSafeInteger(count) && areTexts(clients)
      : (kind === "acked" || kind === "left") && areTexts([clientId]);
  if (!areTexts([node, eventId]) || !fits) throw new TypeError("it is no answer of a server");
  return message as unknown as ToOne;
}

function areTexts(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => typeof value === "string");
}
