import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { hostOf, printableAddress, webSocketUrl } from "./address.ts";
import {
  causeOfClose,
  causeOfDialFailure,
  causeOfRejection,
  causeOfStatus,
  DialError,
  sanitiseClose,
  sanitiseServerClose,
} from "./close-cause.ts";

describe("causeOfClose", () => {
  test("C17 no code, 0, 1005 and 1006 are one abnormal cause without a code", () => {
    const causes = [undefined, 0, 1005, 1006].map((code) => causeOfClose(code, "whatever"));
    for (const cause of causes) expect(cause).toEqual(causes[0]);
    expect(causes[0]).toEqual({ kind: "abnormal", message: "Connection ended without a close code" });
  });

  test("C47 1012 and 1013 mean later, C66 1009 means too large, the rest is only closed", () => {
    const kinds = [1000, 1001, 1008, 1009, 1011, 1012, 1013, 3000, 4999].map(
      (code) => causeOfClose(code).kind,
    );
    expect(kinds).toEqual([
      ...["closed", "closed", "closed", "too-large", "closed", "busy", "busy", "closed", "closed"],
    ]);
  });

  test("code and reason are kept as they came", () => {
    expect(causeOfClose(4001, "bad key")).toEqual({
      kind: "closed",
      message: "Peer closed with 4001 (bad key)",
      code: 4001,
      reason: "bad key",
    });
    expect(causeOfClose(1000).message).toBe("Peer closed with 1000");
  });
});

