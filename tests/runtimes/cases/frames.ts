import { same } from "../../contract/expect.ts";
import { FRAGMENTED_TEXT } from "../faults.ts";
import type { Features } from "../features.ts";
import type { RuntimeCase } from "../runtime-case.ts";

/** What is promised of frames that arrive. */
export function frameCases(_features: Features): RuntimeCase[] {
  return [
    {
      scenario: "C63",
      name: "frames that are no message are reported with a sample, and the connection goes on",
      run: async (bench) => {
        const life = bench.dial((await bench.open("garbage")).address);
        await life.until("the message after them", () => life.said.length > 0);
        const samples = life.invalid.map(({ sample }) => sample);
        same(samples.slice(0, 4), ["not json", '{"no":"type"}', "", '{"type":"said","text":7}'], "samples");
        same([life.unknown, life.said], [["nobody-knows"], ["after"]], "the rest");
        same([life.downs.length, life.connection.stats().invalid], [0, 5], "failures, and the count");
      },
    },
    {
      scenario: "C64",
      name: "a binary frame on a text protocol is reported as bytes, and the connection goes on",
      run: async (bench) => {
        const life = bench.dial((await bench.open("garbage")).address);
        await life.until("the message after them", () => life.said.length > 0);
        const sample = life.invalid.at(-1)?.sample ?? "";
        same(/ff.?00.?fe/i.test(sample), true, `${sample} to be the bytes`);
        same(life.downs.length, 0, "the failures");
      },
    },
    {
      scenario: "C63",
      name: "text that is not UTF-8 ends the connection as abnormal, is never delivered, and is replaced",
      run: async (bench) => {
        const server = await bench.open("invalid-utf8-once");
        const life = bench.dial(server.address);
        const { cause } = await life.down(0, 500);
        same(cause.kind, "abnormal", "the kind");
        await life.ready(2);
        same([life.said, life.invalid.length], [[], 0], "what was delivered");
        same((await server.until({ open: 1 }, 1_000)).connections.length, 2, "the connections");
      },
    },
    {
      scenario: "C63",
      name: "bytes that are no frame end the connection as abnormal, and it is replaced",
      run: async (bench) => {
        const server = await bench.open("reserved-opcode-once");
        const life = bench.dial(server.address);
        same((await life.down(0, 500)).cause.kind, "abnormal", "the kind");
        await life.ready(2);
        same((await server.until({ open: 1 }, 1_000)).connections.length, 2, "the connections");
      },
    },
    {
      scenario: "frames",
      name: "a message in fragments that cut through characters arrives whole",
      run: async (bench) => {
        const life = bench.dial((await bench.open("fragments")).address);
        await life.until("the message", () => life.said.length > 0);
        same(life.said[0] === FRAGMENTED_TEXT, true, "the text to be the same");
        same([life.invalid.length, life.downs.length], [0, 0], "faults");
      },
    },
    {
      scenario: "frames",
      name: "a message that drips in byte by byte arrives whole, and those behind it in order",
      run: async (bench) => {
        const life = bench.dial((await bench.open("drip")).address);
        await life.until("both messages", () => life.said.length === 2);
        same([life.said, life.downs.length], [["slow", "after"], 0], "what arrived");
      },
    },
  ];
}
