import { defineProtocol, type Protocol } from "@holdfast/core";
import * as v from "valibot";

/** What the dialler says. */
export interface ProbeClient {
  ping: { unique_id: number };
  say: { text: string };
}

/** What the server says. */
export interface ProbeServer {
  hello: object;
  pong: { unique_id: number };
  said: { text: string };
}

const numbered = v.object({ unique_id: v.number() });
const texted = v.object({ text: v.string() });

/** A protocol with a hello, and a ping of its own for runtimes whose transport has none. */
export const probeProtocol: Protocol<ProbeClient, ProbeServer> = defineProtocol<ProbeClient, ProbeServer>({
  name: "probe",
  client: { ping: numbered, say: texted },
  server: { hello: v.object({}), pong: numbered, said: texted },
});

/** The frames of a server that is no fault itself. */
export const helloText = '{"type":"hello"}';

/** The frame of a `said`. */
export const saidText = (text: string): string => JSON.stringify({ type: "said", text });

/** What a proper server answers to a frame of the dialler's. */
export function answerTo(frame: string): readonly string[] {
  const message = JSON.parse(frame) as { type: string; unique_id?: number; text?: string };
  if (message.type === "ping") return [JSON.stringify({ type: "pong", unique_id: message.unique_id })];
  return [saidText(`${message.text?.length}`)];
}
