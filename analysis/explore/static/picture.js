// The organisation as a picture: functions, units, roles, hand-offs; week by week if one likes.

import { $, draw, make, plural, words } from "./dom.js";
import { ROLES } from "./figures.js";

const [W, H] = [470, 430];
const [CX, CY, RX, RY] = [W / 2, H / 2 - 4, 168, 150];
const LOSSES = [0.02, 0.03, 0.05];
const SIDES = ["a", "b"];

/** Where each function stands: round an ellipse, the first on top. */
function places(functions) {
  const step = (2 * Math.PI) / functions.length;
  return new Map(functions.map((name, at) => {
    const angle = -Math.PI / 2 + at * step;
    return [name, { x: CX + RX * Math.cos(angle), y: CY + RY * Math.sin(angle) }];
  }));
}

const loss = (row) => (row.passed > 0 ? row.lost / row.passed : 0);

const shade = (share) => `var(--loss-${LOSSES.filter((each) => share >= each).length})`;

/** What is shown of one org model in a week, or over the whole window (week 0). */
function flows(answer, film, org, week) {
  if (!week) {
    const seams = (answer?.seams[org] ?? []).map((each) => ({ name: each.seam, passed: each.crossings, lost: each.lost, dropped: each.dropped, stuck: null }));
    return { seams, functions: new Map() };
  }
  const rows = film?.models[org]?.places ?? [];
  const at = (row) => ({ name: row.name, passed: row.passed[week - 1] ?? 0, lost: row.lost[week - 1] ?? 0, dropped: row.dropped[week - 1] ?? 0, stuck: row.stuck[week - 1] ?? 0 });
  return {
    seams: rows.filter((row) => row.scope === "seam").map(at),
    functions: new Map(rows.filter((row) => row.scope === "function").map((row) => [row.name, at(row)])),
  };
}

export function pictures(shown, answer, film, week, onClick) {
  const all = shown.names.map((name) => flows(answer, film, name, week));
  const most = Math.max(1, ...all.flatMap((each) => each.seams.map((seam) => seam.passed)));
  const figures = shown.names.map((name, at) => make("figure", {},
    make("figcaption", { class: `${SIDES[at]}-ink` }, `${"AB"[at]}: ${shown.labels[name]}`),
    picture(shown, answer, name, SIDES[at], all[at], { most, week, onClick })));
  $("pictures").replaceChildren(...figures);
}

function picture(shown, answer, org, side, flow, { most, week, onClick }) {
  const where = places(shown.functions);
  const people = shown.people[org];
  const busy = new Map((answer?.functions[org] ?? []).map((each) => [each.name, each]));
  const biggest = Math.max(...shown.names.flatMap((name) => Object.values(shown.people[name].line)));
  const size = (name) => 14 + 20 * Math.sqrt((people.line[name] ?? 0) / biggest);
  const seams = flow.seams.filter((each) => { const [from, to] = each.name.split(">"); return from !== to && where.has(from) && where.has(to); });
  seams.sort((one, other) => loss(one) - loss(other));
  const edges = seams.map((each) => edge(each, where, size, most, org, onClick));
  const nodes = shown.functions.map((name) => node(name, where.get(name), size(name), { people, busy: busy.get(name), now: flow.functions.get(name), org, side, onClick }));
  const told = `${shown.labels[org]}: ${shown.functions.map((name) => `${words(name)} ${people.line[name]} heads`).join(", ")}; ${plural(people.coordinating, "head")} coordinating`;
  return draw("svg", { viewBox: `0 0 ${W} ${H}`, class: "picture", role: "group", "aria-label": week ? `${told}; week ${week}` : told },
    edges, centre(people), nodes);
}

/** A hand-off: as wide as what flows, as red as what is lost of it. */
function edge(row, where, size, most, org, onClick) {
  const [from, to] = row.name.split(">");
  const [p, q] = [where.get(from), where.get(to)];
  const [dx, dy] = [q.x - p.x, q.y - p.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const bend = 0.16 * length;
  const mid = { x: (p.x + q.x) / 2 - uy * bend, y: (p.y + q.y) / 2 + ux * bend };
  const start = toward(p, mid, size(from) + 4);
  const end = toward(q, mid, size(to) + 9);
  const width = Math.max(1, 14 * (row.passed / most));
  const colour = shade(loss(row));
  const turn = Math.atan2(end.y - mid.y, end.x - mid.x);
  const head = 5 + width * 0.55;
  const tip = { x: end.x + Math.cos(turn) * 7, y: end.y + Math.sin(turn) * 7 };
  const corner = (angle) => `${tip.x - head * 1.5 * Math.cos(turn + angle)},${tip.y - head * 1.5 * Math.sin(turn + angle)}`;
  const lost = `, ${row.lost.toFixed(0)} fell between`;
  const said = `${words(from)} to ${words(to)}: ${plural(Math.round(row.passed), "hand-off")}${lost}, ${plural(Math.round(row.dropped), "need")} dropped${row.stuck ? `, ${plural(row.stuck, "case")} lying between` : ""}`;
  const open = () => onClick(row.name, org);
  const middle = { x: (start.x + 2 * mid.x + end.x) / 4, y: (start.y + 2 * mid.y + end.y) / 4 };
  return draw("g", { class: "seam", tabindex: "0", role: "button", "aria-label": said, onclick: open, onkeydown: pressed(open) },
    draw("title", {}, said),
    row.passed > 0 ? draw("path", { class: "flow", d: `M${start.x},${start.y} Q${mid.x},${mid.y} ${end.x},${end.y}`, stroke: colour, "stroke-width": width, "stroke-opacity": 0.82 }) : null,
    row.passed > 0 ? draw("polygon", { points: `${tip.x},${tip.y} ${corner(0.42)} ${corner(-0.42)}`, fill: colour, "fill-opacity": 0.9 }) : null,
    row.stuck ? draw("circle", { class: "stuck", cx: middle.x, cy: middle.y, r: 2 + 1.6 * Math.sqrt(row.stuck) }) : null);
}

function toward(from, to, by) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}

