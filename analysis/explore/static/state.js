// What this window asks: a firm, two org models, what was changed; with undo, and as a link.

const EMPTY = { firm: { kind: "given", name: "", text: "" }, pair: null, changes: [], number: null };
const MOST_STEPS = 200;

export class Store {
  constructor(onChange) {
    this.now = structuredClone(EMPTY);
    this.past = [];
    this.future = [];
    this.onChange = onChange;
    this.latest = { key: null, at: 0 };
  }

  /** Change the state; changes of one lever in quick succession are one step back. */
  set(next, key = null) {
    const soon = key !== null && key === this.latest.key && performance.now() - this.latest.at < 1500;
    if (!soon) {
      this.past.push(this.now);
      if (this.past.length > MOST_STEPS) this.past.shift();
    }
    this.latest = { key, at: performance.now() };
    this.future = [];
    this.now = next;
    this.onChange();
  }

  undo() { this.step(this.past, this.future); }
  redo() { this.step(this.future, this.past); }

  step(from, to) {
    if (!from.length) return;
    to.push(this.now);
    this.now = from.pop();
    this.latest.key = null;
    this.onChange();
  }

  /** Turn one lever; a side is "a", "b", or null for the whole firm. */
  turn(side, path, value) {
    const others = this.now.changes.filter((each) => each.side !== side || each.path !== path);
    const changes = value === undefined ? others : [...others, { side, path, value }];
    this.set({ ...this.now, changes }, `${side} ${path}`);
  }

  changed(side, path) {
    return this.now.changes.find((each) => each.side === side && each.path === path);
  }

  /** Another structure: what was changed of the one before goes with it. */
  choose(side, name, pair) {
    const changes = this.now.changes.filter((each) => each.side !== side);
    this.set({ ...this.now, pair: side === "a" ? [name, pair[1]] : [pair[0], name], changes });
  }

  open(firm) { this.set({ ...structuredClone(EMPTY), firm }); }

  plain() { this.set({ ...this.now, changes: [], number: null }); }
}

/** A state as anybody may have written it, made whole; null if it is none. */
export function asState(found) {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return null;
  const { firm, pair, changes, number } = found;
  return { ...structuredClone(EMPTY), ...(firm && { firm }), ...(pair && { pair }), ...(changes && { changes }), ...(number && { number }) };
}

const bytesOf = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());

/** A state as the end of a link. */
export async function asLink(state) {
  const packed = await bytesOf(new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream("deflate-raw")));
  let text = "";
  for (const byte of packed) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const MOST_OF_A_STATE = 2 << 20;

/** The state of a link's end; null if it holds none. */
export async function fromLink(text) {
  try {
    const packed = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    for (let size = 0; ; ) {
      const { value, done } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MOST_OF_A_STATE) return null;
      parts.push(value);
    }
    return asState(JSON.parse(await new Blob(parts).text()));
  } catch {
    return null;
  }
}
