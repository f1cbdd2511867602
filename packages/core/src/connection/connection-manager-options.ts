import type { MessagesOf } from "../protocol/protocol.ts";
import type { ExchangeOptions } from "./exchange.ts";
import type { AttemptInfo } from "./link-owner.ts";

/** What `createConnectionManager` takes. */
export interface ConnectionManagerOptions<
  Key,
  Client extends MessagesOf<Client>,
  Server extends MessagesOf<Server>,
> extends ExchangeOptions<Client, Server> {
  /** Where to dial for a key; asked at each attempt, so that it may hold a fresh token. */
  url: (key: Key, info: AttemptInfo) => string | URL | Promise<string | URL>;
  /** Its abort closes the manager. */
  signal?: AbortSignal;
}
