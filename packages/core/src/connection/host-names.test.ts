import { expect, test } from "vitest";
import { HostNames } from "./host-names.ts";

test("a host is one string however often it is named, and there is a limit to how many are remembered", () => {
  const hosts = new HostNames();
  for (let host = 0; host < 5_000; host++) expect(hosts.of(`host-${host}`)).toBe(`host-${host}`);
  expect(hosts.of("")).toBe("");
});
