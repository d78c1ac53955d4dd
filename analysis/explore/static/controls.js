// The levers: each with its range, unit and sentence, for A and for B, or for the whole firm.

import { $, draw, make, words } from "./dom.js";

const LEFT_OUT = "";

export class Controls {
  constructor(start, store) {
    this.store = store;
    this.rows = [];
    const groups = start.groups.map((group, place) => this.group(group, place));
    $("controls").replaceChildren(...groups);
    this.others(start.others);
  }

  group(group, place) {
    const rows = group.controls.map((control) => this.lever(group.kind, control));
    const count = make("span", { class: "count" });
    const box = make("details", { class: "group", open: place < 2 }, make("summary", {}, group.name, count), make("div", { class: group.kind === "firm" ? "firm-levers" : null }, rows.map((row) => row.element)));
    rows.forEach((row) => { row.count = count; });
    return box;
  }

  lever(kind, control) {
    const id = `m-${kind}-${control.path}`.replaceAll(".", "-");
    const permitted = control.permitted ? ` Permitted: ${control.permitted.replaceAll("`", "")}.` : "";
    const meaning = make("p", { class: "meaning", id, hidden: true }, `${control.meaning[0]?.toUpperCase() ?? ""}${control.meaning.slice(1)}.${permitted}`);
    const hint = make("button", { type: "button", class: "hint", "aria-expanded": "false", "aria-controls": id, "aria-label": `What ${control.label} means`,
      onclick: () => { meaning.hidden = !meaning.hidden; hint.setAttribute("aria-expanded", String(!meaning.hidden)); } }, "?");
    const sides = kind === "lever" ? ["a", "b"] : [null];
    const cells = sides.map((side) => this.cell(side, control));
    const element = make("div", { class: "lever", "data-path": control.path },
      make("div", { class: "name" }, make("span", {}, `${control.label} `, make("small", { class: "unit" }, control.unit ? `(${control.unit})` : "")), hint),
      meaning, make("div", { class: sides.length > 1 ? "cells" : "cells one" }, cells.map((each) => each.element)));
    const row = { kind, control, cells, element, count: null };
    this.rows.push(row);
    return row;
  }

  cell(side, control) {
    const name = side ? `${control.label}, ${side.toUpperCase()}` : control.label;
    const wrong = make("p", { class: "wrong", hidden: true });
    const parts = { side, control, wrong, element: null, fields: [], choices: null };
    const turn = (value) => this.store.turn(side, control.path, value);
    if (isChoice(control)) {
      const select = make("select", { "aria-label": name, onchange: () => turn(select.value === LEFT_OUT && control.type !== "array" ? null : chosen(control, select.value)) });
      control.choices.forEach((each) => select.append(make("option", { value: each }, words(each))));
      parts.fields = [select];
    } else if (control.step && control.type !== "array") {
      const [low, high] = [control.low ?? 0, control.top ?? control.high ?? 100];
      const range = make("input", { type: "range", min: low, max: high, step: control.step, "aria-label": `${name}, slider`,
        oninput: () => { box.value = range.value; clearTimeout(this.dragging); this.dragging = setTimeout(() => turn(Number(range.value)), 90); },
        onchange: () => { clearTimeout(this.dragging); if (Number(range.value) !== this.stands(parts)) turn(Number(range.value)); } });
      const box = this.box(name, turn);
      parts.fields = [range, box];
    } else {
      parts.fields = [this.box(name, turn)];
    }
    parts.element = make("div", { class: `cell ${side ?? ""} ${parts.fields.length > 1 ? "ranged" : "whole"}` }, parts.fields, wrong);
    return parts;
  }

  box(name, turn) {
    const box = make("input", { type: "text", inputmode: "decimal", "aria-label": name, autocomplete: "off", spellcheck: "false", onchange: () => turn(entered(box.value)) });
    return box;
  }

  stands(cell) {
    const changed = this.store.changed(cell.side, cell.control.path);
    if (changed) return changed.value;
    const shown = this.shown;
    if (!shown) return undefined;
    const values = cell.side ? shown.values.levers[shown.names[cell.side === "a" ? 0 : 1]] : shown.values.firm;
    return values?.[cell.control.path];
  }

  /** Show what the server understood. */
  show(shown) {
    this.shown = shown;
    for (const row of this.rows) {
      const offered = shown.choices[row.control.path];
      for (const cell of row.cells) {
        if (offered) offer(cell, offered);
        this.refresh(cell);
      }
    }
    this.counts();
  }

  /** Show the state as it stands, before the server has answered. */
  refresh(cell) {
    const value = this.stands(cell);
    const changed = this.store.changed(cell.side, cell.control.path) !== undefined;
    cell.element.classList.toggle("changed", changed);
    for (const field of cell.fields) {
      if (document.activeElement === field && field.type === "text" && changed) continue;
      field.value = Array.isArray(value) ? value.join(", ") : value ?? LEFT_OUT;
      if (field.type === "range" && typeof value !== "number") field.value = field.min;
    }
  }

  counts() {
    const tally = new Map();
    for (const row of this.rows) {
      const number = row.cells.filter((cell) => this.store.changed(cell.side, row.control.path)).length;
      tally.set(row.count, (tally.get(row.count) ?? 0) + number);
    }
    for (const [count, number] of tally) count.textContent = number ? `${number} changed` : "";
  }

