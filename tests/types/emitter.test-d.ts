import { Emitter, type EventSource, type HoldfastError } from "@holdfast/core";
import { describe, expectTypeOf, it } from "vitest";

interface Events {
  greeting: { text: string };
  count: number;
}
const emitter = new Emitter<Events>((error) => expectTypeOf(error).toEqualTypeOf<HoldfastError>());

describe("Emitter", () => {
  it("gives each listener its event's payload, and a remover back", () => {
    const off = emitter.on("greeting", (greeting) =>
      expectTypeOf(greeting).toEqualTypeOf<{ text: string }>(),
    );
    expectTypeOf(off).toEqualTypeOf<() => void>();
    expectTypeOf(emitter.once("count")).toEqualTypeOf<Promise<number>>();
  });

  it("streams payloads for await", async () => {
    for await (const count of emitter.events("count")) expectTypeOf(count).toEqualTypeOf<number>();
  });

  it("refuses other names and other payloads", () => {
    // @ts-expect-error there is no such event
    emitter.on("greetings", () => {});
    // @ts-expect-error a count is a number
    emitter.emit("count", "one");
    // @ts-expect-error a listener of greetings takes no number
    emitter.on("greeting", (count: number) => count);
  });

  it("is an event source that cannot be told to emit", () => {
    const source: EventSource<Events> = emitter;
    // @ts-expect-error whoever listens does not emit
    source.emit("count", 1);
  });
});
