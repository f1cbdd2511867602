import { parseArgs } from "node:util";

/** How many rounds make a result. */
export const ROUNDS = 5;

const HELP = `Measures Holdfast beside the bare socket and its peers. Figures mean something on an idle machine only.

  npm run bench                       every benchmark, about an hour
  npm run bench -- memory receive     some of them
  npm run bench -- receive --profile  where the time of Holdfast goes, or for memory what is on its heap

  --rounds N   how often everybody has a turn (default ${ROUNDS}); fewer than ${ROUNDS} are printed and not written down
  --smoke      one round of tiny sizes: whether everything starts, compares and stops
  --profile    one round of Holdfast and bare ws; writes bench/profiles/ and prints what costs most
  --help       this

Results are printed, and written to bench/RESULTS.md.
Benchmarks: `;

/** What the command line asks for; `undefined` when it asked for help, which is then printed. */
export function readCommandLine(args, names) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      smoke: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP + names.join(", "));
    return undefined;
  }
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`Benchmark must be one of ${names.join(", ")}: got ${unknown}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`Option --rounds must be an integer of at least 1: got ${values.rounds}`);
  }
  const { smoke, profile } = values;
  return {
    chosen: positionals.length > 0 ? positionals : names,
    rounds: smoke || profile ? 1 : rounds,
    smoke,
    profile,
  };
}
