import { chromium } from "playwright-core";
import type { CaseResult } from "../runtime-case.ts";
import type { Control } from "./control.ts";
import type { Tool } from "./tools.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs the cases in a page; resolves with what it reported. */
export async function runPage(tool: Tool, control: Control, timeoutMs: number): Promise<CaseResult[]> {
  const browser = await chromium.launch({ executablePath: tool.command, args: FLAGS, headless: true });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    const results: CaseResult[] = [];
    const done = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The page did not end within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const over = (settle: () => void) => (): void => {
        clearTimeout(timer);
        settle();
      };
      page.once(
        "crash",
        over(() => reject(new Error("The page crashed"))),
      );
      page.once("pageerror", (error) => results.push(failed(error)));
      void page.exposeFunction("holdfastDone", over(resolve));
    });
    await page.exposeFunction("holdfastReport", (line: string) => void results.push(JSON.parse(line)));
    await page.exposeFunction("holdfastOffline", (offline: boolean) => context.setOffline(offline));
    await page.goto(`${control.address}/page`);
    await done;
    return results;
  } finally {
    await browser.close();
  }
}

function failed(error: Error): CaseResult {
  const name = "the page has no error of its own";
  return { scenario: "C71", name, outcome: "fail", ms: 0, error: String(error) };
}
