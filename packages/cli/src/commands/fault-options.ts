import { type Command, Option } from "commander";
import { FAULT_KINDS, type FaultRates } from "../rtm/fault-rates.ts";
import { decimal } from "./number-options.ts";

const WHAT: Readonly<Record<keyof FaultRates, string>> = {
  drop: "team sockets cut off without a close frame: share of the live ones hit per second",
  mute: "team sockets gone half-open: share of the live ones hit per second",
  garbage: "team sockets sent a frame that is no message: share of the live ones hit per second",
  refuse: "team dials answered with HTTP 500: share of the dials hit",
  flap: "team dials welcomed and cut off right after the hello: share of the dials hit",
};

/** Adds the options for faults. */
export function addFaultOptions(command: Command, defaults: FaultRates): Command {
  for (const kind of FAULT_KINDS) {
    const option = new Option(`--${kind} <share>`, WHAT[kind]).argParser(decimal(0, 1));
    command.addOption(option.default(defaults[kind]));
  }
  return command;
}

/** What the faults are, for `--help`. */
export const FAULT_HELP = `
Faults
  Each is a share from 0 to 1: 0.01 of 200 sockets is two a second. They hit
  team connections only, and begin with the first client.

  A socket that drop, mute or flap has chosen takes no more messages. The fault
  strikes when the client has answered a WebSocket ping, which proves that it
  received everything sent before; without an answer it strikes after 5 s.

  drop      the TCP connection is cut, without a close frame.
  mute      nothing goes either way any more, and the server counts the team
            as gone. The TCP connection stays open until the client gives it
            up. WebSocket-level pings and closes are answered by the transport
            all the same: a client has to notice that its own "ping" messages
            get no "pong".
  garbage   one frame each time: not JSON, JSON cut short, bytes, a known type
            of the wrong shape, an unknown type, terminal control sequences.
            None of it may be counted, and none may end the client.
  refuse    HTTP 500 instead of an upgrade. The address is not used up: the
            client may dial it again or ask for another.
  flap      the socket says hello, takes no message, and is cut.`;
