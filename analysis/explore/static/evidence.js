// What other commands found out about the same study: the waterfall of levers, and the tornado.
/* global Plot */

import { post } from "./api.js";
import { $, make } from "./dom.js";
import { chart, room } from "./figures.js";

export async function evidence(page, state) {
  const { mark } = page;
  try {
    const found = await post("/api/evidence", { state });
    if (mark !== page.mark) return;
    waterfall(found.levers);
    tornado(found.worlds);
  } catch (error) {
    if (mark === page.mark) for (const id of ["waterfall", "tornado"]) $(id).replaceChildren(make("p", { class: "quiet" }, error.message));
  }
}

const missing = (found) => [make("p", { class: "quiet" }, `${found.said} `), make("p", {}, make("code", {}, found.command))];

function waterfall(found) {
  if (!found.rows) { $("waterfall").replaceChildren(...missing(found)); return; }
  const figure = chart({ width: room("waterfall"), marginBottom: 38, height: 48 + 34 * found.rows.length, marginLeft: 190, marginRight: 20, ariaLabel: found.said,
    x: { label: found.unit, grid: true, ticks: 5 }, y: { domain: found.rows.map((each) => each.label), label: null, tickSize: 0 },
    marks: [
      Plot.rect(found.rows, { y: "label", x1: "from", x2: "to", insetTop: 6, insetBottom: 6, fill: (each) => (each.level ? "var(--quiet)" : each.to >= each.from ? "var(--a)" : "var(--b)"), title: "said" }),
      Plot.ruleX([0], { stroke: "var(--rule)" }),
    ] });
  $("waterfall").replaceChildren(make("p", {}, found.said), make("figure", { class: "plot" }, figure));
}

function tornado(found) {
  if (!found.rows) { $("tornado").replaceChildren(...missing(found)); return; }
  const figure = chart({ width: room("tornado"), marginBottom: 38, height: 48 + 30 * found.rows.length, marginLeft: 190, marginRight: 20, ariaLabel: found.said,
    x: { label: found.unit, grid: true, ticks: 5 }, y: { domain: found.rows.map((each) => each.label), label: null, tickSize: 0 },
    marks: [
      Plot.rect(found.rows, { y: "label", x1: "low", x2: "high", insetTop: 5, insetBottom: 5, fill: "var(--a)", fillOpacity: 0.75, title: "said" }),
      Plot.ruleX([0], { stroke: "var(--ink)" }),
    ] });
  $("tornado").replaceChildren(make("p", {}, found.said), make("figure", { class: "plot" }, figure));
}
