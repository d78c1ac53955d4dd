// The page: what is asked of the server, what it says, and what is shown.

import { WINDOW, Refused, bring, download, get, keep, listen, post, readLink, token } from "./api.js";
import { Controls, sentence } from "./controls.js";
import { $, make, plural } from "./dom.js";
import { evidence } from "./evidence.js";
import * as figures from "./figures.js";
import { key, pictures } from "./picture.js";
import { Store, asLink, asState, fromLink } from "./state.js";
import { story, waiting } from "./story.js";

const page = { mark: 0, shown: null, answer: null, film: null, week: 0, controls: null, start: null, playing: null, asking: null };
const store = new Store(() => ask());

async function begin() {
  const kept = readLink();
  if (!token()) { notice("Open this page by the link that the program printed: it holds a token.", true); return; }
  page.start = await get("/api/start");
  page.controls = new Controls(page.start, store);
  $("picture-key").replaceChildren(...key());
  fillFirms();
  wire();
  listen(hear, connected);
  const state = kept ? await fromLink(kept) : null;
  if (kept && !state) notice("What the link says of a state cannot be read, so the study is shown as it is.", true);
  if (state) store.now = state;
  await ask();
}

/** Ask what now stands; whatever was asked before is stale at once. */
async function ask() {
  const mark = ++page.mark;
  buttons();
  stale(true);
  document.body.dataset.asked = mark;
  page.controls.rows.forEach((row) => row.cells.forEach((cell) => page.controls.refresh(cell)));
  page.asking?.abort();
  page.asking = new AbortController();
  try {
    const shown = await post("/api/ask", { window: WINDOW, mark, state: store.now }, page.asking.signal);
    if (mark !== page.mark) return;
    page.shown = shown;
    if (!store.now.pair) store.now = { ...store.now, pair: shown.pair };
    settle();
  } catch (error) {
    if (error.name === "AbortError" || mark !== page.mark) return;
    mistaken(error);
  }
}

/** Show what the server understood: names, levers, people. */
function settle() {
  const { shown } = page;
  problems([]);
  page.controls.mark([]);
  page.controls.show(shown);
  page.controls.listOthers();
  for (const [at, id] of [["0", "pair-a"], ["1", "pair-b"]]) {
    $(id).replaceChildren(...Object.entries(shown.org_models).map(([name, label]) => make("option", { value: name }, label)));
    $(id).value = store.now.pair[Number(at)];
  }
  $("firm").value = firmValue();
  figures.people(shown, page.answer && page.answer.question === page.mark ? page.answer : null);
  numbers();
  $("foot").textContent = `${shown.description || shown.enterprise} ${plural(shown.customers, "customer")}. ${shown.changed ? `Changed: ${shown.changed}. ` : ""}${shown.doubts.map((each) => `${each}.`).join(" ")}`;
  remember();
  evidence(page, store.now);
}

function mistaken(error) {
  const list = error instanceof Refused ? error.problems : [];
  const left = page.controls.mark(list);
  problems(left);
  const said = list.length ? "That cannot be: see the levers at the left. What is shown is of the state before." : error.message || "The program does not answer.";
  verdict(said, "");
  $("footing").textContent = "not run";
}

function problems(list) {
  $("problems").replaceChildren(...list.map((each) => make("p", {}, `${each.file && !each.file.startsWith("--set") ? `${each.file}${each.line ? `, line ${each.line}` : each.cell ? `, ${each.cell}` : ""}: ` : ""}${each.path ? `${each.path}: ` : ""}${sentence(each)}`)));
}

/** Hear what the server tells this window. */
function hear(kind, told) {
  if (kind === "answer" && told.question === page.mark) answered(told);
  if (kind === "film" && told.question === page.mark) { page.film = told; weeks(); redraw(); }
  if (kind === "failed" && told.question === page.mark) notice(`A run failed: ${told.reason}`, true);
  if (kind === "engine") verdict(told.said, "");
  if (kind === "story") story(told);
  if (kind === "pack") packed(told);
}

