/**
 * For those who test a client: a WebSocket server on raw TCP that misbehaves on command. Each step of `FaultStep` says
 * what it does to a client; the README of this package shows it at work.
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
