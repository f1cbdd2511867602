import { expect, test } from "vitest";
import { channelAddress } from "./channel-address.ts";

test.each([
  ["http://h:8080/news", "ws://h:8080/", "news"],
  ["https://h/news/", "wss://h/", "news"],
  ["ws://h/api/v1/news?key=1", "ws://h/api/v1?key=1", "news"],
  ["wss://h/caf%C3%A9%20%25", "wss://h/", "café %"],
  ["wss://h/листок", "wss://h/", "листок"],
  ["http://h/listen", "ws://h/", "listen"],
])("%s is a server and a channel", (text, url, channel) => {
  expect(channelAddress(text)).toMatchObject({ url, channel });
});

test("what is shown has no query and no password", () => {
  expect(channelAddress("http://me:secret@h/news?token=secret").shown).toBe("http://h/news");
});

test.each([
  [
    "http://h:8080/",
    "error: argument url: no channel in http://h:8080/: give one, such as http://h:8080/news",
  ],
  ["http://me:secret@h", "error: argument url: no channel in http://h/: give one, such as http://h/news"],
  ["http://h/a/news/emit", "error: argument url: leave out /emit: the channel is http://h/a/news"],
  ["http://h/100%", "error: argument url: the channel 100% cannot be decoded: write % as %25"],
  ["news", "error: argument url: Address is not a URL: news"],
  ["ftp://h/news", "error: argument url: Scheme ftp: is none of ws, wss, http, https: ftp://h/news"],
])("%s is bad usage", (text, problem) => {
  expect(() => channelAddress(text)).toThrow(problem);
});
