import { clip } from "../errors.ts";
import type { Frame } from "../socket/socket.ts";
import { globalProtocol, isTeamId, type ServerError, type TeamId } from "./messages.ts";

/** An error is no longer than this, in characters: a client takes less than it may send, and `1e20` grows fivefold. */
const MAX_LENGTH = 65_536;
const MAX_ID_LENGTH = 1_024;

/** The team that a message names, whatever else it is. */
export function teamNamedIn(message: unknown): TeamId | undefined {
  const id = (message as { team_id?: unknown } | null | undefined)?.team_id;
  return isTeamId(id) ? id : undefined;
}

/**
 * The frame of an error. What was received goes back whole where it can, and else its beginning: it may be too large,
 * or nested too deep to be written at all (S21).
 */
export function errorFrame(error: ServerError): Frame {
  const { codec } = globalProtocol;
  try {
    const frame = codec.encode("error", error);
    if (frame.length <= MAX_LENGTH) return frame;
  } catch {
    // Too deep: the stack overflowed.
  }
  const { message, received_message, team_id } = error;
  const fits = team_id !== undefined && String(team_id).length <= MAX_ID_LENGTH;
  return codec.encode("error", {
    message,
    received_message: clip(received_message),
    ...(fits && { team_id }),
  });
}
