import type { HttpListener } from "@holdfast/core";
import type { ChannelServer, ChannelServerOptions } from "@holdfast/core/channels";
import { sqliteStore } from "@holdfast/sqlite";

/** What can be said of a server's options in JSON, so that they can be told to another process. */
export type PlainOptions = Pick<ChannelServerOptions, "limits" | "history" | "origins" | "ackTimeoutMs"> & {
  /** A file that history is kept in. */
  file?: string;
  /** Whether the hook of this channel says who asked, and never answers. */
  hangs?: string;
};

/** A server process says where it listens, what it is asked, its figures, and how many timers are left of it. */
export type ServerLine =
  | { readonly address: string; readonly httpAddress: string }
  | { readonly asked: string }
  | { readonly emitted: string }
  | { readonly closed: number }
  | { readonly stats: ReturnType<ChannelServer["stats"]>; readonly of: number };

/** What a server process is told. */
export type ServerCommand = { readonly stats: number } | { readonly close: true };

/** The options that plain ones stand for; `say` is told of what the hook is asked. */
export function serverOptions(
  { file, hangs, ...plain }: PlainOptions,
  say: (line: ServerLine) => void,
): ChannelServerOptions {
  return {
    ...plain,
    limits: { connectionsPerAddress: 1_000, ...plain.limits },
    ...(file !== undefined && { store: sqliteStore({ file }) }),
    ...(hangs !== undefined && {
      authorizeTimeoutMs: 60_000,
      authorize: ({ channel }) => {
        if (channel !== hangs) return true;
        say({ asked: channel });
        return new Promise(() => {});
      },
    }),
  };
}

/** Runs a server process: `listen` serves, `commands` brings what it is told, line by line. */
export async function runServer(
  server: ChannelServer,
  listener: HttpListener,
  commands: AsyncIterable<string>,
  say: (line: ServerLine) => void,
): Promise<void> {
  server.on("emitted", ({ eventId }) => say({ emitted: eventId }));
  const { address, httpAddress } = listener;
  say({ address, httpAddress });
  for await (const line of commands) {
    const command = JSON.parse(line) as ServerCommand;
    if ("close" in command) break;
    say({ stats: server.stats(), of: command.stats });
  }
  await server.close();
  await listener.close();
  say({ closed: server.stats().timers });
}
