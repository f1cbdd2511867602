import type { CloseCause } from "@holdfast/core";
import { connected, dial, listening } from "../connected.ts";
import { ensure, rejection, same } from "../expect.ts";
import type { Features } from "../features.ts";
import { Door, Recorder } from "../recorder.ts";
import type { ContractCase } from "../socket-contract.ts";

const told = ({ kind, code, reason }: CloseCause): unknown[] => [kind, code ?? null, reason ?? null];
const ABNORMAL = ["abnormal", null, null];
const UNSENDABLE = [0, 999, 1001, 1005, 1006, 1015, 2999, 5000, -1, 3000.5, Number.NaN];

/** What is promised of the end of a connection. */
export function closeCases(features: Features): ContractCase[] {
  const { closeCodes } = features;
  const hears = (code: number, reason: string): unknown[] =>
    closeCodes ? ["closed", code, reason] : ABNORMAL;
  const deviation = closeCodes ? "" : "deviation: ";
  const asWhat = closeCodes ? "with code and reason" : "the peer as abnormal, for want of close codes";
  return [
    {
      name: `${deviation}a close of the dialler is answered, and each end hears of it once: ${asWhat}`,
      run: (subject) =>
        connected(subject, {}, async ({ near, heard, far }) => {
          heard.inside("close", () => near.close(4321, "done"));
          same(told(await far.recorder.ended()), hears(4321, "done"), "what the peer hears");
          same(told(await heard.ended()), ["closed", 4321, "done"], "what the closing side hears");
        }),
    },
    {
      name: `${deviation}a close of the listener's side is answered, and each end hears of it once: ${asWhat}`,
      run: (subject) =>
        connected(subject, {}, async ({ heard, far }) => {
          far.recorder.inside("close", () => far.socket.close(3999, "go"));
          same(told(await heard.ended()), hears(3999, "go"), "what the peer hears");
          same(told(await far.recorder.ended()), ["closed", 3999, "go"], "what the closing side hears");
        }),
    },
    {
      name: closeCodes
        ? "C18 codes that must not be sent become 1000, and a close without a code is 1000"
        : "deviation: C18 any code may be asked for, because none is sent",
      run: (subject) =>
        listening(subject, {}, async (door, listener) => {
          for (const [index, code] of [undefined, ...UNSENDABLE].entries()) {
            const heard = new Recorder();
            const near = await dial(subject, `${listener.address}/`, heard);
            const { recorder } = await door.guest(index);
            near.close(code);
            same(told(await recorder.ended()), hears(1000, ""), `what the peer hears of ${code}`);
            await heard.ended();
          }
        }),
    },
    {
      name: closeCodes
        ? "C18 a reason is cut to 123 bytes, between characters"
        : "deviation: C18 a reason of any length may be given, because none is sent",
      run: (subject) =>
        connected(subject, {}, async ({ near, heard, far }) => {
          near.close(4000, "é".repeat(200));
          same(told(await far.recorder.ended()), hears(4000, "é".repeat(61)), "what the peer hears");
          await heard.ended();
        }),
    },
    {
      name: "C73 what was sent before a close arrives before the end, to the listener's side",
      run: (subject) =>
        connected(subject, {}, async ({ near, far }) => {
          for (let index = 0; index < 300; index++) near.send(`${index} ${"x".repeat(1_000)}`);
          near.close();
          await far.recorder.ended();
          same(far.recorder.frames.length, 300, "the frames at the end");
        }),
    },
    {
      name: "C73 what was sent before a close arrives before the end, to the dialler",
      run: (subject) =>
        connected(subject, {}, async ({ heard, far }) => {
          for (let index = 0; index < 300; index++) far.socket.send(`${index} ${"x".repeat(1_000)}`);
          far.socket.close();
          await heard.ended();
          same(heard.frames.length, 300, "the frames at the end");
        }),
    },
    ...closingWindowCases(features),
    {
      name: "C57 send returns false from the close on, on both ends",
      run: (subject) =>
        connected(subject, {}, async ({ near, heard, far }) => {
          ensure(near.send("before"), "send to take a frame");
          near.close();
          same(near.send("in the closing window"), false, "send after close");
          await far.recorder.ended();
          await heard.ended();
          same([near.send("after"), far.socket.send("after")], [false, false], "send after the end");
          same(far.recorder.frames, ["before"], "the frames that arrived");
        }),
    },
    {
      name: "C21 C25 closing, dropping and pinging what is closed does nothing",
      run: (subject) =>
        connected(subject, {}, async ({ near, heard, far }) => {
          near.close(4001, "first");
          near.close(4002, "second");
          near.ping?.();
          await heard.ended();
          await far.recorder.ended();
          for (const socket of [near, far.socket]) {
            socket.close();
            socket.terminate?.();
            socket.ping?.();
            same(socket.send("x"), false, "send after the end");
            ensure(socket.bufferedAmount >= 0, "bufferedAmount to stay a number");
          }
          const code = closeCodes ? 4001 : undefined;
          same(far.recorder.ends[0]?.code, code, "the code that the peer heard");
        }),
    },
    {
      name: `S32 a close inside the welcome ends both sides, once`,
      run: (subject) =>
        listening(subject, { greet: (socket) => socket.close(4003, "full") }, async (door, listener) => {
          const heard = new Recorder();
          await dial(subject, `${listener.address}/`, heard);
          same(told(await heard.ended()), hears(4003, "full"), "what the dialler hears");
          await (await door.guest()).recorder.ended();
          heard.check("the dialler");
        }),
    },
    ...terminateCases(features),
    listenerCase(features),
    serverCodesCase(features),
  ];
}

