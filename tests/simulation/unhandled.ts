import process from "node:process";

/** Listens for rejections and exceptions that nobody handles, on Node and on Deno. */
export interface UnhandledWatch {
  /** Stops, once the real loop has told all there is; gives the first that came. */
  stop(): Promise<string | undefined>;
}

export function watchUnhandled(): UnhandledWatch {
  let first: string | undefined;
  const hear = (error: unknown): void => {
    first ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  };
  process.on("unhandledRejection", hear);
  process.on("uncaughtException", hear);
  return {
    async stop() {
      await new Promise((resolve) => setTimeout(resolve, 0));
      process.off("unhandledRejection", hear);
      process.off("uncaughtException", hear);
      return first;
    },
  };
}