  /** Mark what was entered wrongly, with the reader's own words; return what has no place here. */
  mark(problems) {
    for (const row of this.rows) for (const cell of row.cells) clear(cell);
    this.othersWrong.hidden = true;
    const left = [];
    for (const problem of problems) {
      const cell = this.cellOf(problem);
      if (!cell) { left.push(problem); continue; }
      cell.wrong.hidden = false;
      cell.wrong.textContent = sentence(problem);
      cell.fields.forEach((field) => field.setAttribute("aria-invalid", "true"));
      cell.element.closest("details")?.setAttribute("open", "");
    }
    return left;
  }

  cellOf(problem) {
    if (!problem.file.startsWith("--set ")) return null;
    const key = problem.file.slice(6).split("=")[0];
    for (const row of this.rows) {
      for (const cell of row.cells) {
        if (!this.store.changed(cell.side, row.control.path)) continue;
        const name = cell.side && this.shown ? this.shown.names[cell.side === "a" ? 0 : 1] : null;
        if (key === (name ? `organisations.${name}.${row.control.path}` : row.control.path)) return cell;
      }
    }
    return null;
  }

  /** Every other lever, key and parameter: found by a word, set by a value. */
  others(all) {
    const byPath = new Map(all.map((each) => [each.path, each]));
    const list = make("datalist", { id: "other-paths" }, all.map((each) => make("option", { value: each.path }, each.meaning.slice(0, 90))));
    const what = make("input", { type: "search", list: "other-paths", "aria-label": "Lever, key or parameter", placeholder: "a word, such as patience", autocomplete: "off" });
    const side = make("select", { "aria-label": "Of which org model" }, make("option", { value: "a" }, "A"), make("option", { value: "b" }, "B"));
    const value = make("input", { type: "text", "aria-label": "Its value", placeholder: "value", autocomplete: "off" });
    const meaning = make("p", { class: "meaning" }, "Parameters are what is assumed of people and firm; what is set here holds in every draw.");
    this.othersWrong = make("p", { class: "wrong", hidden: true });
    const show = () => {
      const each = byPath.get(what.value);
      side.disabled = each?.kind !== "lever";
      meaning.textContent = each ? `${each.meaning}. ${each.permitted ? `Permitted: ${each.permitted.replaceAll("`", "")}. ` : ""}${each.default ? `Default: ${each.default}.` : ""}` : "Nothing of that name: choose from the list.";
    };
    const set = () => {
      const each = byPath.get(what.value);
      if (!each || !value.value.trim()) { show(); return; }
      this.store.turn(each.kind === "lever" ? side.value : null, each.path, entered(value.value));
    };
    what.addEventListener("input", show);
    this.made = make("ul", { class: "sites" });
    $("others").replaceChildren(list, make("div", { class: "cells one" }, what), meaning,
      make("div", { class: "cells" }, side, value), this.othersWrong,
      make("p", {}, make("button", { type: "button", onclick: set }, "Set it")), this.made);
    this.known = byPath;
  }

  /** List what was changed without a control of its own, each to be taken back. */
  listOthers() {
    const shown = new Set(this.rows.flatMap((row) => row.cells.map((cell) => `${cell.side} ${row.control.path}`)));
    const rows = this.store.now.changes.filter((each) => !shown.has(`${each.side} ${each.path}`)).map((each) => make("li", {},
      `${each.side ? `${each.side.toUpperCase()}: ` : ""}${each.path} = ${JSON.stringify(each.value)} `,
      make("button", { type: "button", class: "link", onclick: () => this.store.turn(each.side, each.path, undefined) }, "take back")));
    this.made.replaceChildren(...rows);
  }
}

const isChoice = (control) => control.choices.length > 0 || ["headline", "placement.host", "structure.local"].includes(control.path);

const chosen = (control, value) => (control.type === "array" ? (value ? [value] : []) : value);

function offer(cell, offered) {
  const select = cell.fields[0];
  const value = select.value;
  select.replaceChildren(...offered.map(([key, said]) => make("option", { value: key }, said)));
  select.value = value;
}

function clear(cell) {
  cell.wrong.hidden = true;
  cell.wrong.textContent = "";
  cell.fields.forEach((field) => field.removeAttribute("aria-invalid"));
}

/** What was typed: a number if it reads as one, nothing if nothing is there, else the words. */
function entered(text) {
  const plain = text.trim();
  if (plain === "") return null;
  const thousands = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(plain);
  const number = Number(thousands ? plain.replaceAll(",", "") : plain.replace(",", "."));
  return Number.isFinite(number) ? number : plain;
}

export function sentence(problem) {
  const end = (text) => (/[.?!]$/.test(text) ? text : `${text}.`);
  const remedy = problem.remedy ? ` ${problem.remedy[0].toUpperCase()}${end(problem.remedy.slice(1))}` : "";
  return `${end(problem.message)}${remedy}`.replaceAll("`", "");
}

/** A short line in a side's colour. */
export const dash = (side) => draw("svg", { width: 18, height: 8, "aria-hidden": "true" }, draw("rect", { width: 18, height: 8, rx: 2, fill: `var(--${side})` }));
