import { abandonCases } from "./cases/abandon.ts";
import { closeCases } from "./cases/close.ts";
import { dialCases } from "./cases/dial.ts";
import { flowCases } from "./cases/flow.ts";
import { frameCases } from "./cases/frames.ts";
import { implementationCases } from "./cases/implementation.ts";
import { livenessCases } from "./cases/liveness.ts";
import { networkCases } from "./cases/network.ts";
import { oversizeCases } from "./cases/oversize.ts";
import { refusalCases } from "./cases/refusal.ts";
import type { Features } from "./features.ts";
import type { RuntimeCase } from "./runtime-case.ts";

/** What every runtime must do. Where one differs, a case named `deviation: …` asserts what it does instead. */
export function allCases(features: Features): readonly RuntimeCase[] {
  return [
    ...implementationCases(),
    ...dialCases(features),
    ...refusalCases(features),
    ...closeCases(features),
    ...abandonCases(features),
    ...livenessCases(features),
    ...frameCases(features),
    ...oversizeCases(features),
    ...flowCases(features),
    ...networkCases(features),
  ];
}
