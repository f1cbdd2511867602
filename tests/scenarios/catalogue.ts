/** One way in which connections were seen to fail their users. */
export interface Scenario {
  /** Its number, such as `C27`. */
  readonly number: string;
  /** What goes wrong, and what has to come of it. */
  readonly line: string;
  /** Whether it is a matter of real sockets: then every runtime has a case of its own. Else core decides it, on any. */
  readonly real: boolean;
}

/** The part of the catalogue that a chapter of `docs/reliability.md` tells of. */
export interface Chapter {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

/** A chapter whose scenarios are numbered from `first`, such as `C27`; {@linkcode REAL} begins a line of real sockets. */
export function chapter(letter: "C" | "S", title: string, first: number, lines: readonly string[]): Chapter {
  const scenarios = lines.map((text, index) => {
    const real = text.startsWith(REAL);
    return { number: `${letter}${first + index}`, line: real ? text.slice(REAL.length) : text, real };
  });
  return { title, scenarios };
}

/** Begins the lines of what is a matter of real sockets. */
const REAL = "on real sockets: ";

/** C1–C85, in their order. */
export const CATALOGUE: readonly Chapter[] = [
  chapter("C", "Connecting", 1, [
    "on real sockets: an upgrade that is never answered fails at the connect timeout, and is tried again",
    "on real sockets: refused, reset, unknown host, failed TLS: a typed cause that is tried again, no uncaught error",
    "on real sockets: open, but the first message never comes: fails at the ready timeout, and is tried again",
    "on real sockets: open, and ended before it was ready: noticed at once",
    "on real sockets: a close during the dial: no uncaught error, no later open, TCP ends",
    "a socket that opens after its attempt was given up is dropped, never adopted",
    "a bad address, header or permission is a failed attempt like any other",
    "an address or token provider that rejects is a failed attempt with backoff",
    "a provider that never settles is covered by the connect timeout; what it says later is ignored",
    "a provider that says “unauthorized” ends that one connection",
    "a token that ran out for a crowd is asked for once",
    "on real sockets: 401 and 403 are unauthorized, 429 and 503 wait for Retry-After, anything else is a rejection",
    "on real sockets: a redirect, or 200 instead of 101, is a failed attempt with its status",
    "an open that is already there wins over a timeout that is overdue because we stalled",
  ]),
  chapter("C", "Closing", 15, [
    "on real sockets: a mute peer does not delay the next attempt; its socket is dropped, or counted where it cannot be",
    "on real sockets: a close frame is the end, even if the peer leaves TCP open",
    "no close code, 0, 1005 and 1006 are one cause",
    "a close code or reason that must not be sent is made fit, and never throws",
    "what a replaced socket says late is ignored",
    "frames of a replaced socket are dropped, and counted",
    "closing twice, when idle or while waiting tells one end, and resolves",
    "close and connect in one turn leave exactly one socket",
    "connecting twice is one socket, and one result",
    "reconnect in any phase leaves one attempt in flight",
    "close and error in any order, or twice, are one transition",
    "no timer outlives its phase",
  ]),
  chapter("C", "Liveness", 27, [
    "on real sockets: a peer that goes half-open is found within ping interval and timeout, and replaced",
    "any frame is a sign of life, also while a pong is late",
    "a pong to an old ping proves and disproves nothing",
    "our own loop stalled: what the kernel already has gets its turn before the verdict",
    "the window opens when the ping was sent, not when it was due",
    "after an hour of sleep there is one probe, and no burst of overdue timers",
    "a wall clock that jumps changes nothing",
    "a healthcheck is answered past everything that is queued",
    "a limit on silence is watched from the open on, though the server never pings",
    "the heartbeats of a crowd are spread over the interval",
    "a quiet, healthy connection is left alone",
  ]),
  chapter("C", "Backoff and storms", 38, [
    "on real sockets: accepted and dropped time and again: at most 12 attempts in 100 s, the wait growing",
    "a connection that does not last proves nothing: backoff goes on",
    "after one that lasted the first retry comes within a second",
    "there is jitter at the cap, too",
    "two connections of one moment wait differently",
    "a delay that is huge, negative or no number makes no tight loop",
    "thousands that lose the server come back at the configured rate, the global connection first",
    "a cold start of thousands is paced likewise, in slices",
    "a hung attempt gives its slot back, and whoever leaves the queue is gone from it",
    "“try again later” holds back all connections to that host",
    "a server that drains: the new socket is ready before the old one closes",
    "a final cause ends one connection and no other",
    "a final cause on the global connection starts no storm of the others",
    "after the last attempt there is one end, and connecting by hand works again",
    "the network is back: one attempt at once; the listener goes with the connection",
  ]),
  chapter("C", "Sending", 53, [
    "while down, messages are kept, refused or give way as the policy says, within bounds, and it is told",
    "what was kept goes out in order, before what is sent on ready",
    "what was meant for one socket is not sent on the next, unless it may be replayed",
    "a loss in the middle of a flush repeats nothing and drops nothing in silence",
    "a send on a closing socket says that it was not sent",
    "a slow reader does not make memory grow",
    "a close does not wait for a full buffer beyond its timeout",
    "a request that is pending when the socket drops is rejected at once",
    "a reply that comes in the turn of its overdue timeout wins",
    "a request that is given up is not sent later",
  ]),
  chapter("C", "Receiving", 63, [
    "what is no message is told as invalid with a sample; the connection stays",
    "so is a binary frame of a text protocol",
    "fields that nobody knows pass",
    "a frame over the limit has a cause of its own, and makes no endless loop",
    "a listener that throws is told once, and hurts no other",
    "so is one whose promise rejects",
    "a listener may close, connect and send in any event",
    "a listener that is removed while others are called makes none be skipped",
    "an error that nobody listens for kills nothing",
    "a reader slower than its stream has a bounded buffer; leaving the loop frees it",
    "what came before a close is delivered before the end is told",
    "messages keep their order, though a schema is asynchronous",
  ]),
  chapter("C", "Manager and process", 75, [
    "a key added twice is one connection; removed and added at once is one, too",
    "there is never a second socket for a key, but during a handover",
    "a team that left is closed, with its timers",
    "out of descriptors, ports or DNS: this machine is short, and slows down",
    "a manager closes within its timeout, mute peers included, and nothing is left",
    "the process ends by itself once all is closed",
    "an aborted signal, and the end of `await using`, are a close",
    "connecting and closing for ever leaves no memory behind",
    "two managers share nothing that they were not given",
    "after a gap the user is told of a gap",
    "a message that is repeated after a reconnect is recognised by its id",
  ]),
];
