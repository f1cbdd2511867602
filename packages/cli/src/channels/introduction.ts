import { printable } from "../output/printable.ts";
import type { ChannelsFlags } from "./serving.ts";

/** What a new user needs: where the server is, lines to copy into another terminal, and who may come in unasked. */
export function introduction(
  address: string,
  flags: Pick<ChannelsFlags, "token" | "store" | "metrics" | "host" | "origin">,
): string[] {
  const { token, store, metrics } = flags;
  const url = address.replace(/^ws/, "http");
  const bearer = token === undefined ? "" : ' -H "Authorization: Bearer $HOLDFAST_TOKEN"';
  const kept = store === "memory" ? "memory" : printable(store);
  const whom = token === undefined ? "for everybody" : "for who has the token";
  return [
    `Listening on ${url} ${whom}, history in ${kept}`,
    ...(token === undefined ? [] : ["  export HOLDFAST_TOKEN=…   # the token, in the other terminal"]),
    `  npx holdfast listen ${url}/news`,
    `  curl${bearer} -d '{"hello":"world"}' '${url}/news/emit'`,
    `  ${url}/healthz${metrics ? ` and ${url}/metrics` : ""}`,
    ...warnings(flags),
  ];
}

function warnings({ token, host, origin }: Pick<ChannelsFlags, "token" | "host" | "origin">): string[] {
  if (token !== undefined) return [];
  const may = "may emit and listen; --token says who may";
  return [
    ...(isLoopback(host) ? [] : [`warning: everybody who reaches it ${may}`]),
    // Also on the loopback: the pages that a browser of this machine shows reach it.
    ...(origin.includes("*") ? [`warning: any page in a browser that reaches it ${may}`] : []),
  ];
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
