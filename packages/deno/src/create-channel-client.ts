import {
  type ChannelClient,
  type ChannelClientOptions,
  createChannelClient as createPortableClient,
} from "@holdfast/core/channels";
import { webSocket } from "./web-socket.ts";

/** What `createChannelClient` takes: `socket` is there already. */
export type RuntimeChannelClientOptions<Payload> = Omit<ChannelClientOptions<Payload>, "socket"> &
  Partial<Pick<ChannelClientOptions<Payload>, "socket">>;

/**
 * Listens to a channel on this runtime's WebSocket and stays there: it answers pings, acknowledges, keeps who is
 * there, and after a reconnect resumes behind the latest event, or says that there is a gap. A token goes as
 * `Authorization`, unless `tokenIn` says otherwise.
 *
 * @param options `url` and `channel` are all it needs; every option is described in `ChannelClientOptions`.
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { createChannelClient } from "@holdfast/deno";
 *
 * const news = createChannelClient({ url: "ws://localhost:8080", channel: "news" });
 * news.on("event", ({ payload }) => console.log(payload));
 * ```
 */
export function createChannelClient<Payload = unknown>(
  options: RuntimeChannelClientOptions<Payload>,
): ChannelClient<Payload> {
  return createPortableClient<Payload>({
    tokenIn: "header",
    ...options,
    socket: options?.socket ?? webSocket(),
  });
}
