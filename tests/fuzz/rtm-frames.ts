import fc from "fast-check";
import { json, mutated, noise, objectOf, word } from "./hostile.ts";

/** The four directions of RTM. */
export type Way = "global.client" | "global.server" | "team.client" | "team.server";

const IDS = ["1", "2", '"b"', '"1"', "0.5", "-0", '"__proto__"', '"constructor"', '""', "9007199254740991"];
const TEXTS = ['"hello"', '"mad props"', '"Props"', '""', '"\\u0000"', '"props\\ud800"', '"é"'];
const COUNTS = ["0", "1", "9007199254740991"];
const ROW = '{"id":1,"connected":true,"message_count":1,"props_count":0}';

/** What each field may rightly hold, as JSON text. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  team_id: IDS,
  unique_id: IDS,
  text: TEXTS,
  message: TEXTS,
  // Nothing listens there: a bot that dials it is refused.
  ws_url: ['"ws://elsewhere/team/x"', '"https://elsewhere/"', '"ftp://elsewhere/"', '"nowhere"', '""'],
  received_message: ["null", '"x"', "{}", '{"type":"x","__proto__":{"polluted":true}}'],
  stats: ["[]", `[${ROW}]`, `[${ROW},${ROW.replace('"id":1', '"id":"__proto__","__proto__":{}')}]`],
  id: IDS,
  connected: ["true", "false"],
  message_count: COUNTS,
};

/** The types of each direction, and the fields of each. */
export const TYPES: Readonly<Record<Way, Readonly<Record<string, readonly string[]>>>> = {
  "global.client": { "team.connect": ["team_id"], healthcheck: ["stats"] },
  "global.server": {
    hello: [],
    goodbye: [],
    "team.join": ["team_id"],
    "team.left": ["team_id"],
    "team.connect": ["team_id", "ws_url"],
    error: ["message", "received_message", "team_id"],
    healthcheck: [],
  },
  "team.client": { ping: ["unique_id"] },
  "team.server": { hello: [], pong: ["unique_id"], message: ["text"], "team.left": ["team_id"] },
};

const NAMES = Object.keys(FIELDS).map((name) => JSON.stringify(name));
const extra = fc.tuple(
  fc.oneof(
    fc.constantFrom(...NAMES),
    word.map((key) => JSON.stringify(key)),
  ),
  json,
);

/** Frames of this shape: each field right, wrong or missing, further ones beside them, some keys twice. */
function shaped(type: string, fields: readonly string[]): fc.Arbitrary<string> {
  const right = fields.map((name) =>
    fc
      .oneof(
        { weight: 6, arbitrary: fc.constantFrom(...(FIELDS[name] ?? ["null"])) },
        { weight: 2, arbitrary: json },
        { weight: 1, arbitrary: fc.constant(undefined) },
      )
      .map((value) => (value === undefined ? [] : [[JSON.stringify(name), value] as const])),
  );
  const extras = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(extra, { maxLength: 2 }));
  return fc.tuple(fc.tuple(...right), extras, fc.boolean()).map(([own, others, last]) => {
    const named = ['"type"', JSON.stringify(type)] as const;
    const entries = [...others, ...own.flat()];
    return objectOf(last ? [...entries, named] : [named, ...entries]);
  });
}

/** Well-formed and half-formed messages of a direction, of the other directions, and of types that do not exist. */
function messages(way: Way): fc.Arbitrary<string> {
  const own = Object.entries(TYPES[way]).map(([type, fields]) => ({
    weight: 4,
    arbitrary: shaped(type, fields),
  }));
  const foreign = Object.values(TYPES).flatMap((types) =>
    Object.entries(types).map(([type, fields]) => shaped(type, fields)),
  );
  const strange = word.chain((type) => shaped(type, ["team_id", "text"]));
  return fc.oneof(...own, { weight: 2, arbitrary: fc.oneof(...foreign) }, { weight: 3, arbitrary: strange });
}

/** Whatever a peer may send in a direction. */
export function frames(way: Way): fc.Arbitrary<string | Uint8Array> {
  const fair = messages(way);
  return fc.oneof(
    { weight: 5, arbitrary: fair },
    { weight: 3, arbitrary: mutated(fair) },
    { weight: 2, arbitrary: noise },
  );
}
