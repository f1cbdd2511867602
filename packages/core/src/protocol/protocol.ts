import { isThenable } from "../deferred.ts";
import { clip, HoldfastError, messageOf } from "../errors.ts";
import { type Codec, jsonByType } from "./codec.ts";
import { fitOf } from "./fit.ts";
import { describeIssues, type SchemaResult, type StandardSchema } from "./standard-schema.ts";

/** The messages of one direction: each type's name and shape. Interfaces do, without an index signature. */
export type MessagesOf<Messages> = { [Type in keyof Messages]: object };

/** The schemas of one direction, by message type. */
export type Schemas<Messages> = {
  readonly [Type in keyof Messages]: StandardSchema<Messages[Type]>;
};

/** Checks a message against the schema of its type. */
export interface Validate {
  (message: unknown): SchemaResult<unknown> | Promise<SchemaResult<unknown>>;
  /** Where the schema is simple: whether a message fits as it is. `false` says nothing. */
  readonly fits?: ((message: unknown) => boolean) | undefined;
}

/** One direction of a protocol, ready to check messages. */
export interface Direction<Messages extends MessagesOf<Messages>> {
  /** The check of each type. A Map, so that a type called `constructor` is only a name. */
  readonly validators: ReadonlyMap<string, Validate>;
  /** Types only; never there at run time. */
  readonly messages?: Messages;
}

/** A protocol: what clients say, what servers say, and how it is written. */
export interface Protocol<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>> {
  /** The protocol's name, for error messages. */
  readonly name: string;
  /** What clients send. */
  readonly client: Direction<Client>;
  /** What servers send. */
  readonly server: Direction<Server>;
  /** How messages become frames. */
  readonly codec: Codec;
}

/**
 * Defines a protocol once; clients, servers and test doubles are typed from it. Any Standard Schema is taken.
 * A message is looked up by its type and checked by that type's schema alone.
 *
 * @param definition `name`; the schemas of what `client`s and `server`s send, by message type; the `codec`.
 * @throws {TypeError} for a schema that is not a Standard Schema.
 * @example
 * ```ts
 * import { defineProtocol } from "@holdfast/core";
 * import * as v from "valibot";
 *
 * export const echo = defineProtocol({
 *   name: "echo",
 *   client: { say: v.object({ text: v.string() }) },
 *   server: { said: v.object({ text: v.string() }) },
 * });
 * ```
 */
export function defineProtocol<
  Client extends MessagesOf<Client>,
  Server extends MessagesOf<Server>,
>(definition: {
  name: string;
  client: Schemas<Client>;
  server: Schemas<Server>;
  codec?: Codec;
}): Protocol<Client, Server> {
  const { name, codec = jsonByType } = definition;
  if (typeof codec?.decode !== "function" || typeof codec.encode !== "function") {
    throw new TypeError(`Option codec must have decode, typeOf and encode: got ${clip(codec, 80)}`);
  }
  return {
    name,
    client: direction<Client>(`${name}.client`, definition.client),
    server: direction<Server>(`${name}.server`, definition.server),
    codec,
  };
}

function direction<Messages extends MessagesOf<Messages>>(
  name: string,
  schemas: Schemas<Messages>,
): Direction<Messages> {
  const validators = new Map<string, Validate>();
  if (typeof schemas !== "object" || schemas === null) {
    throw new TypeError(`Schemas ${name} must be an object of schemas: got ${clip(schemas, 80)}`);
  }
  for (const [type, schema] of Object.entries(schemas) as [string, StandardSchema][]) {
    const standard = schema?.["~standard"];
    if (typeof standard?.validate !== "function") {
      throw new TypeError(`Schema ${name}.${type} must be a Standard Schema: got ${clip(schema, 80)}`);
    }
    if (type === "*") throw new TypeError(`Message type must not be "*" in ${name}`);
    const validate = (message: unknown): ReturnType<Validate> => standard.validate(message);
    validators.set(type, Object.assign(validate, { fits: fitOf(schema) }));
  }
  return { validators };
}

/**
 * The frame of a message that fits its schema.
 * @throws {HoldfastError} `bad-message` for a type the direction does not have, or a message that does not fit.
 */
export function encodeMessage<Messages extends MessagesOf<Messages>>(
  direction: Direction<Messages>,
  codec: Codec,
  type: string,
  message: object,
): string | Uint8Array {
  const validate = direction.validators.get(type);
  if (validate === undefined) {
    const known = [...direction.validators.keys()].join(", ");
    throw new HoldfastError("bad-message", `Message type ${clip(type, 80)} is not one of ${known}`);
  }
  const result = validate(message);
  if (isThenable(result)) {
    result.then(undefined, () => {});
    throw new HoldfastError(
      "bad-message",
      `Schema of ${type} is asynchronous: messages to be sent need a synchronous one`,
    );
  }
  if (result.issues !== undefined) {
    const problem = `Message ${type} does not fit its schema: ${describeIssues(result.issues)}: got ${clip(message, 120)}`;
    throw new HoldfastError("bad-message", problem);
  }
  try {
    return codec.encode(type, result.value as object);
  } catch (cause) {
    const problem = `Message ${type} cannot be written: ${messageOf(cause)}`;
    throw new HoldfastError("bad-message", problem, { cause });
  }
}
