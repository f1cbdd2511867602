// Runs in a page of Chromium: listens and emits, by what the page's address says, and reports to where it came from.
import { webSocket } from "@holdfast/core";
import { createChannelClient, emit } from "@holdfast/core/channels";

const host = new URLSearchParams(location.search).get("host") ?? "";

/** What comes of listening and emitting as every program does. */
async function tryAll(): Promise<object> {
  const heard: unknown[] = [];
  const client = createChannelClient({
    url: `ws://${host}`,
    channel: "news",
    socket: webSocket(),
    presence: { page: location.origin },
    maxAttempts: 1,
  });
  client.on("event", ({ payload }) => heard.push(payload));
  const connected = await client.connect().then(
    () => true,
    () => false,
  );
  const emitted = await emit(
    `http://${host}`,
    { from: "page" },
    { channel: "news", requireAck: true, retries: 0 },
  ).then(
    ({ code, acked, delivered }) => ({ code, acked: acked?.length, delivered }),
    ({ code }: { code: string }) => ({ code }),
  );
  await client.close();
  return { connected, emitted, heard };
}

/** What a page may do without asking first: the answer is hidden from it, but the request is made. */
async function tryBlindly(): Promise<void> {
  const url = `http://${host}/news/emit`;
  await fetch(url, { method: "POST", mode: "no-cors", body: '{"blind":"post"}' }).catch(() => {});
  await fetch(`${url}?blind=get`, { mode: "no-cors" }).catch(() => {});
  await new Promise((resolve) => {
    const image = new Image();
    image.onload = resolve;
    image.onerror = resolve;
    image.src = `${url}?blind=image`;
  });
}

const result = await tryAll();
await tryBlindly();
await fetch("/report", { method: "POST", body: JSON.stringify(result) });
