import { expect, test } from "vitest";
import { encodeMessage } from "../protocol/protocol.ts";
import { type Invalid, Receiver } from "../protocol/receiver.ts";
import { channelProtocol } from "./messages.ts";

/** What a receiver of one direction makes of frames. */
function received(direction: "client" | "server", ...frames: (string | Uint8Array)[]): unknown[] {
  const seen: unknown[] = [];
  const receiver = new Receiver(channelProtocol[direction], channelProtocol.codec, 1_048_576, {
    onMessage: (_source, type, message) => void seen.push([type, message]),
    onUnknown: (_source, type) => void seen.push(["unknown", type]),
    onInvalid: (_source, invalid: Invalid) => void seen.push(["invalid", invalid.reason]),
  });
  for (const frame of frames) receiver.receive({}, frame);
  return seen;
}

/** The examples of the specification, as they stand there. */
const EXAMPLES: readonly (readonly [type: string, frame: string])[] = [
  [
    "DATA",
    '{ "type": "DATA", "payload": { "hello": "world" }, "clientID": "client_fXoSDfqi", "latency": 0, "requires_ack": true, "eventID": "evt_gPVZZQC5" }',
  ],
  ["PING", '{ "type": "PING", "payload": {}, "latency": 0, "clientID": "client_fXoSDfqi" }'],
  [
    "CONNECTED",
    '{ "type": "CONNECTED", "payload": { "members": [{ "clientID": "client_X0JBf69q", "presence": { "username": "Cerulean" } }] }, "clientID": "client_ZAqKx5ho", "latency": 0 }',
  ],
  [
    "PRESENCE:JOINED",
    '{ "type": "PRESENCE:JOINED", "payload": { "clientID": "client_ZAqKx5ho", "presence": {} }, "clientID": "client_X0JBf69q", "latency": 0 }',
  ],
  [
    "PRESENCE:LEFT",
    '{ "type": "PRESENCE:LEFT", "payload": { "clientID": "client_rTLNQ28O" }, "clientID": "client_hp39x_sa", "latency": 0 }',
  ],
  [
    "PRESENCE:UPDATED",
    '{ "type": "PRESENCE:UPDATED", "payload": { "clientID": "client_hp39x_sa", "presence": { "username": "Cerulean" } }, "clientID": "client_hp39x_sa", "latency": 0 }',
  ],
  [
    "ERROR",
    '{ "type": "ERROR", "payload": { "message": "Client did not respond to PING event", "code": "PING_TIMEOUT" }, "latency": 0, "clientID": "client_fXoSDfqi" }',
  ],
];

test.each(EXAMPLES)("the specification's %s is taken, every field as it came", (type, frame) => {
  expect(received("server", frame)).toEqual([[type, JSON.parse(frame)]]);
});

test("the specification's ACK and PONG are taken from a client", () => {
  const ack = '{ "type": "ACK", "payload": { "eventID": "evt_gPVZZQC5" } }';
  expect(received("client", ack, '{ "type": "PONG" }')).toEqual([
    ["ACK", JSON.parse(ack)],
    ["PONG", { type: "PONG" }],
  ]);
});

test("decision 10: types are read without regard to case; an unknown one is told as what it is", () => {
  expect(
    received("client", '{"type":"pong"}', '{"type":"Presence","payload":null}', '{"type":"shout"}'),
  ).toEqual([
    ["PONG", { type: "pong" }],
    ["PRESENCE", { type: "Presence", payload: null }],
    ["unknown", "SHOUT"],
  ]);
});

test.each([
  ["no JSON", "hello", /JSON/],
  ["binary", new Uint8Array([1]), /binary/],
  ["no type", "{}", /no type/],
  ["a type that is a number", '{"type":1}', /no type/],
  ["an array", "[]", /no type/],
  ["null", "null", /no type/],
  ["an ACK without its event", '{"type":"ACK"}', /payload/],
  ["an ACK of a number", '{"type":"ACK","payload":{"eventID":1}}', /eventID/],
  ["a PRESENCE without payload", '{"type":"PRESENCE"}', /payload/],
])("decision 10 S24: %s from a client is invalid", (_what, frame, reason) => {
  expect(received("client", frame)).toEqual([["invalid", expect.stringMatching(reason)]]);
});

test.each([
  ["a member without an id", '{"type":"CONNECTED","payload":{"members":[{}]}}'],
  ["no payload", '{"type":"DATA","eventID":"evt_1"}'],
  ["an id that is a number", '{"type":"DATA","payload":1,"eventID":1}'],
  ["requires_ack that is text", '{"type":"DATA","payload":1,"requires_ack":"true"}'],
  ["an id of 201 characters", JSON.stringify({ type: "DATA", payload: 1, eventID: "e".repeat(201) })],
  ["latency that is text", '{"type":"PING","latency":"1"}'],
])("S24: %s from a server is invalid", (_what, frame) => {
  expect(received("server", frame)).toEqual([["invalid", expect.any(String)]]);
});

test("an id of 200 characters is taken", () => {
  expect(received("server", JSON.stringify({ type: "PING", eventID: "e".repeat(200) }))[0]).toContain("PING");
});

test("S22 fields called __proto__ and constructor are data", () => {
  const [, message] = received("server", '{"type":"DATA","payload":{"__proto__":1,"constructor":2}}')[0] as [
    string,
    { payload: object },
  ];
  expect(Object.entries(message.payload)).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
  ]);
  expect(received("client", '{"type":"__proto__"}', '{"type":"constructor"}')).toEqual([
    ["unknown", "__PROTO__"],
    ["unknown", "CONSTRUCTOR"],
  ]);
});

test("what a client writes is what the specification shows", () => {
  const { client, codec } = channelProtocol;
  expect([
    encodeMessage(client, codec, "ACK", { payload: { eventID: "evt_1" } }),
    encodeMessage(client, codec, "PONG", {}),
    encodeMessage(client, codec, "PRESENCE", { payload: { username: "Cerulean" } }),
  ]).toEqual([
    '{"type":"ACK","payload":{"eventID":"evt_1"}}',
    '{"type":"PONG"}',
    '{"type":"PRESENCE","payload":{"username":"Cerulean"}}',
  ]);
});
