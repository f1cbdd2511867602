import { expect, test } from "vitest";
import { jsonByType } from "../protocol/codec.ts";
import { encodeMessage } from "../protocol/protocol.ts";
import { globalProtocol } from "./messages.ts";

const healthcheck = (message_count: unknown): object => ({
  stats: [{ id: 1, connected: true, message_count, props_count: 0 }],
});

test.each([0, 1, Number.MAX_SAFE_INTEGER])("a count may be %s, and is looked through", (count) => {
  const { fits } = globalProtocol.client.validators.get("healthcheck") ?? {};
  expect(fits?.(healthcheck(count))).toBe(true);
  expect(encodeMessage(globalProtocol.client, jsonByType, "healthcheck", healthcheck(count))).toContain(
    `"message_count":${count},`,
  );
});

test.each([-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1, "1", null, undefined])(
  "a count must not be %s, and the error says where and what it is",
  (count) => {
    const received = typeof count === "string" ? `"${count}"` : String(count);
    expect(() =>
      encodeMessage(globalProtocol.client, jsonByType, "healthcheck", healthcheck(count)),
    ).toThrowError(
      `stats.0.message_count: Invalid count: Expected a whole number of 0 or more but received ${received}`,
    );
  },
);
