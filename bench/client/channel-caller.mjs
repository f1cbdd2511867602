// Emits over HTTP at a steady rate, whether or not the answers keep up, and times them from when each was due.
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { answerCommands } from "../harness/answer-commands.mjs";
import { percentile } from "../harness/figures.mjs";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const BODY = JSON.stringify({ text: "a quiet word among the listeners" });
const POST = { method: "POST", agent, headers: { "Content-Type": "application/json" } };

function emit(url) {
  return new Promise((resolve, reject) => {
    const call = request(url, POST, (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`Emit was answered with ${response.statusCode}`)),
      );
    });
    call.on("error", reject);
    call.end(BODY);
  });
}

answerCommands({
  call: async ({ url, perSecond, emits }) => {
    const started = performance.now();
    const took = [];
    const all = [];
    await new Promise((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(emits, ((performance.now() - started) / 1_000) * perSecond);
        for (let count = all.length; count < due; count++) {
          const dueAt = started + (count * 1_000) / perSecond;
          all.push(emit(url).then(() => took.push(performance.now() - dueAt)));
        }
        if (all.length < emits) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    await Promise.all(all);
    return { p50: percentile(took, 0.5), p99: percentile(took, 0.99), most: Math.max(...took) };
  },
});
