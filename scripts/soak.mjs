// A server with every fault and a bot, each in a process of its own, over real sockets: exact counts, flat memory,
// no stray error, a prompt end. Nothing needs to be built before; exit code 0 only if all of it holds.
//   npm run soak -- --teams 500 --for 300
//   npm run soak -- --help                  what else there is
import { bundle } from "./bundle.mjs";

const { load, files } = await bundle("scripts/soak", ["main", "server", "bot"]);
const { runSoak } = await load("main");
process.exitCode = await runSoak(process.argv.slice(2), files);
