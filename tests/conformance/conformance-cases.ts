import { same } from "../contract/expect.ts";
import type { ListenerCase } from "../contract/listener-contract.ts";
import { rawlyOpen } from "../contract/raw-case.ts";
import type { RawClient } from "../contract/raw-client.ts";
import { FRAME_ROWS } from "./rfc6455-frames.ts";
import { MESSAGE_ROWS } from "./rfc6455-messages.ts";
import type { Outcome, Row } from "./row.ts";
import { wire } from "./wire-frame.ts";

/** The cases of the table, for a hardened server or for Deno's own. */
export function conformanceCases(hardened: boolean): ListenerCase[] {
  return [...FRAME_ROWS, ...MESSAGE_ROWS].map((row) => ({
    name: `${said(expected(row, hardened)) === said(row.outcome) ? "" : "deviation: "}RFC 6455, ${row.section}: ${row.name}: ${said(expected(row, hardened))}`,
    run: (subject) =>
      rawlyOpen(subject, async ({ client, guest: { recorder } }) => {
        const outcome = expected(row, hardened);
        client.send(...row.frames.map(wire));
        const messages = "taken" in outcome ? (outcome.taken ?? []) : [];
        if ("failed" in outcome || "closed" in outcome) await recorder.ended();
        else {
          // One more, which can only arrive when what came before it was taken.
          const last = row.frames.at(-1);
          const open = last?.fin === false;
          if (!open) client.send(wire({ opcode: 1, payload: "last" }));
          const count = 1 + messages.length + (open ? 0 : 1);
          await recorder.until("the messages", () => recorder.frames.length === count);
          same(recorder.frames.slice(1, 1 + messages.length), messages, "the messages");
          const pongs = ("pongs" in outcome && outcome.pongs) || [];
          await client.until("the pongs", () => pongsOf(client).length === pongs.length);
          return same(pongsOf(client), pongs, "the pongs");
        }
        same(recorder.frames.slice(1), messages, "the messages");
        const [end] = recorder.ends;
        if ("failed" in outcome) {
          const tooLarge = outcome.failed === 1009 || outcome.failed === 4009;
          same(end?.kind, tooLarge ? "too-large" : "abnormal", "what the listener's side hears");
          await client.until("the end", () => client.ended || client.closeCode !== undefined);
          return same(client.closeCode, outcome.failed, "the close code sent");
        }
        same(end?.code, outcome.closed, "what the listener's side hears");
        await client.until("the answer", () => client.ended || client.closeCode !== undefined);
        same(client.closeCode || undefined, outcome.closed, "the close code sent");
      }),
  }));
}

/** Deno's own server leaves out the code of a failure; other differences stand in the row. */
function expected({ outcome, native }: Row, hardened: boolean): Outcome {
  if (hardened) return outcome;
  if (native !== undefined) return native;
  return "failed" in outcome ? { ...outcome, failed: undefined } : outcome;
}

function said(outcome: Outcome): string {
  if ("failed" in outcome) return outcome.failed ? `fails with ${outcome.failed}` : "fails without a code";
  if ("closed" in outcome) return outcome.closed ? `is answered with ${outcome.closed}` : "is answered";
  return "is taken";
}

/** The payloads of the pongs that came after the HTTP answer. */
function pongsOf(client: RawClient): string[] {
  const text = client.text.slice(client.text.indexOf("\r\n\r\n") + 4);
  const pongs: string[] = [];
  for (let at = 0; at + 1 < text.length; at += 2 + text.charCodeAt(at + 1)) {
    if (text.charCodeAt(at) === 0x8a) pongs.push(text.slice(at + 2, at + 2 + text.charCodeAt(at + 1)));
  }
  return pongs;
}
