import type { Socket } from "@holdfast/core";
import { dial } from "../connected.ts";
import { pass, same, within } from "../expect.ts";
import type { Fault, FaultServer } from "../fault-peer.ts";
import type { Features } from "../features.ts";
import { Recorder } from "../recorder.ts";
import type { ContractCase, Subject } from "../socket-contract.ts";
import { causeOf } from "./dial.ts";

/** Well before any timeout of a close, in milliseconds. */
const AT_ONCE_MS = 700;
/** Longer than a close may take where it is bounded, shorter than `ws` takes where it is not, in milliseconds. */
const KEPT_MS = 1_800;

/** What is promised when the peer misbehaves below the transport. */
export function faultCases(features: Features): ContractCase[] {
  const { closeCodes, overTcp } = features;
  const dialled = closeCodes ? [silentCase(overTcp)] : [];
  return [
    ...dialled,
    {
      name: "C4 C17 a connection that ends without a close is abnormal, once",
      run: (subject) =>
        against(subject, "sever", async ({ heard }) => {
          same((await heard.ended(AT_ONCE_MS)).kind, "abnormal", "what the dialler hears");
        }),
    },
    ...muteCases(features),
    ...leftOpenCases(features),
  ];
}

/** An open connection to a peer with this fault, for as long as the work takes. */
async function against(
  subject: Subject,
  fault: Fault,
  work: (ends: { near: Socket; heard: Recorder; server: FaultServer }) => Promise<void>,
): Promise<void> {
  const server = await subject.faults(fault);
  try {
    const heard = new Recorder();
    const near = await dial(subject, `${server.address}/`, heard);
    await work({ near, heard, server });
    heard.check("the dialler");
  } finally {
    await server.close();
  }
}

function silentCase(overTcp: boolean): ContractCase {
  return {
    name: "C1 C5 a dial that is never answered ends by its abort, and so does its connection",
    run: async (subject) => {
      const server = await subject.faults("silent");
      try {
        const heard = new Recorder();
        const dialling = new AbortController();
        const dialled = dial(subject, `${server.address}/?token=secret`, heard, { signal: dialling.signal });
        if (overTcp) await server.until("the request", () => server.asked === 1);
        dialling.abort();
        same((await within(50, "the abort", causeOf(dialled))).kind, "aborted", "the kind");
        if (overTcp) await server.until("the end of TCP", () => server.open === 0, 1_000);
        same(heard.ends, [], "what its handler was told");
      } finally {
        await server.close();
      }
    },
  };
}

function muteCases({ muteClose, terminate, overTcp }: Features): ContractCase[] {
  const bounded: ContractCase = {
    name: "C15 S31 a close that is never answered ends as abnormal after about a second, and TCP with it",
    run: (subject) =>
      against(subject, "mute", async ({ near, heard, server }) => {
        near.close(4000, "bye");
        same((await heard.ended(KEPT_MS)).kind, "abnormal", "what the dialler hears");
        await server.until("the end of TCP", () => server.open === 0, 1_000);
      }),
  };
  const kept: ContractCase = {
    name: "deviation: C15 a close that is never answered keeps the connection until the peer ends it",
    run: (subject) =>
      against(subject, "mute", async ({ near, heard, server }) => {
        near.close(4000, "bye");
        await pass(KEPT_MS);
        same(heard.ends, [], "what the dialler hears meanwhile");
        if (overTcp) same(server.open, 1, "the connections meanwhile");
        server.dropAll();
        same((await heard.ended()).kind, "abnormal", "what the dialler hears then");
      }),
  };
  const dropped: ContractCase = {
    name: "C15 a mute peer is dropped by terminate: at once, also while a close is unanswered",
    run: async (subject) => {
      for (const closing of [false, true]) {
        await against(subject, "mute", async ({ near, heard, server }) => {
          if (closing) near.close();
          heard.inside("terminate", () => near.terminate?.());
          same((await heard.ended(AT_ONCE_MS)).kind, "abnormal", "what the dialler hears");
          if (overTcp) await server.until("the end of TCP", () => server.open === 0, AT_ONCE_MS);
        });
      }
    },
  };
  return [muteClose === "dropped" ? bounded : kept, ...(terminate.near ? [dropped] : [])];
}

function leftOpenCases({ closeLeftOpen }: Features): ContractCase[] {
  if (closeLeftOpen === "none") return [];
  const codeless: ContractCase = {
    name: "C17 a close frame without a code is abnormal",
    run: (subject) =>
      against(subject, "close-empty", async ({ heard }) => {
        same((await heard.ended()).kind, "abnormal", "what the dialler hears");
      }),
  };
  const ended: ContractCase = {
    name: "C16 a close frame whose sender leaves TCP open is a close, after about a second",
    run: (subject) =>
      against(subject, "close-left-open", async ({ near, heard }) => {
        const cause = await heard.ended(KEPT_MS);
        same([cause.kind, cause.code], ["closed", 4444], "what the dialler hears");
        same(near.send("x"), false, "send afterwards");
      }),
  };
  const kept: ContractCase = {
    name: "deviation: C16 a close frame whose sender leaves TCP open is not told: send returns false",
    run: (subject) =>
      against(subject, "close-left-open", async ({ near, heard, server }) => {
        await pass(KEPT_MS);
        same(heard.ends, [], "what the dialler hears meanwhile");
        same(near.send("x"), false, "send meanwhile");
        server.dropAll();
        const cause = await heard.ended();
        same([cause.kind, cause.code], ["closed", 4444], "what the dialler hears then");
      }),
  };
  return [codeless, closeLeftOpen === "ended" ? ended : kept];
}