function closingWindowCases({ closingWindow }: Features): ContractCase[] {
  const sides = [
    ["dialler", closingWindow.near === "kept"],
    ["listener", closingWindow.far === "kept"],
  ] as const;
  return sides.map(([side, kept]) => ({
    name: kept
      ? `what comes in between a close of the ${side}'s side and its answer still arrives`
      : `deviation: what comes in between a close of the ${side}'s side and its answer is lost, and so is the code`,
    run: (subject) =>
      connected(subject, {}, async ({ near, heard, far }) => {
        const [closing, recorder, other, told] =
          side === "dialler"
            ? [near, heard, far.socket, far.recorder]
            : [far.socket, far.recorder, near, heard];
        closing.close(4000, "bye");
        ensure(other.send("late"), "the peer not to know of the close");
        const cause = await recorder.ended();
        await told.ended();
        same(cause.kind, kept ? "closed" : "abnormal", "what the closing side hears");
        same(recorder.frames, kept ? ["late"] : [], "the frames");
      }),
  }));
}

function terminateCases({ terminate }: Features): ContractCase[] {
  const sides = [
    ["dialler", terminate.near],
    ["listener", terminate.far],
  ] as const;
  return sides.map(([side, has]) => ({
    name: has
      ? `C17 the ${side}'s socket can be dropped: abnormal on both ends, once`
      : `deviation: the ${side}'s socket cannot be dropped, and says so by having no terminate`,
    run: (subject) =>
      connected(subject, { echo: true }, async ({ near, heard, far }) => {
        const own = side === "dialler" ? near : far.socket;
        const recorder = side === "dialler" ? heard : far.recorder;
        if (!has) return same(own.terminate, undefined, "terminate");
        near.send("hello");
        await heard.until("an echo", () => heard.frames.length === 1);
        recorder.inside("terminate", () => own.terminate?.());
        same(own.send("x"), false, "send after terminate");
        same(told(await heard.ended()), ABNORMAL, "what the dialler hears");
        same(told(await far.recorder.ended()), ABNORMAL, "what the listener's side hears");
      }),
  }));
}

function listenerCase({ listenerClose }: Features): ContractCase {
  const deviation = listenerClose === "abnormal" ? "" : "deviation: ";
  return {
    name: `${deviation}a listener that closes ends every socket, the dialler's as ${listenerClose}, and frees its address`,
    run: async (subject) => {
      const door = new Door();
      const listener = await subject.listen(door.accept);
      const address = `${listener.address}/`;
      const heard = [new Recorder(), new Recorder(), new Recorder()];
      for (const recorder of heard) await dial(subject, address, recorder);
      await door.guest(2);
      await Promise.all([listener.close(), listener.close()]);
      same(
        door.guests.map(({ recorder }) => recorder.ends.length),
        [1, 1, 1],
        "the ends told when close resolves",
      );
      for (const recorder of heard)
        same((await recorder.ended()).kind, listenerClose, "what a dialler hears");
      const error = (await rejection(dial(subject, address, new Recorder()))) as { closeCause?: CloseCause };
      same(error.closeCause?.kind, "refused", "what a later dial is told");
      for (const recorder of heard) recorder.check("the dialler");
      door.check();
    },
  };
}

const SERVER_CODES = [1001, 1008, 1009, 1011, 1012, 1013];

function serverCodesCase({ serverCodes }: Features): ContractCase {
  const names = {
    sent: "the listener's side can say 1001, 1008, 1009, 1011, 1012 and 1013, which the dialler's cannot",
    mapped: "deviation: 1001, 1008, 1009, 1011, 1012 and 1013 are 4001, 4008, 4009, 4011, 4012 and 4013",
    none: "deviation: the codes of servers are not sent, as none is",
  };
  return {
    name: names[serverCodes],
    run: (subject) =>
      listening(subject, {}, async (door, listener) => {
        for (const [index, code] of SERVER_CODES.entries()) {
          const heard = new Recorder();
          await dial(subject, `${listener.address}/`, heard);
          const { socket, recorder } = await door.guest(index);
          socket.close(code, "why");
          const { kind, code: hears, reason } = await heard.ended();
          if (serverCodes === "none") same(kind, "abnormal", "what the dialler hears");
          else same([hears, reason], [serverCodes === "sent" ? code : 3_000 + code, "why"], "what it hears");
          await recorder.ended();
        }
      }),
  };
}
