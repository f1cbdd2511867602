/** Calls `take` with each whole line of a stream, and `end` when it is over. */
export function lines(stream, take, end = () => {}) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    for (const line of parts) if (line !== "") take(line);
  });
  stream.on("end", end);
}
