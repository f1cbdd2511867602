import type { NotApplicable } from "./coverage.ts";

function notYet(why: string, ...numbers: string[]): NotApplicable[] {
  return numbers.map((number) => ({ number, columns: ["core"], reason: `not yet: ${why}` }));
}

/** Where a scenario has no case, and why. */
export const NOT_APPLICABLE: readonly NotApplicable[] = [
  {
    number: "S23",
    columns: ["core"],
    reason: "no protocol here has packets that announce others: a message is one frame",
  },
  ...notYet("accounts, nicknames and direct messages come with chat", "S48", "S49", "S51", "S52"),
  ...notYet("there is no backplane that fails over until there is one over NATS", "S58"),
  ...notYet(
    "processes are replaced by the fleet, which is not there",
    ...["S63", "S64", "S65", "S66", "S67", "S68", "S69", "S70", "S71", "S72", "S73"],
  ),
];
