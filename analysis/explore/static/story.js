// One customer under both org models, step by step.

import { $, make } from "./dom.js";

export function waiting(text) {
  $("story").replaceChildren(make("p", { class: "quiet" }, text));
}

export function story(told) {
  if (told.said) { waiting(told.said); return; }
  const sides = told.models.map((model, at) => make("div", {},
    make("h3", { class: at ? "b-ink" : "a-ink" }, `${"AB"[at]}: ${model.label}`),
    make("p", {}, model.outcome),
    make("p", { class: "tally" }, model.tally),
    ...model.why.map((line) => make("p", { class: "tally" }, line)),
    make("ol", { tabindex: "0", "aria-label": `Steps under ${model.label}` }, model.steps.map(step))));
  $("story").replaceChildren(
    make("p", {}, make("strong", {}, told.title), "."),
    make("p", { class: "quiet" }, `${told.about}. ${told.how_common}`),
    make("div", { class: "path sides" }, sides));
}

function step(each) {
  if (each.kind === "case") return make("li", { class: "case" }, each.said);
  return make("li", { class: each.failed ? "bad" : null }, make("span", { class: "day" }, `day ${each.day.toFixed(1)}`), ` ${each.where ? `${each.where}: ` : ""}${each.said}`);
}
