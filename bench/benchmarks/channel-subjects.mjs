/** Servers of channels: bare sockets, the peers, and Holdfast, on each runtime. */
export const WS = { id: "ws", label: "bare ws loop", server: "channels-ws" };
export const SOCKET_IO = { id: "socket-io", label: "Socket.IO rooms", server: "channels-socket-io" };
export const CROSSWS = { id: "crossws", label: "crossws publish", server: "channels-crossws" };
export const HOLDFAST = { id: "holdfast", label: "**Holdfast**", server: "channels-holdfast" };
export const DENO = {
  ...{ id: "bare-deno", label: "bare Deno loop" },
  ...{ server: "channels-deno", serverRuntime: "deno" },
};
export const HOLDFAST_DENO = {
  ...{ id: "holdfast-deno", label: "**Holdfast on Deno**" },
  ...{ server: "channels-holdfast-deno", serverRuntime: "deno" },
};
export const HOLDFAST_NODE_ON_DENO = {
  ...{ id: "holdfast-hardened-deno", label: "**Holdfast on Deno**, hardened" },
  ...{ server: "channels-holdfast", serverRuntime: "deno" },
};

export const EVERYBODY = [WS, SOCKET_IO, CROSSWS, HOLDFAST, DENO, HOLDFAST_DENO, HOLDFAST_NODE_ON_DENO];

/** What a row is held against: the bare socket of its runtime. */
export function bareOf(row) {
  return row.endsWith("-deno") ? DENO.id : WS.id;
}

/** What the limits of Holdfast's server are in every benchmark of channels. */
export const RAISED =
  "All clients come from one address, so Holdfast's limits of 20 connections for each address and 50 messages a second are set higher.";

/** A server and a process of listeners, all of which have been told of each other. */
export async function listeningTo(stage, { sockets, channels = 1, limits }) {
  const server = await stage.server({ limits });
  const listeners = await stage.helper("client/channel-listeners.mjs");
  await listeners.call("connect", { ...server.ready, sockets, channels });
  return { server, listeners };
}
