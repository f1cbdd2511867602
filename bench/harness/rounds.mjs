import { Stage } from "./stage.mjs";

/**
 * Lets every subject of a benchmark have its turn in each round, in fresh processes, and gives what each measured:
 * `{ round, row, values }`. The order is rotated, so that nobody is always first.
 */
export async function runRounds(benchmark, { rounds, smoke, profile, tell }) {
  const sizes = smoke ? benchmark.smoke : benchmark.sizes;
  const subjects = profile ? benchmark.subjects.filter(isProfiled) : benchmark.subjects;
  const records = [];
  for (let round = 0; round < (benchmark.once ? 1 : rounds); round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + round) % subjects.length];
      tell(`${benchmark.name}: round ${round + 1} of ${rounds}, ${subject.id}`);
      for (const measured of await runOne(benchmark, subject, sizes, profile))
        records.push({ round, ...measured });
    }
  }
  return { sizes, records };
}

async function runOne(benchmark, subject, sizes, profile) {
  const { deadlineMs } = benchmark;
  const stage = new Stage(subject, { sizes, deadlineMs, profile: profile?.(benchmark, subject) });
  try {
    const measured = await benchmark.measure(stage);
    return Array.isArray(measured) ? measured : [{ row: subject.id, values: measured }];
  } finally {
    await stage.end();
  }
}

/** Ours, to be explained, and the bare socket beside it; Deno has no profiler that a program could start. */
function isProfiled({ id, runtime, serverRuntime }) {
  return (id === "ws" || id.startsWith("holdfast")) && runtime !== "deno" && serverRuntime !== "deno";
}
