import type { ChannelServerOptions } from "../../packages/core/src/channels/server/server-options.ts";
import { type MemoryBackplane, memoryBackplane } from "../../packages/core/src/server/memory-backplane.ts";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
} from "../../packages/core/src/testing/mod.ts";
import { type ChannelRig, channelRig } from "./channel-rig.ts";

/** Two channel servers over one backplane in memory. */
export interface Cluster {
  readonly clock: ManualClock;
  readonly a: ChannelRig;
  readonly b: ChannelRig;
  readonly bus: MemoryBackplane;
  /** The ends of the bus, as the servers have them. */
  readonly ends: readonly MemoryBackplane[];
}

/** Both, as soon as they hear each other. */
export async function cluster(options: ChannelServerOptions = {}): Promise<Cluster> {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const bus = memoryBackplane({ clock });
  const ends = [bus.node(), bus.node()];
  const rigs = ends.map((backplane, index) =>
    channelRig({ backplane, ...options }, { clock, network, host: `server${index}` }),
  );
  await clock.advance(5);
  const [a, b] = rigs as [ChannelRig, ChannelRig];
  return { clock, a, b, bus, ends };
}
