// Server: what is asked of it once, over HTTP. The key is kept for as long as the tab is open.

import { Trouble } from "./trouble.js";

const KEY = "dragoman-key";

export function key() {
  return sessionStorage.getItem(KEY) ?? "";
}

export function setKey(value) {
  sessionStorage.setItem(KEY, value.trim());
}

/** JSON from an address relative to the page. Throws Trouble: "key" where one is missing or wrong. */
export async function ask(path) {
  const headers = key() ? { Authorization: `Bearer ${key()}` } : {};
  let answer;
  try {
    answer = await fetch(new URL(path, document.baseURI), { headers, cache: "no-store" });
  } catch (error) {
    throw new Trouble("unreachable", error.message);
  }
  if (answer.status === 401) throw new Trouble("key");
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Trouble(answer.status === 404 ? "expired" : "broken", body.message);
  return body;
}

/** The address of the socket, beside this page. */
export function socketUrl() {
  const url = new URL("v1/interpret", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
