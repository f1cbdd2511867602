import { Option } from "commander";
import { usageError } from "./usage-error.ts";

/** `--token`, which the environment can hold, too: a command line is seen by every user of the machine. */
export function tokenOption(what: string): Option {
  return new Option("--token <secret>", what).env("HOLDFAST_TOKEN").argParser((text) => {
    if (/^[\x21-\x7e]+$/.test(text)) return text;
    const given = text === "" ? "nothing" : `${text.length} characters, some of them others`;
    throw usageError(`option --token, or HOLDFAST_TOKEN, must be visible ASCII: got ${given}`);
  });
}
