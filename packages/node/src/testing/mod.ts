/**
 * For those who test a client: a WebSocket server on raw TCP that misbehaves on command. `docs/fault-server.md` says
 * what each step does to a client, and what a good client does about it.
 *
 * @module
 */
export type { FaultConnection } from "./connection-record.ts";
export type { FaultServer, FaultServerOptions, FaultSteps } from "./fault-server.ts";
export { createFaultServer } from "./fault-server.ts";
export type {
  Close,
  Drip,
  End,
  FaultStep,
  Mute,
  NeverAnswer,
  Refuse,
  Reset,
  SendBinary,
  SendFragments,
  SendInvalidUtf8,
  SendOversized,
  SendRaw,
  SendText,
  StopReading,
  Upgrade,
  Wait,
} from "./fault-step.ts";