function answered(answer) {
  page.answer = answer;
  stale(false);
  document.body.dataset.draws = answer.draws;
  document.body.dataset.finished = answer.finished;
  const { shown } = page;
  const one = answer.draws === 1;
  $("footing").textContent = one ? "one draw" : answer.draws < answer.wanted ? `${answer.draws} of ${plural(answer.wanted, answer.unit)}` : plural(answer.draws, answer.unit);
  $("footing").classList.toggle("one", one);
  $("progress").max = answer.wanted;
  $("progress").value = answer.draws;
  $("progress").hidden = answer.finished;
  const lead = answer.lead;
  const side = lead.crowned ? (lead.order[0] === shown.names[0] ? "leads-a" : "leads-b") : "";
  const beneath = [
    one ? "One draw of luck in one world, without interval: nothing can be ranked yet." : "",
    !answer.finished && !one ? "More draws are coming; intervals narrow. Nobody is ranked before all are in." : "",
    answer.caveat ? `Worlds: ${answer.caveat}.` : "",
    answer.unit === "replicate" && answer.finished ? "At one point of what is assumed: this firm has no fitted worlds (fit finds some)." : "",
    answer.unit === "world" && answer.finished ? "So few worlds name no winner: the command worlds asks many." : "",
    lead.crowned ? "" : answer.finished ? "No crown for a tie." : "",
    answer.unequal,
  ].filter(Boolean).join(" ");
  verdict(`${lead.sentence}.`, beneath, side);
  figures.people(shown, answer);
  charts(answer);
}

function charts(answer) {
  const { shown } = page;
  figures.outcomes(answer, shown);
  figures.sites(answer, shown, (site) => follow({ site }));
  figures.months(answer, shown);
  figures.causes(answer, shown);
  redraw();
}

function verdict(sentence_, beneath, side = "") {
  $("sentence").textContent = sentence_;
  $("beneath").textContent = beneath;
  document.querySelector(".verdict").className = `verdict ${side}`;
}

function stale(is) {
  document.querySelector(".verdict").classList.toggle("stale", is);
  document.querySelector(".footing").classList.toggle("is-stale", is && page.answer !== null);
  for (const id of ["outcomes", "pictures", "sites", "months", "causes"]) $(id).classList.toggle("stale-part", is);
  document.body.dataset.stale = is;
}

/** The two structures as they stand: a firm just opened has those that it is shown with. */
const chosenPair = () => store.now.pair ?? [$("pair-a").value, $("pair-b").value];

const redraw = () => { if (page.shown) pictures(page.shown, page.answer, page.film?.question === page.mark ? page.film : null, page.week, (name) => follow(name.includes(">") ? { site: name } : { site: `${name}/` })); };

function weeks() {
  const last = Math.max(0, ...Object.values(page.film.models).map((each) => each.weeks));
  $("week").max = last;
  if (page.week > last) page.week = 0;
}

function toWeek(week) {
  page.week = week;
  $("week").value = week;
  $("week-said").textContent = week ? `week ${week}, one draw` : "whole window";
  redraw();
}

function play() {
  if (page.playing) { clearInterval(page.playing); page.playing = null; $("play").textContent = "Play"; return; }
  $("play").textContent = "Pause";
  page.playing = setInterval(() => { const last = Number($("week").max); if (page.week >= last) { play(); toWeek(0); } else toWeek(page.week + 1); }, 220);
}

async function follow(who) {
  waiting("Both org models are run once more, with everything that happens to one customer …");
  $("story").scrollIntoView({ block: "nearest" });
  try { await post("/api/story", { window: WINDOW, mark: page.mark, state: store.now, ...who }); } catch (error) { waiting(error.message); }
}

function fillFirms() {
  const rows = Object.entries(page.start.firms).map(([name, about]) => make("option", { value: `bundled ${name}`, title: about }, name.replaceAll("-", " ")));
  $("firm").replaceChildren(make("option", { value: "given" }, page.start.given), make("optgroup", { label: "Firms that come with the program" }, rows), make("option", { value: "text", hidden: true }, "loaded"));
}

function firmValue() {
  const { firm } = store.now;
  const loaded = $("firm").querySelector('option[value="text"]');
  loaded.hidden = firm.kind !== "text";
  if (firm.kind === "text") loaded.textContent = firm.name;
  return firm.kind === "bundled" ? `bundled ${firm.name}` : firm.kind;
}

function numbers() {
  const { draws } = page.shown;
  const offered = [...new Set([...draws.offered, store.now.number ?? draws.usual])].sort((one, other) => one - other);
  $("number").replaceChildren(...offered.map((each) => make("option", { value: each }, plural(each, draws.unit))));
  $("number").value = store.now.number ?? draws.usual;
}

function buttons() {
  $("undo").disabled = !store.past.length;
  $("redo").disabled = !store.future.length;
  $("reset").disabled = !store.now.changes.length && store.now.number === null;
}

