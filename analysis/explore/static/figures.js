// Figures of the answer: what stands beside each is the same in words and numbers.
/* global Plot */

import { $, make, share } from "./dom.js";

const SIDES = ["a", "b"];
const narrow = { marginLeft: 18, marginRight: 18, marginTop: 4, marginBottom: 18 };

/** How wide a figure may be: its letters are not scaled. */
export const room = (id) => Math.max(300, $(id).clientWidth);

/** A chart: one image to who cannot see it, whose words stand beside it. */
export function chart(options) {
  const drawn = Plot.plot({ className: "plot-of-standing", style: {}, ...options });
  drawn.querySelectorAll("[aria-label]").forEach((part) => { part.removeAttribute("aria-label"); part.setAttribute("aria-hidden", "true"); });
  drawn.setAttribute("role", "img");
  return drawn;
}

const scaled = (measure, value) => (value === null ? null : measure.percent ? 100 * value : value);

/** The headline measures: levels, differences, intervals, and whose is better. */
export function outcomes(answer, shown) {
  const [a, b] = shown.names.map((name) => shown.labels[name]);
  const head = make("tr", {}, ...["", a, b, "B less A", "with its 95 % interval"].map((text, at) => make("th", { scope: "col", class: at === 1 ? "a-ink" : at === 2 ? "b-ink" : null }, text)));
  const rows = answer.measures.map((measure) => outcome(measure, answer, shown));
  const table = make("table", { class: "outcomes" }, make("thead", {}, head), make("tbody", {}, rows));
  $("outcomes").replaceChildren(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Outcomes" }, table));
}

function outcome(measure, answer, shown) {
  const rows = shown.names.map((name) => measure.models.find((each) => each.org === name));
  const cells = rows.map((row, at) => make("td", { class: `level ${SIDES[at]}-ink` }, row ? row.level : "–", row ? ends(measure, row) : null));
  const b = rows[1];
  const change = b?.change ? b.change.split(" (") : ["–"];
  const word = b ? clearWord(measure, b, answer) : null;
  return make("tr", { class: measure.decides ? "decides" : null, "data-measure": measure.name },
    make("th", { scope: "row", class: "what", title: measure.formula }, measure.label, make("small", {}, measure.decides ? `${measure.unit}; this decides` : measure.unit)),
    cells,
    make("td", { class: "level" }, change[0], change[1] ? make("span", { class: "ends" }, `(${change[1]}`) : null, word),
    make("td", { class: "plotted" }, spans(measure, rows)));
}

function ends(measure, row) {
  if (row.mean_low === null) return make("span", { class: "ends" }, "no interval");
  const digits = Math.max(0, Math.min(3, 1 - Math.floor(Math.log10((scaled(measure, row.mean_high) - scaled(measure, row.mean_low)) / 2 || 1))));
  const said = (value) => scaled(measure, value).toFixed(digits).replace("-", "−");
  return make("span", { class: "ends" }, `${said(row.mean_low)} to ${said(row.mean_high)}`);
}

/** Whether a difference is clear of chance: never said of one draw, never in colour while runs are out. */
function clearWord(measure, row, answer) {
  if (row.low === null) return make("span", { class: "verdict-word" }, "one draw");
  const up = row.low > 0, down = row.high < 0;
  if (!up && !down) return make("span", { class: "verdict-word" }, "not clear of chance");
  const better = measure.direction === "higher" ? up : down;
  const word = answer.finished ? (better ? "better" : "worse") : "";
  return make("span", { class: `verdict-word ${word}` }, `${better ? "better" : "worse"} under B${answer.finished ? "" : " so far"}`);
}

/** The difference with its interval, beside nothing: clear of chance is clear of the line. */
function spans(measure, rows) {
  const row = rows[1];
  if (!row || row.difference === null) return "";
  const [at, low, high] = [row.difference, row.low, row.high].map((value) => scaled(measure, value));
  const far = 1.15 * Math.max(Math.abs(at), Math.abs(low ?? at), Math.abs(high ?? at)) || 1;
  const said = `${measure.label}, B less A: ${row.change}`;
  return chart({ ...narrow, width: 300, height: 50, ariaLabel: said,
    x: { domain: [-far, far], ticks: 4, tickSize: 3, label: null }, y: { axis: null },
    marks: [
      Plot.ruleX([0], { stroke: "var(--quiet)", strokeWidth: 1.4 }),
      low === null ? null : Plot.ruleY([0], { x1: low, x2: high, stroke: "var(--b)", strokeWidth: 4, strokeOpacity: 0.5 }),
      low === null ? null : Plot.ruleX([low, high], { y1: -0.3, y2: 0.3, stroke: "var(--b)", strokeWidth: 1.5 }),
      Plot.dot([0], { x: at, y: 0, r: 5.5, fill: low === null ? "var(--card)" : "var(--b)", stroke: "var(--b)", strokeWidth: 2 }),
    ] });
}

/** Where needs are dropped, the worst sites first; a site's name tells a story when clicked. */
export function sites(answer, shown, onSite) {
  if (!answer.sites.length) { $("sites").replaceChildren(make("p", { class: "quiet" }, "No need was dropped.")); return; }
  const data = answer.sites.flatMap((site) => site.models.map((each) => ({ ...each, label: site.label, side: SIDES[shown.names.indexOf(each.org)] }))).filter((each) => each.side);
  const labels = answer.sites.map((each) => each.label);
  const figure = chart({ width: room("sites"), height: 60 + 34 * labels.length, marginLeft: 132, marginRight: 14, marginBottom: 38, ariaLabel: "Drop-offs by site, per 1,000 needs",
    x: { label: `dropped per ${answer.sites[0].per.toLocaleString("en")} needs`, zero: true, grid: true, ticks: 5 }, y: { domain: labels, label: null, padding: 0.2, tickSize: 0 },
    marks: [
      Plot.ruleX([0], { stroke: "var(--rule)" }),
      ...SIDES.map((each, at) => [
        Plot.ruleY(data.filter((row) => row.side === each && row.mean_low !== null), { y: "label", x1: "mean_low", x2: "mean_high", dy: at ? 6 : -6, stroke: `var(--${each})`, strokeWidth: 3, strokeOpacity: 0.5 }),
        Plot.dot(data.filter((row) => row.side === each), { y: "label", x: "mean", dy: at ? 6 : -6, r: 4.5, fill: `var(--${each})`, title: (row) => `${row.label}: ${row.mean.toFixed(1)}` }),
      ]),
    ].flat() });
  const list = make("ul", { class: "sites" }, answer.sites.map((site) => make("li", {},
    make("button", { type: "button", class: "link", onclick: () => onSite(site.site) }, site.label),
    ` ${shown.names.map((name, at) => `${"AB"[at]} ${site.models.find((each) => each.org === name)?.mean?.toFixed(1) ?? "–"}`).join(", ")}`)));
  $("sites").replaceChildren(make("figure", { class: "plot" }, figure), make("details", {}, make("summary", {}, "The same in numbers; follow one customer"), list));
}

/** Standing month by month: by how much B is ahead of A, or behind. */
export function months(answer, shown) {
  const data = answer.months[shown.names[1]] ?? [];
  if (!data.length) { $("months").replaceChildren(make("p", { class: "quiet" }, "The window is too short for months.")); return; }
  const bands = data.filter((each) => each.low !== null);
  const figure = chart({ width: room("months"), height: 200, marginLeft: 54, marginRight: 14, marginBottom: 38, ariaLabel: "Standing by month, B less A",
    y: { label: null, nice: true, ticks: 4, grid: true, zero: true }, x: { label: "month of the window", ticks: 6 },
    marks: [
      Plot.areaY(bands, { x: "month", y1: "low", y2: "high", fill: "var(--b)", fillOpacity: 0.2 }),
      Plot.ruleY([0], { stroke: "var(--quiet)" }),
      Plot.lineY(data, { x: "month", y: "difference", stroke: "var(--b)", strokeWidth: 2.2 }),
    ] });
  $("months").replaceChildren(make("figure", { class: "plot" }, figure));
}

/** Why needs are dropped: shares of those that are. */
export function causes(answer, shown) {
  const rows = answer.causes.filter((each) => shown.names.some((name) => each.shares[name] > 0.005));
  const data = rows.flatMap((each) => shown.names.map((name, at) => ({ label: each.label, side: SIDES[at], value: 100 * each.shares[name] })));
  if (!data.length) { $("causes").replaceChildren(); return; }
  const figure = chart({ width: room("causes"), height: 44 + 30 * rows.length, marginLeft: 164, marginRight: 14, marginBottom: 38, ariaLabel: "Causes of drop-offs, per cent of them",
    x: { label: "% of those dropped", ticks: 4 }, y: { domain: rows.map((each) => each.label), label: null, tickSize: 0 }, fy: { axis: null },
    marks: SIDES.map((side, at) => [
      Plot.rect(data.filter((each) => each.side === side), { y: "label", x1: 0, x2: "value", insetTop: at ? 13 : 3, insetBottom: at ? 3 : 13, fill: `var(--${side})` }),
    ]).flat() });
  $("causes").replaceChildren(make("figure", { class: "plot" }, figure));
}

/** Heads by function, how busy they are, and whether the budget is balanced. */
export function people(shown, answer) {
  const busy = (name, at) => answer?.functions[shown.names[at]]?.find((each) => each.name === name);
  const cell = (name, at) => {
    const each = busy(name, at);
    const text = each ? share(each.utilisation) : "";
    return make("td", { class: each?.doubt ? "over" : null, title: each?.doubt ?? null }, text);
  };
  const of = (at) => shown.people[shown.names[at]];
  const roles = [...new Set([0, 1].flatMap((at) => Object.keys(of(at).roles)))];
  const heads = (value) => (value ? Number(value).toLocaleString("en", { maximumFractionDigits: 1 }) : "–");
  const line = (title, values, kind = null) => make("tr", { class: kind }, make("th", { scope: "row" }, title), make("td", {}, heads(values[0])), make("td", {}), make("td", {}, heads(values[1])), make("td", {}));
  const table = make("table", { class: "people" },
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Heads"), make("th", { scope: "col", class: "a-ink" }, "A"), make("th", { scope: "col" }, "busy"), make("th", { scope: "col", class: "b-ink" }, "B"), make("th", { scope: "col" }, "busy"))),
    make("tbody", {},
      shown.functions.map((name) => make("tr", {}, make("th", { scope: "row" }, name.replaceAll("_", " ")), make("td", {}, heads(of(0).line[name])), cell(name, 0), make("td", {}, heads(of(1).line[name])), cell(name, 1))),
      line("In the line", [of(0).in_line, of(1).in_line], "sum"),
      roles.map((role) => line(ROLES[role] ?? role.replaceAll("_", " "), [of(0).roles[role], of(1).roles[role]])),
      of(0).technology || of(1).technology ? line("Paid for technology", [of(0).technology, of(1).technology]) : null));
  const unspent = [0, 1].map((at) => of(at).unspent).some((each) => each > 0)
    ? ` Left in the till: A ${of(0).unspent.toLocaleString("en")}, B ${of(1).unspent.toLocaleString("en")} a year.` : "";
  const said = shown.budget === "equal" ? "Both spend the same running budget: whoever coordinates no longer serves." : "The study lets the two spend unequal budgets.";
  const doubted = answer ? [0, 1].flatMap((at) => (answer.functions[shown.names[at]] ?? []).filter((each) => each.doubt).map((each) => `${"AB"[at]}: ${each.doubt}.`)) : [];
  $("people").replaceChildren(table, make("p", { class: "balance" }, said + unspent), ...doubted.map((each) => make("p", { class: "balance" }, each)));
}

export const ROLES = {
  cx_team: "Central CX team", liaison: "Liaison", insight: "Insight", governance: "Governance", trust_office: "Trust office",
  account_owners: "Account owners", embedded_leads: "CX leads in functions", journey_owners: "Journey owners",
};
