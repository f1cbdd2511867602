import { serve } from "@holdfast/node";
import { describe, it } from "vitest";
import { dialRawNode } from "../contract/raw-client-node.ts";
import { CLOSE_TIMEOUT_MS, type ServerSubject, serverCases } from "./server-cases.ts";

const subject: ServerSubject = {
  name: "serve() of node",
  framing: "web-socket",
  hardened: true,
  serve,
  listen: (accept) => serve({ port: 0, accept, closeTimeoutMs: CLOSE_TIMEOUT_MS }),
  dialRaw: dialRawNode,
};

describe(subject.name, () => {
  for (const { name, run } of serverCases(subject)) it(name, () => run(subject));
});
