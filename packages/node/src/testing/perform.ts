import type { FaultStep } from "./fault-step.ts";
import { closeFrame, frame, frameHead, OPCODE, textFrame } from "./frame.ts";
import { refusalAnswer } from "./handshake.ts";
import { delay, type Wire } from "./wire.ts";

/** What a step needs of the connection it is done to. */
export interface Performer {
  readonly wire: Wire;
  /** Answers the request with 101, or with 400 where it asks for no WebSocket. */
  upgrade(byteDelayMs: number | undefined, signal: AbortSignal): Promise<void>;
  /** Answers nothing of the dialler's any more. */
  fallSilent(): void;
}

/** How much of an oversized frame is in memory at a time, in bytes. */
const CHUNK_BYTES = 65_536;

/** Does one step; resolves once its bytes are with the system. The signal cuts delays short. */
export async function perform(step: FaultStep, peer: Performer, signal: AbortSignal): Promise<void> {
  const { wire } = peer;
  const send = (bytes: Uint8Array | string): Promise<void> => wire.inTurn(() => wire.write(bytes));
  switch (step.do) {
    case "never-answer":
    case "mute":
      return peer.fallSilent();
    case "refuse":
      await send(refusalAnswer(step.status, step.headers, step.body));
      return wire.end();
    case "upgrade":
      return peer.upgrade(step.byteDelayMs, signal);
    case "text":
      return send(textFrame(step.text));
    case "binary":
      return send(frame(OPCODE.binary, step.bytes));
    case "fragments":
      return wire.inTurn(() => sendFragments(wire, Buffer.from(step.text), step.bytes));
    case "drip":
      return wire.inTurn(() => wire.drip(textFrame(step.text), step.byteDelayMs, signal));
    case "invalid-utf8":
      // The start of a character of two bytes, and then no second one.
      return send(frame(OPCODE.text, Uint8Array.of(0xc3, 0x28)));
    case "oversized":
      return wire.inTurn(() => sendOversized(wire, step.bytes));
    case "raw":
      return send(step.bytes);
    case "close":
      await send(closeFrame(step.code, step.reason));
      if (step.leaveOpen) return peer.fallSilent();
      return wire.end();
    case "end":
      return wire.end();
    case "reset":
      return wire.reset();
    case "stop-reading":
      return wire.stopReading();
    case "wait":
      return delay(step.ms, signal);
  }
}

async function sendFragments(wire: Wire, payload: Uint8Array, bytes: number): Promise<void> {
  for (let at = 0; at === 0 || at < payload.length; at += bytes) {
    const opcode = at === 0 ? OPCODE.text : OPCODE.continuation;
    await wire.write(frame(opcode, payload.subarray(at, at + bytes), at + bytes >= payload.length));
  }
}

async function sendOversized(wire: Wire, bytes: number): Promise<void> {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, bytes)).fill("x".charCodeAt(0));
  await wire.write(frameHead(OPCODE.text, bytes));
  for (let left = bytes; left > 0 && wire.isWritable; left -= chunk.length) {
    await wire.write(left < chunk.length ? chunk.subarray(0, left) : chunk);
  }
}
