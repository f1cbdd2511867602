import { type ChannelServerStats, createChannelServer, serve } from "@holdfast/node";
import { type PlainOptions, type ServerLine, serverOptions } from "./channel-process.ts";
import { LineProcess } from "./line-process.ts";

/** A channel server on real sockets, which a test knows by its address alone. */
export interface Served extends AsyncDisposable {
  /** Such as `127.0.0.1:4711`. */
  readonly host: string;
  stats(): Promise<ChannelServerStats>;
}

/** Serves channels on some runtime. */
export type Serve = (options?: PlainOptions) => Promise<Served>;

/** On Node, in this process. */
export const serveNode: Serve = async (options = {}) => {
  const server = createChannelServer(serverOptions(options, () => {}));
  const { fetch, accept } = server;
  const listener = await serve({ port: 0, fetch, accept, protocols: ["holdfast"] });
  return {
    host: new URL(listener.httpAddress).host,
    stats: async () => server.stats(),
    async [Symbol.asyncDispose]() {
      await server.close();
      await listener.close();
    },
  };
};

/** On Deno, in a process of its own. */
export const serveDeno: Serve = async (options = {}) => {
  const child = new LineProcess<ServerLine>("deno", "deno-server.ts", options);
  const line = await child.waitFor("address", (said) => "address" in said);
  const { httpAddress } = line as Extract<ServerLine, { address: unknown }>;
  let asked = 0;
  return {
    host: new URL(httpAddress).host,
    async stats() {
      const number = ++asked;
      child.tell({ stats: number });
      const said = await child.waitFor("stats", (line) => "stats" in line && line.of === number);
      return (said as Extract<ServerLine, { stats: unknown }>).stats;
    },
    async [Symbol.asyncDispose]() {
      child.tell({ close: true });
      await child.waitFor("end", (line) => "closed" in line && line.closed === 0);
      // Deno keeps a process for 15 s after a peer was lost: a timer of its own, which nobody can clear.
      await child.kill();
    },
  };
};

/** The runtimes that serve channels. */
export const SERVERS: readonly (readonly [runtime: "Node" | "Deno", serve: Serve])[] = [
  ["Node", serveNode],
  ["Deno", serveDeno],
];
