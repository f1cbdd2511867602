import {
  createConnection,
  createConnectionManager,
  defineProtocol,
  exactly,
  memory,
  type Protocol,
  type StandardSchema,
} from "@holdfast/core";
import * as v from "valibot";
import { describe, expectTypeOf, it } from "vitest";

const echo = defineProtocol({
  name: "echo",
  client: { say: v.object({ text: v.string() }), leave: v.object({}) },
  server: { said: v.object({ text: v.string(), at: v.number() }) },
});
const { socket } = memory();

describe("defineProtocol", () => {
  it("infers both directions from their schemas", () => {
    expectTypeOf(echo).toEqualTypeOf<
      Protocol<{ say: { text: string }; leave: Record<never, never> }, { said: { text: string; at: number } }>
    >();
  });

  it("takes any Standard Schema", () => {
    const own = defineProtocol({
      name: "own",
      client: { a: {} as StandardSchema<{ b: boolean }> },
      server: {},
    });
    expectTypeOf(own.client.messages).toEqualTypeOf<{ a: { b: boolean } } | undefined>();
  });

  it("refuses what is no schema, and a message that is no object", () => {
    // @ts-expect-error a function is no Standard Schema
    defineProtocol({ name: "bad", client: { a: () => true }, server: {} });
    // @ts-expect-error a message is an object
    defineProtocol({ name: "bad", client: { a: v.string() }, server: {} });
  });
});

describe("createConnection", () => {
  const connection = createConnection({ protocol: echo, socket, url: "ws://echo" });

  it("hands each listener its message's type", () => {
    connection.messages.on("said", (said) =>
      expectTypeOf(said).toEqualTypeOf<{ text: string; at: number }>(),
    );
    expectTypeOf(connection.messages.once("said")).resolves.toEqualTypeOf<{ text: string; at: number }>();
    connection.on("disconnected", (down) => expectTypeOf(down.retryInMs).toEqualTypeOf<number>());
  });

  it("sends the client's messages only, with all their fields", () => {
    connection.send("say", { text: "hello" });
    // @ts-expect-error the server says this
    connection.send("said", { text: "hello", at: 1 });
    // @ts-expect-error text is missing
    connection.send("say", {});
    // @ts-expect-error a text is no number
    connection.send("say", { text: 1 });
  });

  it("knows no other event and no other message", () => {
    // @ts-expect-error the client says this
    connection.messages.on("say", () => {});
    // @ts-expect-error there is no such event
    connection.on("open", () => {});
  });

  it("insists on a protocol, a socket and an address", () => {
    // @ts-expect-error socket is missing
    createConnection({ protocol: echo, url: "ws://echo" });
    // @ts-expect-error url is missing
    createConnection({ protocol: echo, socket });
    // @ts-expect-error protocol is missing
    createConnection({ socket, url: "ws://echo" });
  });
});

describe("createConnectionManager", () => {
  it("carries the key's type to its events", () => {
    const manager = createConnectionManager({
      protocol: echo,
      socket,
      url: (key: number) => `ws://echo/${key}`,
    });
    manager.on("connected", ({ key }) => expectTypeOf(key).toEqualTypeOf<number>());
    manager.messages.on("said", ({ key, message }) => {
      expectTypeOf(key).toEqualTypeOf<number>();
      expectTypeOf(message).toEqualTypeOf<{ text: string; at: number }>();
    });
  });
});

describe("exactly", () => {
  interface Shape {
    text: string;
    at?: number | undefined;
  }

  it("takes a schema whose output is the interface", () => {
    const schema = exactly<Shape>()(v.object({ text: v.string(), at: v.optional(v.number()) }));
    expectTypeOf<v.InferOutput<typeof schema>>().toEqualTypeOf<Shape>();
  });

  it("refuses a field too many, one too few, and one that is optional by mistake", () => {
    // @ts-expect-error more is no field of Shape
    exactly<Shape>()(v.object({ text: v.string(), at: v.optional(v.number()), more: v.string() }));
    // @ts-expect-error at is missing
    exactly<Shape>()(v.object({ text: v.string() }));
    // @ts-expect-error text is optional
    exactly<Shape>()(v.object({ text: v.optional(v.string()), at: v.optional(v.number()) }));
  });
});
