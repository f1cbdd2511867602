/** Who takes part: bare `ws`, which everything is held against, the peers, and Holdfast. */
export const WS = { id: "ws", label: "bare ws" };
export const HOLDFAST = { id: "holdfast", label: "**Holdfast**" };
export const PARTYSOCKET = { id: "partysocket", label: "partysocket" };
export const RECONNECTING = { id: "reconnecting-websocket", label: "reconnecting-websocket" };
export const SOCKET_IO = { id: "socket-io", label: "socket.io-client", server: "socket-io" };

export const EVERYBODY = [WS, HOLDFAST, PARTYSOCKET, RECONNECTING, SOCKET_IO];

export const DENO_WEBSOCKET = { id: "deno-websocket", label: "bare Deno WebSocket", runtime: "deno" };
export const HOLDFAST_DENO = { id: "holdfast-deno", label: "**Holdfast on Deno**", runtime: "deno" };
