import type { TeamId } from "@holdfast/core/rtm";
import { seededRandom, type Way } from "@holdfast/core/testing";
import { type FaultEvent, laterMs, strikes } from "./fault-plan.ts";
import { garbage } from "./garbage.ts";
import { pick } from "./pick.ts";
import { teamIdOf } from "./served.ts";
import type { World } from "./world.ts";

const CODES = [1000, 1001, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 4999];
const WAYS: ReadonlyArray<Way | undefined> = [undefined, "there", "back"];

/** Lets a fault strike a world. One that lasts goes on until `world.faults.end`. */
export async function strike(world: World, event: FaultEvent): Promise<void> {
  const { network, faults, served, clock, rules } = world;
  const { kind, salt, ms } = event;
  const match = (address: string): boolean => faults.strikesAddress(event, address);
  switch (kind) {
    case "latency":
      faults.latency = { ms, jitterMs: salt % (ms + 20) };
      return;
    case "drop":
      return void network.drop(match);
    case "mute":
      return void network.mute(match, WAYS[salt % WAYS.length]);
    case "close":
      return void network.close(match, CODES[salt % CODES.length] as number, "a reason");
    case "refuse":
      network.refuse(match, { kind: "refused", message: "The network refuses" });
      return faults.begin(event, () => network.refuse(match, undefined));
    case "silence":
      network.silence(match, true);
      return faults.begin(event, () => network.silence(match, false));
    case "hold":
      network.hold(match, true);
      return faults.begin(event, () => network.hold(match, false));
    case "later":
      if (salt % 2 === 0) return void network.close(match, 1013, "try again later");
      network.refuse(match, { kind: "busy", message: "Later", status: 503, retryAfterMs: laterMs(salt) });
      return faults.begin(event, () => network.refuse(match, undefined));
    case "flap":
      network.drop(match);
      return faults.begin(event);
    case "spend":
    case "provider":
    case "double":
    case "late":
      return faults.begin(event);
    case "unasked":
      return sayUnasked(world, event);
    case "garbage":
      return sayGarbage(world, event);
    case "leave":
      return leave(world, event);
    case "join":
      return join(world, event);
    case "restart":
    case "goodbye":
      // Another one may have it down already.
      if (!served.up) return;
      if (kind === "goodbye") void served.server.goodbye();
      else await served.stop();
      return faults.begin(event, () => void served.stop().then(() => served.restart()));
    case "stall":
    case "sleep":
      // Worst when the pings of a moment have just gone out, and their answers are on the way: two times in three.
      if (event.salt % 3 > 0) await clock.advance(PING_GRID_MS - (clock.now() % PING_GRID_MS));
      rules.stalled(clock.now() + ms);
      return clock.stall(ms);
  }
}

/** Heartbeats fall on a grid of this step, in milliseconds. */
const PING_GRID_MS = 100;

function struckTeams({ served }: World, event: FaultEvent): TeamId[] {
  return [...served.teams.keys()].filter((id) => strikes(event, id));
}

/** Teams leave; in every third such event they are back at once, before anybody can have heard of it. */
function leave(world: World, event: FaultEvent): void {
  for (const id of struckTeams(world, event)) {
    world.served.leave(id);
    if (event.salt % 3 === 0) world.served.join(id);
  }
}

/** Teams that left come back, those that are there are announced again, and up to three new ones come. */
function join(world: World, event: FaultEvent): void {
  const { served, network } = world;
  for (const id of struckTeams(world, event)) {
    if (served.teams.get(id)) network.say("/global", JSON.stringify({ type: "team.join", team_id: id }));
    else served.join(id);
  }
  for (let more = event.salt % 4; more > 0; more--) served.join(teamIdOf(served.teams.size + 1));
}

/** Team events that nobody asked for: of known teams and unknown ones, some of them lies. */
function sayUnasked(world: World, event: FaultEvent): void {
  const random = seededRandom(event.salt, 7);
  const known = struckTeams(world, event).slice(0, 20);
  for (const [index, id] of [...known, "nobody", -1, 0.5].entries()) {
    const said = pick(["team.join", "team.left", "team.connect", "both", "error"], random);
    const unknown = !world.served.teams.has(id);
    const say = (message: object): number => world.network.say("/global", JSON.stringify(message));
    if (said === "team.connect")
      say({ type: said, team_id: id, ws_url: `ws://server/team/unasked-${event.id}-${index}` });
    else if (said === "error") say({ type: said, message: "unasked", team_id: id });
    // Whom nobody serves is not announced: the bot would ask for it for ever, as it should.
    else if (said === "team.left" || unknown) say({ type: "team.left", team_id: id });
    else {
      if (said === "both") say({ type: "team.left", team_id: id });
      say({ type: "team.join", team_id: id });
    }
  }
}

function sayGarbage({ network, faults }: World, event: FaultEvent): void {
  const random = seededRandom(event.salt, 8);
  for (let count = 1 + (event.salt % 5); count > 0; count--) {
    network.say((address) => faults.strikesAddress(event, address), garbage(random));
  }
}
