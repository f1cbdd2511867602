import { afterEach, describe, expect, test, vi } from "vitest";
import { Emitter } from "./emitter.ts";
import type { HoldfastError } from "./errors.ts";

interface Events {
  said: string;
  other: number;
  error: HoldfastError;
}

const reports: HoldfastError[] = [];
const make = (): Emitter<Events> => new Emitter<Events>((error) => void reports.push(error));

afterEach(() => {
  reports.length = 0;
  vi.restoreAllMocks();
});

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await null;
};

/** A signal that knows how many listen to it. */
function countedSignal(): { signal: AbortSignal; abort: () => void; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: object,
  ) => {
    listening.add(listener);
    add(name, listener, options);
  };
  signal.removeEventListener = (name: string, listener: EventListenerOrEventListenerObject) => {
    listening.delete(listener);
    remove(name, listener);
  };
  return { signal, abort: () => controller.abort("enough"), listeners: () => listening.size };
}

describe("on", () => {
  test("calls the listeners in the order of adding, until each is removed", () => {
    const emitter = make();
    const heard: string[] = [];
    const off = emitter.on("said", (text) => heard.push(`a ${text}`));
    emitter.on("said", (text) => heard.push(`b ${text}`));
    emitter.emit("said", "1");
    off();
    off();
    emitter.emit("said", "2");
    expect(heard).toEqual(["a 1", "b 1", "b 2"]);
  });

  test("one function added twice is two listeners, and a remover removes its own", () => {
    const emitter = make();
    let calls = 0;
    const listener = (): void => void calls++;
    const off = emitter.on("said", listener);
    emitter.on("said", listener);
    emitter.emit("said", "");
    expect(calls).toBe(2);
    off();
    emitter.emit("said", "");
    expect(calls).toBe(3);
  });

  test("refuses what is no function, and names the event", () => {
    expect(() => make().on("said", 5 as never)).toThrow(
      new TypeError("Listener of said must be a function: got 5"),
    );
  });

  test("`has` tells whether anybody listens", () => {
    const emitter = make();
    expect(emitter.has("said")).toBe(false);
    const off = emitter.on("said", () => {});
    expect(emitter.has("said")).toBe(true);
    expect(emitter.has("other")).toBe(false);
    off();
    expect(emitter.has("said")).toBe(false);
  });

  test("names that objects inherit are only names", () => {
    const emitter = new Emitter<Record<string, number>>(() => {});
    const heard: number[] = [];
    for (const name of ["constructor", "__proto__", "prototype", "toString"]) {
      expect(emitter.has(name)).toBe(false);
      emitter.emit(name, 0);
      emitter.on(name, (value) => heard.push(value));
      emitter.emit(name, 1);
    }
    expect(heard).toEqual([1, 1, 1, 1]);
  });
});

describe("a listener can do no harm", () => {
  test("C67 one that throws is reported once, and the others are called", () => {
    const emitter = make();
    const cause = new Error("mine");
    const heard: string[] = [];
    emitter.on("said", () => {
      throw cause;
    });
    emitter.on("said", (text) => heard.push(text));
    emitter.emit("said", "x");
    expect(heard).toEqual(["x"]);
    expect(reports.map(({ code, message }) => [code, message])).toEqual([
      ["listener-failed", "Listener of said failed: mine"],
    ]);
    expect(reports[0]?.cause).toBe(cause);
  });

  test("C68 one whose promise rejects is reported once", async () => {
    const emitter = make();
    emitter.on("said", async () => {
      await null;
      throw new Error("later");
    });
    emitter.emit("said", "x");
    expect(reports).toEqual([]);
    await settle();
    expect(reports.map(({ message }) => message)).toEqual(["Listener of said failed: later"]);
  });

  test.each([
    ["nothing", undefined],
    ["a text", "a text"],
    ["a symbol", Symbol("odd")],
    ["an object without a prototype", Object.create(null)],
    ["an error whose message is a symbol", Object.assign(new Error(), { message: Symbol("odd") })],
    [
      "an object that cannot be printed",
      {
        toJSON() {
          throw new Error("no");
        },
        get [Symbol.toStringTag](): string {
          throw new Error("no");
        },
      },
    ],
  ])("C67 what it throws may be %s", (_, thrown) => {
    const emitter = make();
    const heard: string[] = [];
    emitter.on("said", () => {
      throw thrown;
    });
    emitter.on("said", (text) => heard.push(text));
    emitter.emit("said", "x");
    expect(heard).toEqual(["x"]);
    expect(reports.map(({ code }) => code)).toEqual(["listener-failed"]);
    expect(reports[0]?.cause).toBe(thrown);
  });

  test("C67 a report that throws stops no other listener", () => {
    const emitter = new Emitter<Events>(() => {
      throw new Error("the report failed too");
    });
    const heard: string[] = [];
    emitter.on("said", () => {
      throw new Error("mine");
    });
    emitter.on("said", (text) => heard.push(text));
    vi.spyOn(console, "error").mockReturnValue();
    expect(() => emitter.emit("said", "x")).not.toThrow();
    expect(heard).toEqual(["x"]);
  });

  test("C71 a failing listener of `error` goes to the console, and not round in circles", () => {
    const console_ = vi.spyOn(console, "error").mockReturnValue();
    const emitter: Emitter<Events> = new Emitter<Events>((error) => emitter.emit("error", error));
    emitter.on("error", () => {
      throw new Error("worse");
    });
    emitter.on("said", () => {
      throw new Error("bad");
    });
    emitter.emit("said", "x");
    expect(console_.mock.calls).toEqual([
      ['Holdfast: Listener of error failed: worse (listen for "error" to handle this)'],
    ]);
  });
});

