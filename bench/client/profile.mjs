import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** Begins a CPU profile of this process; the returned function ends it and writes it. */
export async function startProfile(path) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    writeFileSync(path, JSON.stringify(profile));
    session.disconnect();
  };
}
