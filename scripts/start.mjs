// A server with faults, 200 teams and a bot in one go, with a live view, and the scorecard at the end.
//   npm start                             for 30 s
//   npm start -- --for 10 --json          the scorecard as JSON, and exit code 0 only if nothing was lost
//   npm start -- --help                   what else there is
import { pathToFileURL } from "node:url";
import { bundleCli } from "./bundle-cli.mjs";

const { file } = await bundleCli();
process.argv.splice(1, 1, file, "demo");
await import(pathToFileURL(file).href);
