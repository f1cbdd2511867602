const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** An integer of a JSON text that JavaScript cannot hold, such as an id of 64 bits: it would go on changed. */
export function inexactInteger(json: string): string | undefined {
  return json
    .match(STRINGS_AND_NUMBERS)
    ?.find((token) => /^-?\d+$/.test(token) && token !== "-0" && String(BigInt(token)) !== exact(token));
}

function exact(token: string): string {
  const number = Number(token);
  return Number.isFinite(number) ? String(BigInt(number)) : "";
}
