// What the page asks its own server; nothing else is ever asked.

const KEPT = "standing-token";

/** The token of the link, kept for this tab alone; what else the link says is returned. */
export function readLink() {
  const said = new URLSearchParams(location.hash.slice(1));
  if (said.get("token")) sessionStorage.setItem(KEPT, said.get("token"));
  return said.get("state");
}

export const token = () => sessionStorage.getItem(KEPT) ?? "";

/** A random name for this window: two windows never mix. */
export const WINDOW = [...crypto.getRandomValues(new Uint8Array(12))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Refused extends Error {
  constructor(status, problems, said) {
    super(said || problems.map((each) => each.said).join("\n"));
    this.status = status;
    this.problems = problems;
  }
}

async function answered(response) {
  if (response.ok && !response.headers.get("x-standing-problems")) return response;
  let problems = [];
  const text = await response.text();
  try { problems = JSON.parse(text).problems ?? []; } catch { /* it is a plain sentence */ }
  throw new Refused(response.status, problems, problems.length ? "" : text);
}

const heads = (more = {}) => ({ "x-standing-token": token(), ...more });

export async function get(path) {
  return (await answered(await fetch(path, { headers: heads() }))).json();
}

export async function post(path, body, signal) {
  const sent = { method: "POST", headers: heads({ "content-type": "application/json" }), body: JSON.stringify(body), signal };
  return (await answered(await fetch(path, sent))).json();
}

/** Send a file as it is. */
export async function bring(path, file) {
  const sent = { method: "POST", headers: heads({ "content-type": "application/octet-stream" }), body: file };
  return (await answered(await fetch(`${path}?name=${encodeURIComponent(file.name)}`, sent))).json();
}

/** Ask for a file and hand it to the browser's downloads. */
export async function download(path, body, name) {
  const sent = body === null ? { headers: heads() }
    : { method: "POST", headers: heads({ "content-type": "application/json" }), body: JSON.stringify(body) };
  const response = await answered(await fetch(path, sent));
  const found = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "");
  keep(await response.blob(), found ? found[1] : name);
}

export function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Listen to what this window is told, for as long as the page is open. */
export async function listen(on, onState) {
  for (let wait = 250; ; wait = Math.min(8000, wait * 2)) {
    try {
      const response = await answered(await fetch(`/api/stream?window=${WINDOW}`, { headers: heads() }));
      onState(true);
      wait = 250;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let left = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        left += value;
        const events = left.split("\n\n");
        left = events.pop();
        for (const event of events) {
          const found = /^event: (\w+)\ndata: (.*)$/s.exec(event);
          if (found) on(found[1], JSON.parse(found[2]));
        }
      }
    } catch (error) {
      onState(false, error);
      if (error instanceof Refused && error.status === 403) return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
