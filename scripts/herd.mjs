// Thousands of teams lose their server at one moment: it is killed, and started anew on the same port.
// Nothing needs to be built before; exit code 0 only if every bar holds.
//   npm run herd -- --teams 5000 --rate 200
//   npm run herd -- --help                  what else there is
import { bundle } from "./bundle.mjs";

const { load, files } = await bundle("scripts/herd", ["main", "server", "bot"]);
const { runHerd } = await load("main");
process.exitCode = await runHerd(process.argv.slice(2), files);
