/** How often the one timer looks, in milliseconds. */
const TICK_MS = 100;

/** A bare loop that pings every socket once in an interval, a few at a time, and looks after no answer. */
export function startPings(sockets, intervalMs) {
  let next = 0;
  let owed = 0;
  let pings = 0;
  setInterval(() => {
    owed += (sockets.length * TICK_MS) / intervalMs;
    for (; owed >= 1; owed--) {
      sockets[next].send(JSON.stringify({ type: "ping", unique_id: ++pings }));
      next = (next + 1) % sockets.length;
    }
  }, TICK_MS);
}
