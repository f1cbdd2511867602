import { expect, test } from "vitest";
import { Scheduler } from "../../connection/scheduler.ts";
import { createManualClock } from "../../testing/mod.ts";
import { Acknowledgements } from "../server/acknowledgements.ts";
import { Reports } from "./reports.ts";

function setUp() {
  const clock = createManualClock();
  const scheduler = new Scheduler(clock);
  const acks = new Acknowledgements(scheduler, 5_000);
  return { clock, acks, reports: new Reports(scheduler, acks, 5_000) };
}

test("decision 2 delivered is what all servers took, and is waited for until the last has spoken", async () => {
  const { clock, reports } = setUp();
  const count = reports.expect("e", "c", ["n1", "n2"], []);
  reports.took("n1", "e", 2, []);
  reports.took("n1", "e", 2, []);
  reports.took("n3", "e", 9, []);
  reports.took("n2", "e", 1, []);
  expect(await count).toBe(3);
  expect(reports.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test("a server that says nothing is waited for one second", async () => {
  const { clock, reports } = setUp();
  const count = reports.expect("e", "c", ["n1", "n2"], []);
  reports.took("n1", "e", 2, []);
  await clock.advance(1_000);
  expect(await count).toBe(2);
});

test("S43 who joined elsewhere in the same moment is waited for too, and who left there is not", async () => {
  const { acks, reports } = setUp();
  const outcome = acks.expect("c", "e", ["here", "stays", "gone"]);
  void reports.expect("e", "c", ["n1"], ["stays", "gone"]);
  reports.took("n1", "e", 2, ["stays", "new"]);
  for (const id of ["here", "stays"]) acks.ack("c", "e", id);
  expect(acks.size).toBe(1);
  expect(reports.acked("e", "new")).toBe(true);
  expect(await outcome).toEqual({ end: "left", acked: ["here", "stays", "new"], silent: [], left: ["gone"] });
});

test("S44 a server that is gone acknowledges nothing more, and is not waited for", async () => {
  const { acks, reports } = setUp();
  const outcome = acks.expect("c", "e", ["a", "b"]);
  const count = reports.expect("e", "c", ["n1", "n2"], ["a", "b"]);
  reports.took("n1", "e", 2, ["a", "b"]);
  reports.acked("e", "a");
  reports.nodeGone("n2");
  expect(await count).toBe(2);
  reports.nodeGone("n1");
  expect(await outcome).toEqual({ end: "left", acked: ["a"], silent: [], left: ["b"] });
});
