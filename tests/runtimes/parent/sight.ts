import type { FaultConnection, FaultServer } from "@holdfast/node/testing";
import type { Awaited, Seen, SeenConnection } from "../seen.ts";

/** What a server saw, fit to be sent. */
export function seenBy({ connections, open }: FaultServer): Seen {
  return { connections: connections.map(asSeen), open, mostOpen: mostOpen(connections) };
}

/** Whether all that is awaited is there. */
export function holds({ connections, open }: Seen, awaited: Awaited): boolean {
  const { asked = 0, ended = 0, texts = 0, closes = 0 } = awaited;
  return (
    (awaited.open === undefined || awaited.open === open) &&
    connections.filter(({ path }) => path !== "").length >= asked &&
    connections.filter(({ endedAtMs }) => endedAtMs !== undefined).length >= ended &&
    connections.filter(({ closeCode }) => closeCode !== undefined).length >= closes &&
    connections.reduce((sum, one) => sum + one.texts, 0) >= texts
  );
}

function asSeen(connection: FaultConnection): SeenConnection {
  const { path, openedAtMs, endedAtMs, endedBy, texts, closeCode } = connection;
  return {
    path,
    openedAtMs: performance.timeOrigin + openedAtMs,
    texts: texts.length,
    ...(endedAtMs !== undefined && { endedAtMs: performance.timeOrigin + endedAtMs }),
    ...(endedBy !== undefined && { endedBy }),
    ...(closeCode !== undefined && { closeCode }),
  };
}

/** The most connections that were open at once, by when each was accepted and when its dialler ended it. */
function mostOpen(connections: readonly FaultConnection[]): number {
  const changes = connections.flatMap(({ openedAtMs, endedAtMs }) => [
    { atMs: openedAtMs, by: 1 },
    ...(endedAtMs === undefined ? [] : [{ atMs: endedAtMs, by: -1 }]),
  ]);
  let open = 0;
  let most = 0;
  for (const { by } of changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by)) {
    open += by;
    most = Math.max(most, open);
  }
  return most;
}