/** Keep the state in the page's address, so that a reload shows the same. */
async function remember() {
  history.replaceState(null, "", `#state=${await asLink(store.now)}`);
}

async function opened(file) {
  const name = file.name.toLowerCase();
  try {
    if (name.endsWith(".json")) {
      const state = asState(JSON.parse(await file.text()));
      if (!state) throw new Error("This file holds no state of the page.");
      store.set(state);
    } else if (/\.(ya?ml|xlsx)$/.test(name)) {
      store.open((await bring("/api/load", file)).firm);
    } else {
      notice(`Reading ${file.name} as an event log …`);
      const made = await bring("/api/log", file);
      store.open(made.firm);
      notice(made.said);
      return;
    }
    notice(`${file.name} is loaded.`);
  } catch (error) {
    notice(error instanceof SyntaxError ? `${file.name} is no state of the page.` : error.message, true);
  }
}

function packed(told) {
  if (!told.files) { notice(told.said, told.failed); return; }
  const links = told.files.map((each) => make("button", { type: "button", class: "link", onclick: () => download(each.path, null, each.name).catch(failed) }, each.name));
  $("notice").replaceChildren(`${told.said} `, ...links.flatMap((each) => [each, " "]));
  $("notice").className = "notice";
  $("notice").hidden = false;
}

function notice(text, bad = false) {
  $("notice").textContent = text;
  $("notice").className = bad ? "notice bad" : "notice";
  $("notice").hidden = !text;
}

const failed = (error) => notice(error.message, true);

function connected(is, error) {
  if (is) { if ($("notice").dataset.lost) { $("notice").hidden = true; delete $("notice").dataset.lost; ask(); } return; }
  if (error instanceof Refused) { notice(error.message, true); return; }
  notice("The program that serves this page has ended or is busy. If it has ended, start it again.", true);
  $("notice").dataset.lost = "1";
}

function wire() {
  const on = (id, kind, run) => $(id).addEventListener(kind, run);
  on("undo", "click", () => store.undo());
  on("redo", "click", () => store.redo());
  on("reset", "click", () => store.plain());
  on("firm", "change", () => { const [kind, name = ""] = $("firm").value.split(" "); if (kind !== "text") store.open({ kind, name, text: "" }); });
  on("pair-a", "change", () => store.choose("a", $("pair-a").value, chosenPair()));
  on("pair-b", "change", () => store.choose("b", $("pair-b").value, chosenPair()));
  on("number", "change", () => store.set({ ...store.now, number: Number($("number").value) }));
  on("save-yaml", "click", () => download("/api/save/yaml", { state: store.now }, "study.yaml").catch(failed));
  on("save-xlsx", "click", () => download("/api/save/xlsx", { state: store.now }, "study.xlsx").catch(failed));
  on("save-state", "click", () => keep(new Blob([JSON.stringify(store.now, null, 1)], { type: "application/json" }), `${page.shown?.study ?? "standing"}-state.json`));
  document.querySelectorAll(".menu button").forEach((button) => button.addEventListener("click", () => button.closest("details").removeAttribute("open")));
  document.addEventListener("click", (event) => document.querySelectorAll(".menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.removeAttribute("open"); }));
  on("copy-link", "click", async () => { const link = `${location.origin}/#token=${token()}&state=${await asLink(store.now)}`; try { await navigator.clipboard.writeText(link); notice("The link is copied: it opens this state as long as the program runs."); } catch { notice(link); } });
  on("pack", "click", () => post("/api/pack", { window: WINDOW, mark: page.mark, state: store.now }).then(packed, failed));
  on("load", "click", () => $("file").click());
  on("choose", "click", () => $("file").click());
  on("file", "change", () => { const file = $("file").files[0]; $("file").value = ""; if (file) opened(file); });
  on("play", "click", play);
  on("week", "input", () => toWeek(Number($("week").value)));
  document.querySelectorAll("[data-who]").forEach((button) => button.addEventListener("click", () => follow({ who: button.dataset.who })));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches('input[type="text"], input[type="search"]')) return;
    if (event.key === "z" && !event.shiftKey) { event.preventDefault(); store.undo(); }
    if (event.key === "y" || (event.key === "z" && event.shiftKey)) { event.preventDefault(); store.redo(); }
  });
  const drop = $("drop");
  for (const kind of ["dragover", "dragenter"]) document.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); const file = event.dataTransfer?.files[0]; if (file) opened(file); });
}

let resized = null;
addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(() => { if (page.answer) charts(page.answer); }, 150); });

begin().catch(failed);
