/**
 * For those who write a transport: how addresses, causes, limits and lines are treated alike by all of them. The
 * seam itself, `SocketFactory` and its kin, is in `@holdfast/core`.
 *
 * @module
 */
export { isLarger } from "../bytes.ts";
export { messageOf } from "../errors.ts";
export { functionOption } from "../options.ts";
export { listeningAddress, peerAddress, printableAddress, webSocketUrl } from "./address.ts";
export {
  causeOfClose,
  causeOfDialFailure,
  causeOfStatus,
  sanitiseClose,
  sanitiseServerClose,
} from "./close-cause.ts";
export { guardedAcceptor, whenAnswered } from "./guarded-acceptor.ts";
export {
  ACCEPT_TIMEOUT_MS,
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  frameLimit,
  MAX_MESSAGE_BYTES,
  SERVED_MESSAGE_BYTES,
} from "./limits.ts";
export { encodeLine, LineDecoder } from "./line-framing.ts";
export type { Deliver } from "./memory.ts";
export { MemorySocket } from "./memory.ts";
export type { MemoryCarrier, MemoryWire } from "./memory-network.ts";
export { memoryOver } from "./memory-network.ts";
export {
  BAD_REQUEST,
  FETCH_FAILED,
  HEADERS_TOO_LARGE,
  OVERLOADED,
  REQUEST_TIMEOUT,
  TOO_MANY_HEADERS,
  UNDECIDED,
  UPGRADE_BY_GET,
  WEB_SOCKET_VERSION,
} from "./own-refusals.ts";
export type { TcpTarget } from "./tcp-target.ts";
export { tcpTarget } from "./tcp-target.ts";