describe("listeners that change the list while it is told", () => {
  test("C70 one that removes itself makes none be skipped", () => {
    const emitter = make();
    const heard: string[] = [];
    const offs = ["a", "b", "c"].map((name, index) =>
      emitter.on("said", () => {
        heard.push(name);
        offs[index]?.();
      }),
    );
    emitter.emit("said", "");
    emitter.emit("said", "");
    expect(heard).toEqual(["a", "b", "c"]);
    expect(emitter.has("said")).toBe(false);
  });

  test("C70 one that removes all makes none of those that stay be skipped", () => {
    const emitter = make();
    const heard: string[] = [];
    emitter.on("said", () => {
      heard.push("first");
      offFirst();
    });
    const offFirst = emitter.on("said", () => heard.push("second"));
    emitter.on("said", () => heard.push("third"));
    emitter.emit("said", "");
    expect(heard.filter((name) => name !== "second")).toEqual(["first", "third"]);
    heard.length = 0;
    emitter.emit("said", "");
    expect(heard).toEqual(["first", "third"]);
  });

  test("one that is added meanwhile gets the next event only", () => {
    const emitter = make();
    const heard: string[] = [];
    emitter.on("said", (text) => {
      if (text === "1") emitter.on("said", (later) => heard.push(later));
    });
    emitter.emit("said", "1");
    emitter.emit("said", "2");
    expect(heard).toEqual(["2"]);
  });
});

describe("once", () => {
  test("resolves with the next event, and leaves nothing behind", async () => {
    const emitter = make();
    const { signal, listeners } = countedSignal();
    const wait = emitter.once("said", { signal });
    emitter.emit("said", "1");
    emitter.emit("said", "2");
    await expect(wait).resolves.toBe("1");
    expect(emitter.has("said")).toBe(false);
    expect(listeners()).toBe(0);
  });

  test("rejects when the signal aborts, and at once when it already has", async () => {
    const emitter = make();
    const { signal, abort } = countedSignal();
    const wait = emitter.once("said", { signal });
    abort();
    const aborted = { code: "aborted", message: "Waiting for said was aborted", cause: "enough" };
    await expect(wait).rejects.toMatchObject(aborted);
    await expect(emitter.once("said", { signal })).rejects.toMatchObject(aborted);
    expect(emitter.has("said")).toBe(false);
  });

  test("rejects when the source closes first or is closed, and waits again after `reopen`", async () => {
    const emitter = make();
    const { signal, listeners } = countedSignal();
    const wait = emitter.once("said", { signal });
    emitter.close();
    await expect(wait).rejects.toMatchObject({ code: "closed" });
    expect(listeners()).toBe(0);
    await expect(emitter.once("said")).rejects.toMatchObject({ code: "closed" });
    emitter.reopen();
    const again = emitter.once("said");
    emitter.emit("said", "x");
    await expect(again).resolves.toBe("x");
  });

  test("refuses a signal that is none, and leaves no listener", async () => {
    const emitter = make();
    const signal = { aborted: false } as AbortSignal;
    await expect((async () => emitter.once("said", { signal }))()).rejects.toThrow(TypeError);
    expect(emitter.has("said")).toBe(false);
  });
});

test("listeners stay over `close` until they are removed", () => {
  const emitter = make();
  const heard: string[] = [];
  emitter.on("said", (text) => heard.push(text));
  emitter.close();
  emitter.close();
  emitter.emit("said", "x");
  expect(heard).toEqual(["x"]);
});

test("a stream opened on a closed source ends at once and listens to nothing", async () => {
  const emitter = make();
  emitter.close();
  const { signal, listeners } = countedSignal();
  const stream = emitter.events("said", { signal });
  await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
  expect(emitter.has("said")).toBe(false);
  expect(listeners()).toBe(0);
});
