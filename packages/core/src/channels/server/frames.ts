/*
 * A server frame is a head that all recipients share and a tail of each one's own: what is emitted to a thousand is
 * serialised once. A head is an object without its last part, `{"type":…,"payload":…,"eventID":…`.
 */

/** The recipient's part of a frame; kept on its session, and made anew when the latency changes. */
export function tailOf(clientId: string, latency: number): string {
  // Joined, it is one flat text; a template gives a tree of its parts, which stays in memory with the session.
  return [`,"clientID":${JSON.stringify(clientId)},"latency":`, latency, "}"].join("");
}

/** The shared part of any frame; `payload` is JSON text. */
export function headOf(type: string, payload: string, eventId: string): string {
  return `{"type":"${type}","payload":${payload},"eventID":${JSON.stringify(eventId)}`;
}

/** The shared part of an event. */
export function dataHead(payload: string, eventId: string, requiresAck: boolean): string {
  return `${headOf("DATA", payload, eventId)},"requires_ack":${requiresAck}`;
}

/** The shared part of an event that comes from history: nobody waits for its acknowledgement any more. */
export function replayedHead(payload: string, eventId: string): string {
  return `${dataHead(payload, eventId, false)},"replayed":true`;
}

/** The first frame; `recovered` where the listener asked to resume. */
export function connectedHead(members: string, eventId: string, recovered: boolean | undefined): string {
  const head = headOf("CONNECTED", `{"members":[${members}]}`, eventId);
  return recovered === undefined ? head : `${head},"recovered":${recovered}`;
}

/** A member as it is on the wire; `presence` is JSON text. */
export function memberText(clientId: string, presence: string): string {
  return `{"clientID":${JSON.stringify(clientId)},"presence":${presence}}`;
}

/** The event id in a head: the last that is written so, whatever the payload holds. */
export function idInHead(head: string): string {
  const at = head.lastIndexOf(ID_KEY) + ID_KEY.length;
  return head.slice(at, head.indexOf('"', at));
}

const ID_KEY = '"eventID":"';
