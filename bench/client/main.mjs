// The process that is measured: one subject, and the commands by which a benchmark drives it.
import { connect as connectTcp } from "node:net";
import process from "node:process";
import { answerCommands } from "../harness/answer-commands.mjs";
import { Measure, memory } from "./measure.mjs";

const subject = await import(`../subjects/${process.argv[2]}.mjs`);

/** What is heard: counted, acknowledged pass by pass, and timed at the moment when all is there. */
let heard = 0;
let nextStop = Number.POSITIVE_INFINITY;
let stop = () => {};
const onMessage = () => {
  if (++heard === nextStop) stop();
};

let measure;
let finished;
let sender;

const commands = {
  /** Connects all teams, and measures that. */
  connect: async (options) => {
    measure = await Measure.begin(options);
    await subject.connect({ ...options, onMessage });
    return measure.end();
  },
  /** Connects further teams, up to this number. */
  grow: ({ upTo }) => subject.grow(upTo),
  memory,
  snapshot: async ({ path }) => (await import("./heap.mjs")).writeSnapshot(path),
  begin: async (options) => {
    measure = await Measure.begin(options);
  },
  end: () => measure.end(),
  /** Begins to count; what is written every `every` messages tells the server that it has been heard. */
  listen: async ({ messages, every, acknowledgePort, ...options }) => {
    const acknowledge = every === undefined ? undefined : connectTcp(acknowledgePort, "127.0.0.1");
    acknowledge?.setNoDelay(true);
    const goal = heard + messages;
    const step = () => {
      nextStop = Math.min(goal, nextStop + (every ?? messages));
    };
    finished = new Promise((resolve) => {
      stop = () => {
        if (heard === goal) {
          resolve(measure.end());
          acknowledge?.end("!");
        } else {
          step();
          acknowledge.write("!");
        }
      };
    });
    nextStop = heard;
    step();
    measure = await Measure.begin(options);
  },
  /** What was measured until everything was heard. */
  heard: () => finished,
  openSender: async (options) => {
    sender = await subject.openSender(options);
  },
  /** Sends in batches, as long as there is room. */
  send: async ({ messages, batch, ...options }) => {
    measure = await Measure.begin(options);
    for (let sent = 0; sent < messages; ) {
      for (const end = Math.min(messages, sent + batch); sent < end; sent++) sender.send(sent);
      do await turn();
      while (!sender.hasRoom());
    }
  },
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

answerCommands(commands);
