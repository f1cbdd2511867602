/**
 * The example frames of the specification, by type, as they stand there: none has an `eventID` but DATA. A comma that
 * stands behind the last member in some of them is no JSON, and was left out.
 */
export const SERVER_FRAMES = {
  DATA: {
    type: "DATA",
    payload: { hello: "world" },
    clientID: "client_fXoSDfqi",
    latency: 0,
    requires_ack: true,
    eventID: "evt_gPVZZQC5",
  },
  PING: { type: "PING", payload: {}, latency: 0, clientID: "client_fXoSDfqi" },
  CONNECTED: {
    type: "CONNECTED",
    payload: { members: [{ clientID: "client_X0JBf69q", presence: { username: "Cerulean" } }] },
    clientID: "client_ZAqKx5ho",
    latency: 0,
  },
  "PRESENCE:JOINED": {
    type: "PRESENCE:JOINED",
    payload: { clientID: "client_ZAqKx5ho", presence: {} },
    clientID: "client_X0JBf69q",
    latency: 0,
  },
  "PRESENCE:LEFT": {
    type: "PRESENCE:LEFT",
    payload: { clientID: "client_rTLNQ28O" },
    clientID: "client_hp39x_sa",
    latency: 0,
  },
  "PRESENCE:UPDATED": {
    type: "PRESENCE:UPDATED",
    payload: { clientID: "client_hp39x_sa", presence: { username: "Cerulean" } },
    clientID: "client_hp39x_sa",
    latency: 0,
  },
  ERROR: {
    type: "ERROR",
    payload: { message: "Client did not respond to PING event", code: "PING_TIMEOUT" },
    latency: 0,
    clientID: "client_fXoSDfqi",
  },
} as const;

/** What the specification has clients say. */
export const CLIENT_FRAMES = {
  ACK: { type: "ACK", payload: { eventID: "evt_gPVZZQC5" } },
  PONG: { type: "PONG" },
} as const;
