import { connected, dial } from "../connected.ts";
import { ensure, same } from "../expect.ts";
import { type Features, LIMIT_BYTES } from "../features.ts";
import { Recorder } from "../recorder.ts";
import type { ContractCase } from "../socket-contract.ts";

const numbered = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

/** What is promised of frames. */
export function frameCases(features: Features): ContractCase[] {
  return [
    {
      name: "text comes back as it was sent",
      run: (subject) =>
        connected(subject, { echo: true }, async ({ near, heard }) => {
          const texts = ["hello", '{"text":"naïve 🦦 \\n"}', "x".repeat(100_000)];
          for (const text of texts) ensure(near.send(text), "send to take a frame");
          await heard.until("three echoes", () => heard.frames.length === 3);
          same(heard.frames, texts, "the echoes");
          same(near.bufferedAmount, 0, "what is left to be written");
        }),
    },
    features.frames === "any"
      ? {
          name: "an empty frame arrives as an empty frame",
          run: (subject) =>
            connected(subject, { echo: true }, async ({ near, heard }) => {
              near.send("");
              await heard.until("an echo", () => heard.frames.length === 1);
              same(heard.frames, [""], "the echo");
            }),
        }
      : {
          name: "deviation: an empty frame does not arrive, because a line is not empty",
          run: (subject) =>
            connected(subject, { echo: true }, async ({ near, heard }) => {
              ensure(near.send(""), "send to take a frame");
              near.send("after");
              await heard.until("an echo", () => heard.frames.length > 0);
              same(heard.frames, ["after"], "the echoes");
            }),
        },
    {
      name: "1,000 frames arrive in order, both ways at once",
      run: (subject) =>
        connected(subject, {}, async ({ near, heard, far }) => {
          const there = numbered(1_000, "there");
          const back = numbered(1_000, "back");
          for (let index = 0; index < 1_000; index++) {
            near.send(there[index] as string);
            far.socket.send(back[index] as string);
          }
          await heard.until("1,000 frames", () => heard.frames.length === 1_000);
          await far.recorder.until("1,000 frames", () => far.recorder.frames.length === 1_000);
          same(heard.frames, back, "what came back");
          same(far.recorder.frames, there, "what went there");
        }),
    },
    features.frames === "any"
      ? {
          name: "bytes arrive as the same bytes",
          run: (subject) =>
            connected(subject, { echo: true }, async ({ near, heard, far }) => {
              const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
              near.send(bytes);
              await heard.until("an echo", () => heard.frames.length === 1);
              for (const frame of [far.recorder.frames[0], heard.frames[0]]) {
                ensure(frame instanceof Uint8Array, "bytes to stay bytes");
                same(Object.getPrototypeOf(frame) === Uint8Array.prototype, true, "a plain Uint8Array");
                same(frame, bytes, "the bytes");
              }
            }),
        }
      : {
          name: "deviation: bytes are lines: text where they are UTF-8, and a line break is a space",
          run: (subject) =>
            connected(subject, { echo: true }, async ({ near, heard }) => {
              near.send(new Uint8Array([0x68, 0x69]));
              near.send(new Uint8Array([0xff, 0x0a, 0xfe]));
              near.send("two\r\nlines");
              await heard.until("three echoes", () => heard.frames.length === 3);
              same(heard.frames, ["hi", new Uint8Array([0xff, 0x20, 0xfe]), "two lines"], "the echoes");
            }),
        },
    {
      name: "frames sent inside the welcome arrive, before all others",
      run: (subject) => {
        const early = numbered(50, "early");
        const greet = (socket: { send(frame: string): boolean }): void => {
          for (const frame of early) socket.send(frame);
        };
        return connected(subject, { greet }, async ({ heard, far }) => {
          far.socket.send("later");
          await heard.until("51 frames", () => heard.frames.length === 51);
          same(heard.frames, [...early, "later"], "the frames");
        });
      },
    },
    {
      name: "bytes may be changed once send has returned, both ways",
      run: (subject) =>
        connected(subject, {}, async ({ near, heard, far }) => {
          const bytes = new Uint8Array(65_536);
          for (let index = 0; index < 100; index++) {
            bytes.fill(65 + (index % 26));
            near.send(bytes);
            far.socket.send(bytes);
          }
          for (const recorder of [heard, far.recorder]) {
            await recorder.until("100 frames", () => recorder.frames.length === 100);
            const wrong = recorder.frames.findIndex((frame, index) => {
              const codes = typeof frame === "string" ? new TextEncoder().encode(frame) : frame;
              return codes.length !== 65_536 || codes.some((code) => code !== 65 + (index % 26));
            });
            same(wrong, -1, "the first frame that was changed");
          }
        }),
    },
    ...pingCases(features),
    ...limitCases(features),
    ...ownLimitCases(features),
  ];
}

