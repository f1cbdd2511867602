import { expect, test } from "vitest";
import { channelAddress } from "./channel-address.ts";

const taken = channelAddress(["clients", "require-ack"]);

test.each([
  ["http://h:8080/news", "ws://h:8080/", "news"],
  ["https://h/news/", "wss://h/", "news"],
  ["ws://h/api/v1/news?key=1", "ws://h/api/v1?key=1", "news"],
  ["wss://h/caf%C3%A9%20%25", "wss://h/", "café %"],
  ["wss://h/листок", "wss://h/", "листок"],
  ["http://h/listen", "ws://h/", "listen"],
])("%s is a server and a channel", (text, url, channel) => {
  expect(taken(text)).toMatchObject({ url, channel });
});

test("what is shown has no query", () => {
  expect(taken("http://h/news?token=secret").shown).toBe("http://h/news");
});

const NO_USER = "leave out the user and the password: a token goes in --token, or in HOLDFAST_TOKEN";
test.each([
  ["http://h:8080/", "no channel in http://h:8080/: give one, such as http://h:8080/news"],
  ["http://h/a/news/emit", "leave out /emit: the channel is http://h/a/news"],
  ["http://h/100%", "the channel 100% cannot be decoded: write % as %25"],
  ["ftp://h/news", "Scheme ftp: is none of ws, wss, http, https: ftp://h/news"],
  ["http://", "Address is not a URL: http://"],
  ["http://h/news?clients=2", "leave out ?clients=: give it as --clients"],
  ["http://h/news?key=1&require-ack", "leave out ?require-ack=: give it as --require-ack"],
  ["http://me:secret@h/news", NO_USER],
  ["ws://:secret@h", NO_USER],
  ["127.0.0.1:18461/news", "no scheme in 127.0.0.1:18461/news: write http://127.0.0.1:18461/news"],
  ["localhost:8080/news?token=t", "no scheme in localhost:8080/news: write http://localhost:8080/news"],
  ["[::1]:80/news", "no scheme in [::1]:80/news: write http://[::1]:80/news"],
  ["app.example/news", "no scheme in app.example/news: write http://app.example/news"],
  ["news", "news is no address: give one, such as http://localhost:8080/news"],
  ["me:secret@h/news", "h/news is no address: give one, such as http://localhost:8080/news"],
  ["", "an empty text is no address: give one, such as http://localhost:8080/news"],
])("%s is bad usage", (text, problem) => {
  expect(() => taken(text)).toThrow(expect.objectContaining({ message: `error: argument url: ${problem}` }));
});
