import { readFileSync } from "node:fs";

const TOP = 40;

/** What was added to the heap between two snapshots, by constructor and for each of `count`, as lines of text. */
export function heapSummary(beforePath, afterPath, count) {
  const before = byConstructor(beforePath);
  const after = byConstructor(afterPath);
  const added = Array.from(after, ([name, { bytes, objects }]) => {
    const then = before.get(name) ?? { bytes: 0, objects: 0 };
    return { name, bytes: (bytes - then.bytes) / count, objects: (objects - then.objects) / count };
  });
  const whole = added.reduce((all, { bytes }) => all + bytes, 0);
  const top = added.sort((a, b) => b.bytes - a.bytes).slice(0, TOP);
  return [
    `${whole.toFixed(0)} bytes of heap for each`,
    ...top.map(
      ({ name, bytes, objects }) =>
        `${bytes.toFixed(0).padStart(6)} B  ${objects.toFixed(2).padStart(6)} ×  ${name}`,
    ),
  ];
}

/** Own size and number of everything on the heap, by kind and name. */
function byConstructor(path) {
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(path, "utf8"));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const at = (name) => fields.indexOf(name);
  const [type, name, size] = [at("type"), at("name"), at("self_size")];
  const sums = new Map();
  for (let node = 0; node < nodes.length; node += fields.length) {
    const key = keyOf(types[type][nodes[node + type]], strings[nodes[node + name]]);
    const sum = sums.get(key) ?? { bytes: 0, objects: 0 };
    sums.set(key, sum);
    sum.bytes += nodes[node + size];
    sum.objects++;
  }
  return sums;
}

/** What is told apart by name; strings, numbers and code differ in every name, and only their kind is of interest. */
const NAMED = new Set(["object", "closure", "hidden", "native", "array", "object shape"]);

function keyOf(type, name) {
  return NAMED.has(type) ? `${type} ${name.slice(0, 60)}` : `(${type})`;
}