describe("causeOfStatus", () => {
  test("C12 401 and 403 are final, 429 and 503 mean later, C13 the rest is a rejection with its status", () => {
    const kinds = [401, 403, 429, 503, 200, 301, 404, 500, 502, 0].map(
      (status) => causeOfStatus(status).kind,
    );
    expect(kinds).toEqual([
      ...["unauthorized", "unauthorized", "busy", "busy"],
      ...["rejected", "rejected", "rejected", "rejected", "rejected", "rejected"],
    ]);
    expect(causeOfStatus(302)).toEqual({
      kind: "rejected",
      message: "Upgrade was answered with HTTP 302",
      status: 302,
    });
  });

  test.each([
    ["120", 120_000],
    [" 7 ", 7_000],
    ["0", 0],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ])("C12 Retry-After %s is %d ms", (text, ms) => {
    expect(causeOfStatus(503, text).retryAfterMs).toBe(ms);
  });

  test("C12 a date of Retry-After is the time until then", () => {
    const { retryAfterMs = 0 } = causeOfStatus(503, new Date(Date.now() + 60_000).toUTCString());
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test.each([undefined, null, "", "soon", "NaN", "Infinity"])("Retry-After %s says nothing", (text) => {
    expect(causeOfStatus(503, text)).not.toHaveProperty("retryAfterMs");
    expect(causeOfStatus(503, "9".repeat(400))).not.toHaveProperty("retryAfterMs");
  });
});

describe("causes of what was thrown", () => {
  test("a dial error keeps its cause, also one of another copy of the package", () => {
    const closeCause = { kind: "busy", message: "Later" } as const;
    expect(causeOfRejection(new DialError(closeCause))).toBe(closeCause);
    expect(causeOfRejection({ closeCause })).toBe(closeCause);
  });

  test.each([undefined, null, "no", 5, Symbol("s"), new Error("no"), {}])(
    "C2 %s is a refused dial",
    (thrown) => {
      const cause = causeOfRejection(thrown);
      expect(cause.kind).toBe("refused");
      expect(cause.message).toMatch(/^Dial failed: ./);
      expect(cause.error).toBe(thrown);
    },
  );

  test("a dial error is recognised by its code, and keeps what was thrown as its cause", () => {
    const error = new Error("no");
    const dial = new DialError({ kind: "refused", message: "Dial failed", error });
    expect(dial).toBeInstanceOf(HoldfastError);
    expect(dial).toMatchObject({
      name: "DialError",
      code: "dial-failed",
      message: "Dial failed",
      cause: error,
    });
    expect("cause" in new DialError({ kind: "refused", message: "x" })).toBe(false);
  });

  test.each(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ENOMEM", "EAI_AGAIN"])(
    "C78 %s is this machine's shortage",
    (code) => {
      expect(causeOfDialFailure("ws://x/", Object.assign(new Error("no"), { code })).kind).toBe("resources");
    },
  );

  test("C2 other system errors, and what is no error, are a refusal", () => {
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
    expect(causeOfDialFailure("ws://x/", refused)).toMatchObject({
      kind: "refused",
      message: "Dial of ws://x/ failed: ECONNREFUSED",
    });
    expect(causeOfDialFailure("ws://x/", null).kind).toBe("refused");
    expect(causeOfDialFailure("ws://x/", new Error("")).message).toBe(
      "Dial of ws://x/ failed: no reason given",
    );
  });
});

describe("C18 sanitiseClose", () => {
  test("takes 1000 and 3000–4999, and makes 1000 of the rest", () => {
    const codes = [1000, 3000, 4999, 999, 1001, 1005, 1006, 2999, 5000, 3000.5, Number.NaN, -1, 2 ** 40];
    expect(codes.map((code) => sanitiseClose(code).code)).toEqual([
      1000,
      3000,
      4999,
      ...Array(10).fill(1000),
    ]);
    expect(sanitiseClose()).toEqual({ code: 1000, reason: "" });
  });

  test("a reason of 123 bytes stays, one of 124 loses its end", () => {
    expect(sanitiseClose(1000, "x".repeat(123)).reason).toHaveLength(123);
    expect(sanitiseClose(1000, "x".repeat(124)).reason).toBe("x".repeat(123));
    expect(sanitiseClose(1000, "é".repeat(62)).reason).toBe("é".repeat(61));
    expect(sanitiseClose(1000, `${"é".repeat(61)}x`).reason).toBe(`${"é".repeat(61)}x`);
  });

  test("any reason becomes a beginning of itself that fits", () => {
    const unit = fc.constantFrom("a", "é", "€", "😀", "\0", "\ud800");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), (reason) => {
        const fit = sanitiseClose(4000, reason).reason;
        expect(new TextEncoder().encode(fit).length).toBeLessThanOrEqual(123);
        expect(reason.startsWith(fit)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("no character is cut in half", () => {
    expect(sanitiseClose(4000, "😀".repeat(31)).reason).toBe("😀".repeat(30));
    expect(sanitiseClose(4000, `${"x".repeat(122)}😀`).reason).toBe("x".repeat(122));
  });
});

describe("addresses", () => {
  test("printed, they have no query, no fragment and no credentials", () => {
    expect(printableAddress("wss://me:secret@Host:8080/a/b?token=secret#secret")).toBe("wss://host:8080/a/b");
    expect(printableAddress(new URL("tcp://host:9/?token=secret"))).toBe("tcp://host:9/");
  });

  test.each([
    "host/ws?token=secret",
    "/ws?token=secret",
    "//me:secret@host/ws",
    "ws://host:99999/ws?token=secret",
    "me:secret@host/ws",
    "localhost:8080/ws?token=secret",
    "/ws#secret",
  ])("printed, not even %s tells its secret", (address) => {
    expect(printableAddress(address)).not.toContain("secret");
    let message = "";
    try {
      webSocketUrl(address);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toBe("");
    expect(message).not.toContain("secret");
  });

  test("a long one that is no URL is clipped", () => {
    expect(printableAddress("x".repeat(1_000)).length).toBeLessThan(90);
  });

  test("hostOf gives host and port, and nothing for what is no URL", () => {
    expect(hostOf("ws://me@Host:81/a?b")).toBe("host:81");
    expect(hostOf("tcp://[::1]:9/")).toBe("[::1]:9");
    expect(hostOf("host/a")).toBe("");
  });

  test("webSocketUrl makes ws of http and wss of https, and keeps port, path, query and credentials", () => {
    const hrefs = ["http://h/a?b=1#c", "https://me:pw@h:8443/", "ws://h:80", "wss://h:443/x"].map(
      (address) => webSocketUrl(address).href,
    );
    expect(hrefs).toEqual(["ws://h/a?b=1", "wss://me:pw@h:8443/", "ws://h/", "wss://h/x"]);
  });

  test("webSocketUrl leaves the URL it was given alone", () => {
    const url = new URL("https://h/#part");
    webSocketUrl(url);
    expect(url.href).toBe("https://h/#part");
  });

  test.each(["", "h/a", "ftp://h/", "tcp://h:1/", "constructor://h/", "javascript:alert(1)"])(
    "C7 %j is an address that cannot be dialled",
    (address) => {
      expect(() => webSocketUrl(address)).toThrow(
        expect.objectContaining({
          code: "dial-failed",
          closeCause: expect.objectContaining({ kind: "bad-address" }),
        }),
      );
    },
  );
});

describe("sanitiseServerClose", () => {
  test("an accepted socket may also say what servers say, and nothing that nobody may send", () => {
    const sent = [1000, 1001, 1008, 1009, 1011, 1012, 1013, 3000, 4999];
    expect(sent.map((code) => sanitiseServerClose(code).code)).toEqual(sent);
    const not = [
      0,
      999,
      1002,
      1003,
      1004,
      1005,
      1006,
      1007,
      1010,
      1014,
      1015,
      2999,
      5000,
      1008.5,
      Number.NaN,
    ];
    expect(not.map((code) => sanitiseServerClose(code).code)).toEqual(not.map(() => 1000));
  });

  test("C18 its reason is cut to 123 bytes, between characters", () => {
    expect(sanitiseServerClose(1013, "é".repeat(200))).toEqual({ code: 1013, reason: "é".repeat(61) });
  });
});
