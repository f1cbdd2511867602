import type { ChannelClient, ChannelClientOptions, ChannelClientStats } from "@holdfast/core/channels";

/** What can be said of a client's options in JSON, so that they can be told to another process. */
export type PlainClientOptions = Pick<
  ChannelClientOptions<unknown>,
  "channel" | "presence" | "ack" | "since" | "stableAfterMs" | "closeTimeoutMs"
> & { url: string; token?: string; backoff?: { baseMs: number; maxMs: number } };

/** What a client told: the name of an event and its payload as JSON has it. */
export interface Told {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it as it pleases
  readonly event: any;
}

/** A client process says what it was told, its figures, and how it ended. */
export type ClientLine =
  | Told
  | { readonly stats: ChannelClientStats; readonly of: number }
  | { readonly ended: string };

/** What a client process is told. */
export type ClientCommand =
  | { readonly stats: number }
  | { readonly presence: unknown }
  | { readonly close: true };

const NAMES = [
  ...(["event", "connected", "gap", "joined", "updated", "left", "disconnected", "refused"] as const),
  ...(["invalid", "unknown", "dropped", "error"] as const),
];

/** Tells every event of a client. */
export function tellAll(client: ChannelClient<unknown>, say: (told: Told) => void): void {
  for (const name of NAMES) {
    client.on(name, (event) => {
      const plain = JSON.stringify(event, (_key, value) => (value instanceof Error ? value.message : value));
      say({ name, event: JSON.parse(plain) });
    });
  }
}

/** Runs a client process: `commands` brings what it is told, line by line. */
export async function runClient(
  client: ChannelClient<unknown>,
  commands: AsyncIterable<string>,
  say: (line: ClientLine) => void,
): Promise<void> {
  tellAll(client, say);
  client.connect().catch(() => {});
  for await (const line of commands) {
    const command = JSON.parse(line) as ClientCommand;
    if ("close" in command) break;
    if ("presence" in command) client.setPresence(command.presence);
    else say({ stats: client.stats(), of: command.stats });
  }
  say({ ended: (await client.close()).kind });
}