/** A function: as large as its heads, its rim as full as its people are busy. */
function node(name, { x, y }, r, { people, busy, now, org, onClick }) {
  const units = isLocal(people, name) ? Math.min(people.units, 4) : 1;
  const backs = Array.from({ length: units - 1 }, (_, at) => draw("circle", { class: "back", cx: x + 6 * (units - 1 - at), cy: y - 6 * (units - 1 - at), r }));
  const share = busy?.utilisation ?? null;
  const full = 2 * Math.PI * (r - 4);
  const tone = share === null ? "var(--rule)" : share > 0.95 ? "var(--bad)" : share <= 0.5 ? "var(--loss-1)" : "var(--good)";
  const leads = people.roles.embedded_leads ? draw("g", {}, draw("circle", { cx: x + r * 0.78, cy: y + r * 0.78, r: 8, fill: "var(--strong)" }), draw("text", { x: x + r * 0.78, y: y + r * 0.78 + 4, "text-anchor": "middle", style: null, fill: "var(--on-strong)", class: "lead" }, "L")) : null;
  const said = `${words(name)}: ${plural(people.line[name] ?? 0, "head")}${share === null ? "" : `, ${(100 * share).toFixed(0)} % busy`}${now ? `, ${plural(now.stuck, "case")} waiting, ${plural(now.dropped, "need")} dropped this week` : ""}`;
  const open = () => onClick(name, org);
  return draw("g", { class: "node", tabindex: "0", role: "button", "aria-label": said, onclick: open, onkeydown: pressed(open) },
    draw("title", {}, said),
    now?.stuck ? draw("circle", { class: "stuck", cx: x, cy: y, r: r + 3 + 1.5 * Math.sqrt(now.stuck) }) : null,
    backs,
    draw("circle", { class: "ring", cx: x, cy: y, r }),
    share === null ? null : draw("circle", { class: "busy", cx: x, cy: y, r: r - 4, stroke: tone, "stroke-dasharray": `${full * Math.min(1, share)} ${full}`, transform: `rotate(-90 ${x} ${y})` }),
    draw("text", { x, y: y + 4.5, "text-anchor": "middle", "font-weight": 650 }, `${people.line[name] ?? 0}`),
    draw("text", { x, y: y + (y < CY - 20 ? -r - 7 : r + 16), "text-anchor": "middle", class: "name" }, short(words(name)), now?.stuck ? draw("tspan", { class: "waits" }, ` ${now.stuck} wait`) : null),
    leads);
}

const short = (text) => (text.length > 16 ? `${text.slice(0, 15)}…` : text);

const isLocal = (people, name) => people.units > 1 && (people.local.includes("all") || people.local.includes(name) || people.local.includes("live"));

const pressed = (open) => (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } };

/** The middle: who coordinates, with what say. */
function centre(people) {
  const lines = Object.entries(people.roles).filter(([role]) => role !== "embedded_leads").map(([role, heads]) => `${ROLES[role] ?? role} ${heads}`);
  if (people.roles.embedded_leads) lines.push(`CX leads ${people.roles.embedded_leads} (L)`);
  if (people.path === "committee") lines.push("Disputes: a committee");
  if (people.path === "decision_maker") lines.push("Disputes: one decides");
  if (people.units > 1) lines.push(`${people.units} units`);
  if (!lines.length) lines.push("Nobody coordinates");
  lines.push(`${people.record === "shared" ? "One shared record" : "Records of their own"}${people.platform ? `, platform ${people.platform}` : ""}`);
  if (people.authority) lines.push(`Authority ${(100 * people.authority).toFixed(0)} %`);
  const height = 16 * lines.length + 16;
  const top = CY - height / 2;
  return draw("g", { "aria-hidden": "true" },
    draw("rect", { class: "centre", x: CX - 80, y: top, width: 160, height, rx: 12 }),
    lines.map((line, at) => draw("text", { x: CX, y: top + 22 + 16 * at, "text-anchor": "middle", class: "small" }, line)));
}

/** What widths, colours and rims mean. */
export function key() {
  const line = (width, colour) => draw("svg", { width: 34, height: 16, "aria-hidden": "true" }, draw("line", { x1: 2, x2: 32, y1: 8, y2: 8, stroke: colour, "stroke-width": width }));
  const item = (...parts) => make("span", {}, ...parts);
  const limits = ["under 2 %", "2 to 3 %", "3 to 5 %", "5 % or more"];
  return [
    item(line(2, "var(--loss-0)"), line(10, "var(--loss-0)"), " few, many hand-offs"),
    ...limits.map((said, at) => item(line(6, `var(--loss-${at})`), ` ${said} fell between`)),
    item("Size and number: heads. Rim: how busy. Halo: cases stuck there that week."),
  ];
}