function pingCases({ ping }: Features): ContractCase[] {
  const sides = [
    ["dialler", ping.near],
    ["listener", ping.far],
  ] as const;
  return sides.map(([side, has]) => ({
    name: has
      ? `a ping of the ${side}'s socket is answered by onPong, and is no frame`
      : `deviation: the ${side}'s socket has no ping`,
    run: (subject) =>
      connected(subject, {}, async ({ near, heard, far }) => {
        const [socket, asker, other] =
          side === "dialler" ? [near, heard, far.recorder] : [far.socket, far.recorder, heard];
        if (!has) return same(socket.ping, undefined, "ping");
        socket.ping?.();
        await asker.until("a pong", () => asker.pongs === 1);
        same([asker.frames.length, other.frames.length, other.pongs], [0, 0, 0], "what else was told");
      }),
  }));
}

function limitCases({ oversize }: Features): ContractCase[] {
  const exact: ContractCase = {
    name: "S15 a message of exactly the limit arrives",
    run: (subject) =>
      connected(subject, {}, async ({ near, far }) => {
        near.send("x".repeat(LIMIT_BYTES));
        await far.recorder.until("a frame", () => far.recorder.frames.length === 1);
        same(far.recorder.frames[0]?.length, LIMIT_BYTES, "its length");
      }),
  };
  if (oversize === "none") {
    return [
      exact,
      {
        name: "deviation: C66 S15 memory has no limit, and a message of any size arrives",
        run: (subject) =>
          connected(subject, {}, async ({ near, far }) => {
            near.send("x".repeat(LIMIT_BYTES * 4));
            await far.recorder.until("a frame", () => far.recorder.frames.length === 1);
          }),
      },
    ];
  }
  const shown = oversize === "too-large" ? "" : "deviation: ";
  return [
    exact,
    {
      name: `${shown}C66 S15 a message of one byte more ends its connection as too-large, and the dialler hears ${oversize}`,
      run: (subject) =>
        connected(subject, { echo: true }, async ({ near, heard, far, door, listener }) => {
          near.send("x".repeat(LIMIT_BYTES + 1));
          same((await far.recorder.ended()).kind, "too-large", "what the listener's side hears");
          same((await heard.ended()).kind, oversize, "what the dialler hears");
          same(far.recorder.frames, [], "the frames that arrived");
          const later = new Recorder();
          const again = await dial(subject, `${listener.address}/`, later);
          await door.guest(1);
          again.send("still here");
          await later.until("an echo", () => later.frames.length === 1);
          again.close();
        }),
    },
  ];
}

/** A dialler that was given a limit of its own keeps to it as well. */
function ownLimitCases({ ownLimit }: Features): ContractCase[] {
  if (!ownLimit) {
    return [
      {
        name: "deviation: C66 this dialler has no limit of its own: core's is the only one",
        run: (subject) =>
          connected(subject, {}, async ({ heard, far }) => {
            same(subject.limited, undefined, "a dialler with a limit");
            far.socket.send("x".repeat(4 * LIMIT_BYTES));
            await heard.until("a frame", () => heard.frames.length === 1);
          }),
      },
    ];
  }
  return [
    {
      name: "C66 a message over the dialler's own limit ends its connection as too-large",
      run: async (subject) => {
        const socket = subject.limited?.(LIMIT_BYTES);
        ensure(socket !== undefined, "a dialler with a limit");
        await connected({ ...subject, socket }, {}, async ({ heard, far }) => {
          far.socket.send("x".repeat(LIMIT_BYTES));
          far.socket.send("x".repeat(LIMIT_BYTES + 1));
          same((await heard.ended()).kind, "too-large", "what the dialler hears");
          same(heard.frames.length, 1, "the frames that arrived");
          await far.recorder.ended();
        });
      },
    },
  ];
}
