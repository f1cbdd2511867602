// Holdfast beside the bare socket and its peers: what it costs to receive, to send, to be many and to come back.
//   npm run bench                      every benchmark, and RESULTS.md
//   npm run bench -- memory receive    some of them
//   npm run bench -- --help            what else there is
import process from "node:process";
import { ALL } from "./benchmarks/all.mjs";
import { endChildren } from "./harness/child.mjs";
import { ROUNDS, readCommandLine } from "./harness/command-line.mjs";
import { warnings } from "./harness/machine.mjs";
import { prepare } from "./harness/prepare.mjs";
import { profilePath, profileText } from "./harness/profiles.mjs";
import { circumstances, sectionOf, writeResults } from "./harness/results.mjs";
import { runRounds } from "./harness/rounds.mjs";
import { summarise } from "./harness/summary.mjs";

const tell = (text) => process.stderr.write(`${text}\n`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => void endChildren().then(() => process.exit(1)));
}

async function run({ chosen, rounds, smoke, profile }) {
  prepare(tell);
  for (const warning of warnings()) tell(warning);
  tell(circumstances());
  const sections = [];
  for (const benchmark of ALL.filter(({ name }) => chosen.includes(name))) {
    const { sizes, records } = await runRounds(benchmark, {
      ...{ rounds, smoke, tell },
      profile: profile ? profilePath : undefined,
    });
    // Tiny sizes say nothing about the bars.
    const summary = summarise(smoke || profile ? { ...benchmark, bars: [] } : benchmark, records);
    const section = sectionOf(benchmark, { sizes, rounds, summary });
    console.log(`\n${section}\n`);
    if (profile) console.log(profileText(benchmark, sizes));
    sections.push(section);
    if (!smoke && !profile && rounds >= ROUNDS)
      writeResults(
        sections,
        ALL.map(({ title }) => title),
      );
  }
}

try {
  const asked = readCommandLine(
    process.argv.slice(2),
    ALL.map(({ name }) => name),
  );
  if (asked !== undefined) await run(asked);
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await endChildren();
}
