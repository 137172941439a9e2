"use strict";
// Counts the partners of this page under other minimums, exactly as the rule does: inclusive, and a tier asks also all
// that the tiers below it ask. Points are whole hundredths. All that comes from the data is written as text.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const { tiers, metrics, befores, regions } = data;
const T = tiers.length, M = metrics.length, NOT_ASKED = -Infinity;
const $ = (id) => document.getElementById(id);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

// ---- The population: strata of equal segment and metrics but points; in each, partners with at least so many points.
const axis = Float64Array.from(data.axis), place = Int32Array.from(data.points), atLeast = new Int32Array(place.length);
const S = data.strata.length, start = new Int32Array(S + 1);
data.strata.forEach((row, s) => {
  start[s + 1] = start[s] + row[M + 1];
  for (let i = start[s + 1] - 1, sum = 0; i >= start[s]; i--) atLeast[i] = sum += data.partners[i];
});
const beforeOf = Int32Array.from(data.strata, (row) => row[0]), regionOf = Int32Array.from(data.strata, (row) => row[1]);
const others = Float64Array.from(data.strata.flatMap((row) => row.slice(2, M + 1)));

function firstFrom(values, wanted, from, to) {
  while (from < to) { const middle = (from + to) >> 1; if (values[middle] < wanted) from = middle + 1; else to = middle; }
  return from;
}
function effective(minimums) {  // with all that the tiers below ask; shape (tiers, metrics)
  let below = metrics.map(() => NOT_ASKED);
  return minimums.map((row) => (below = row.map((minimum, m) => Math.max(minimum ?? NOT_ASKED, below[m]))));
}
function meets(s, row) {
  for (let m = 1; m < M; m++) if (others[s * (M - 1) + m - 1] < row[m]) return false;
  return true;
}
function counted(needed, chosen) {  // partners by tier before and rank: shape (befores, tiers + 1), flat
  const found = new Int32Array(befores.length * (T + 1)), from = needed.map((row) => firstFrom(axis, row[0], 0, axis.length));
  for (let s = 0; s < S; s++) {
    const b = beforeOf[s];
    if (!chosen.before[b] || !chosen.region[regionOf[s]]) continue;
    let reached = atLeast[start[s]];
    for (let t = 0; t < T && reached; t++) {
      const at = meets(s, needed[t]) ? firstFrom(place, from[t], start[s], start[s + 1]) : start[s + 1];
      const above = at < start[s + 1] ? atLeast[at] : 0;
      found[b * (T + 1) + t] += reached - above;
      reached = above;
    }
    found[b * (T + 1) + T] += reached;
  }
  return found;
}
function curveOf(row, chosen) {  // partners at or above each of the points on the axis who meet the other minimums
  const found = new Int32Array(axis.length + 1);
  for (let s = 0; s < S; s++) {
    if (!chosen.before[beforeOf[s]] || !chosen.region[regionOf[s]] || !meets(s, row)) continue;
    for (let i = start[s]; i < start[s + 1]; i++) found[place[i]] += atLeast[i] - (i + 1 < start[s + 1] ? atLeast[i + 1] : 0);
  }
  for (let i = axis.length - 1; i >= 0; i--) found[i] += found[i + 1];
  return found;
}

// ---- The scenario: minimums, and which partners are looked at.
const written = () => ({ minimums: data.minimums.map((row) => [...row]), before: befores.map(() => true), region: regions.map(() => true) });
const asWritten = effective(data.minimums);
let state = written(), answer, kept = {};

function answered() {
  const needed = effective(state.minimums), filter = state.before.concat(state.region).map(Number).join("");
  if (kept.filter !== filter) kept = { filter, baseline: counted(asWritten, state), curves: {} };
  const curves = needed.map((row) => {
    const asksMore = row.some((minimum, m) => m > 0 && minimum !== NOT_ASKED && (metrics[m].per > 1 || minimum > 0)), key = asksMore ? row.slice(1).join() : "";
    return { key, counts: (kept.curves[key] ??= curveOf(row, state)) };
  });
  kept.curves[""] ??= curveOf(needed[0].map(() => NOT_ASKED), state);
  return { needed, matrix: counted(needed, state), baseline: kept.baseline, curves, everyone: kept.curves[""] };
}
function byRank(matrix) {
  const found = new Array(T + 1).fill(0);
  matrix.forEach((partners, i) => { found[i % (T + 1)] += partners; });
  return found;
}
function moves(matrix) {
  const found = { up: 0, down: 0 };
  befores.forEach(({ rank }, b) => {
    if (rank === null) return;
    for (let r = 0; r <= T; r++) if (r !== rank) found[r > rank ? "up" : "down"] += matrix[b * (T + 1) + r];
  });
  return found;
}

// ---- Numbers as words.
const thousands = new Intl.NumberFormat("en-GB");
const count = (number) => thousands.format(number).replace("-", "−");
const signed = (number) => (number > 0 ? "+" : number ? "" : "±") + count(number);
const plain = (m, units) => metrics[m].per === 1 ? `${units}` : (units / 100).toFixed(2).replace(/\.?0+$/, "");
const amount = (m, units) => `${count(Number(plain(m, units)))} ${units === metrics[m].per ? metrics[m].one : metrics[m].title}`;
const listed = (parts) => parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts.join("");
const many = (number, one) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;
const minimumOf = (row) => row.map((units, m) => ({ units, m })).filter(({ units, m }) => units > 0 || (m === 0 && units === 0));
const asks = (row) => listed(minimumOf(row).map(({ units, m }) => amount(m, units)));
const differs = (t) => answer.needed[t].some((units, m) => Math.max(units, 0) !== Math.max(asWritten[t][m], 0));
function where() {  // whom the boxes choose, in words; nothing where that is everyone
  const names = regions.filter((_, r) => state.region[r]), tiersBefore = befores.filter((_, b) => state.before[b]).map(({ title }) => title);
  const inRegions = names.length > 3 ? `In ${names.length} of ${regions.length} regions` : `In ${names.length ? listed(names) : "no region"}`;
  const of = `${names.length === regions.length ? "Tier" : "tier"} before ${tiersBefore.length ? listed(tiersBefore) : "not chosen"}`;
  const parts = [names.length < regions.length ? inRegions : "", tiersBefore.length < befores.length ? of : ""].filter(Boolean);
  return parts.length ? `${parts.join(", ")}: ` : "";
}
function finding(now, was) {
  const changed = tiers.map((_, t) => t).filter(differs).reverse();
  if (!changed.length) return `${where()}By the rules as written, ${listed(tiers.map(({ title }, t) => `${count(now[t + 1])} ${title}`).reverse())}.`;
  return where() + changed.map((t) => {
    const by = now[t + 1] - was[t + 1];
    return `${tiers[t].title} at ${asks(answer.needed[t])} has ${many(now[t + 1], "partner")}, ${by ? `${count(Math.abs(by))} ${by > 0 ? "more" : "fewer"} than` : "as many as"} by the rules as written.`;
  }).join(" ");
}

// ---- Showing it. Text is only written where it differs.
const controls = all(".control").map((box) => ({
  box, t: Number(box.dataset.tier), m: Number(box.dataset.metric),
  field: box.querySelector(".field"), slider: box.querySelector(".slider"), note: box.querySelector(".note"),
}));
const tiles = all("[data-count]"), tileChanges = all("[data-change]"), countRows = all("#counts tbody tr"), matrixRows = all("#matrix tbody tr");
const totals = all("#counts tfoot td").slice(0, 2);
const boxes = { before: all("#before input"), region: all("#region input") };
const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
let typing = null;

function show() {
  const now = byRank(answer.matrix), was = byRank(answer.baseline), everyone = now.reduce((sum, n) => sum + n, 0);
  for (const { t, m, field, slider, note } of controls) {
    const units = state.minimums[t][m], needed = answer.needed[t][m], text = units === null ? "" : plain(m, units);
    if (field !== typing && field.value !== text) field.value = text;
    if (Number(slider.value) !== (units ?? 0) / metrics[m].per) slider.value = String((units ?? 0) / metrics[m].per);
    const said = !units && data.minimums[t][m] === null ? "not asked" : amount(m, units ?? 0);
    if (slider.getAttribute("aria-valuetext") !== said) slider.setAttribute("aria-valuetext", said);
    if (!field.classList.contains("wrong")) write(note, needed > (units ?? 0) && t > 0 ? `Counts as ${plain(m, needed)}: a tier below asks that.` : "");
  }
  tiles.forEach((node) => write(node, count(now[node.dataset.count])));
  tileChanges.forEach((node) => {
    const r = node.dataset.change;
    write(node, now[r] === was[r] ? "as written" : `${signed(now[r] - was[r])} from ${count(was[r])}`);
  });
  for (const row of countRows) {
    const r = row.dataset.rank;
    [was[r], now[r]].forEach((number, i) => write(row.cells[i + 1], count(number)));
    write(row.cells[3], signed(now[r] - was[r]));
  }
  totals.forEach((cell) => write(cell, count(everyone)));
  befores.forEach(({ rank }, b) => {
    let sum = 0;
    for (let r = 0; r <= T; r++) {
      const partners = answer.matrix[b * (T + 1) + r], cell = matrixRows[b].cells[T - r + 1];
      sum += partners;
      write(cell, count(partners));
      const mood = rank === null || r === rank || !partners ? "r" : r > rank ? "r up" : "r down";
      if (cell.className !== mood) cell.className = mood;
    }
    write(matrixRows[b].cells[T + 2], count(sum));
  });
  const moved = moves(answer.matrix), before = moves(answer.baseline);
  write($("moves"), `Against the tier before, ${count(moved.down)} fall and ${count(moved.up)} rise (by the rules as written ${count(before.down)} and ${count(before.up)}).`);
  write($("finding"), finding(now, was));
  draw(everyone);
  if ($("steps").open) fillSteps();
}

// ---- The step curve: exact steps, never smoothed.
const svg = $("curve"), TOP = 16 * T + 14, BOTTOM = 40, LEFT = 48, RIGHT = 14, HEIGHT = 280 + TOP, LETTER = 6.3;
let width = 0, drawn = {}, scale = {}, places = new Float64Array(axis.length);
svg.setAttribute("height", HEIGHT);
function mark(name, attributes, text, parent = svg) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  return parent.appendChild(node);
}
function ticks(end, most) {
  const rough = Math.max(end, 1e-9) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((nice) => nice * power).find((nice) => nice >= rough * 0.999);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => Math.round(i * step * 100) / 100);
}
function path(counts, x, y) {  // what falls on one half pixel is one step
  let i = firstFrom(axis, 0, 0, axis.length), height = y(counts[i]), line = `M${x(0)},${height}`;
  while (i < axis.length) {
    const at = places[i];
    if (at > scale.right) break;
    do i++; while (places[i] === at);
    const below = y(counts[i]);
    if (below !== height) line += `H${at}V${height = below}`;
  }
  return `${line}H${scale.right}`;
}
function draw(everyone) {
  width = width || svg.clientWidth || 700;
  const highest = Math.max(0, ...answer.needed.map((row) => row[0])) / 100, end = Math.max(metrics[0].end, highest * 1.02);
  const right = width - RIGHT, x = (points) => Math.round((LEFT + (right - LEFT) * points / end) * 2) / 2;
  const y = (partners) => Math.round((TOP + (HEIGHT - TOP - BOTTOM) * (1 - partners / Math.max(everyone, 1))) * 2) / 2;
  if (scale.right !== right || scale.end !== end) axis.forEach((units, i) => { places[i] = x(units / 100); });
  scale = { right, end };
  const keys = [...new Set(answer.curves.map((curve) => curve.key))].filter((key) => key), ground = [kept.filter, width, end, everyone].join();
  if (drawn.ground !== ground) {
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    for (const tick of ticks(everyone, 5).filter(Number.isInteger)) {
      mark("line", { class: "grid", x1: LEFT, x2: right, y1: y(tick), y2: y(tick) });
      mark("text", { class: "faint", x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }, count(tick));
    }
    for (const tick of ticks(end, width < 500 ? 5 : 10)) mark("text", { class: "faint", x: x(tick), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, count(tick));
    mark("text", { class: "faint", x: right, y: HEIGHT - 4, "text-anchor": "end" }, "points at least");
    mark("text", { class: "faint", x: 0, y: TOP - 10 }, "partners");
    mark("path", { class: "step", stroke: "#2b2b2b", d: path(answer.everyone, x, y) });
    drawn = { ground, more: mark("g", {}), lines: mark("g", {}) };
  }
  const more = keys.join(";");
  if (drawn.keys !== more) {
    drawn.more.replaceChildren();
    keys.forEach((key) => {
      const t = answer.curves.findIndex((curve) => curve.key === key);
      mark("path", { class: "step", stroke: tiers[t].colour, d: path(answer.curves[t].counts, x, y) }, undefined, drawn.more);
    });
    drawn.keys = more;
  }
  drawn.lines.replaceChildren();
  tiers.forEach(({ title, colour }, t) => {
    const needed = answer.needed[t][0], wasAt = asWritten[t][0], top = 16 * (t + 1);
    if (needed === NOT_ASKED) return;
    const at = x(Math.max(needed, 0) / 100), partners = answer.curves[t].counts[firstFrom(axis, needed, 0, axis.length)];
    if (wasAt >= 0 && wasAt !== needed) mark("line", { class: "written", stroke: colour, x1: x(wasAt / 100), x2: x(wasAt / 100), y1: TOP, y2: HEIGHT - BOTTOM }, undefined, drawn.lines);
    mark("line", { class: "line", stroke: colour, x1: at, x2: at, y1: top - 10, y2: HEIGHT - BOTTOM }, undefined, drawn.lines);
    mark("circle", { class: "dot", fill: colour, stroke: "#fff", "stroke-width": 1.5, cx: at, cy: y(partners), r: 5 }, undefined, drawn.lines);
    const numbers = `${plain(0, needed)}: ${count(partners)}`, room = (Math.max(at, width - at) - 8) / LETTER;
    const label = [`${title} ${numbers} at or above`, `${title} ${numbers}`, numbers].find((words) => words.length < room) ?? numbers;
    const isLeft = at + 6 + LETTER * label.length > width;
    mark("text", { class: "halo", x: at + (isLeft ? -6 : 6), y: top, "text-anchor": isLeft ? "end" : "start" }, label, drawn.lines);
    mark("rect", { class: "grip", "data-tier": t, x: at - 10, y: top - 10, width: 20, height: HEIGHT - BOTTOM - top + 10 }, undefined, drawn.lines);
  });
  write($("curve-words"), curveWords(everyone, keys.length));
}
function curveWords(everyone, others) {
  const at = tiers.map(({ title }, t) => {
    const needed = answer.needed[t][0];
    return needed === NOT_ASKED ? "" : `${count(answer.curves[t].counts[firstFrom(axis, needed, 0, axis.length)])} reach ${title} at ${amount(0, needed)}`;
  }).filter((words) => words).reverse();
  const more = others ? " The dark curve is all of them; a curve in a tier’s colour, those who also meet what else the tier asks." : "";
  return `Of ${many(everyone, "partner")} chosen, ${listed(at)}.${more} Each step is exact; dashed, the rules as written. A line can be dragged.`;
}
function fillSteps() {
  const head = $("steps").querySelector("thead"), body = $("steps").querySelector("tbody");
  const named = [...new Map(answer.curves.map((curve, t) => [curve.key, { ...curve, t }])).values()].filter((curve) => curve.key);
  const columns = [{ title: "All chosen", counts: answer.everyone }, ...named.map(({ t, counts }) => ({ title: `Who also meet ${tiers[t].title}’s other minimums`, counts }))];
  const cell = (row, name, text, attributes) => Object.assign(row.appendChild(document.createElement(name)), { textContent: text, ...attributes });
  const rows = new Set([...ticks(scale.end, 15).map((points) => Math.round(points * 100)), ...answer.needed.map((row) => row[0]).filter((units) => units >= 0)]);
  head.replaceChildren();
  body.replaceChildren();
  const top = head.insertRow();
  cell(top, "th", "Points at least", { scope: "col" });
  columns.forEach(({ title }) => cell(top, "th", title, { scope: "col", className: "r" }));
  [...rows].sort((a, b) => a - b).forEach((units) => {
    const row = body.insertRow(), i = firstFrom(axis, units, 0, axis.length);
    const here = tiers.filter((_, t) => answer.needed[t][0] === units).map(({ title }) => title);
    cell(row, "th", plain(0, units) + (here.length ? ` (${listed(here)})` : ""), { scope: "row" });
    columns.forEach(({ counts }) => cell(row, "td", count(counts[i]), { className: "r" }));
  });
}

// ---- The address holds the scenario.
function hashOf() {
  const parts = [];
  tiers.map(({ id }, t) => [id, t]).reverse().forEach(([id, t]) => metrics.forEach((metric, m) => {
    if (state.minimums[t][m] !== data.minimums[t][m]) parts.push(`${id}.${metric.id}=${plain(m, state.minimums[t][m] ?? 0)}`);
  }));
  const names = { before: befores.map(({ id }) => id), region: regions };
  for (const key in names) if (!state[key].every(Boolean)) parts.push(`${key}=${names[key].filter((_, i) => state[key][i]).map(encodeURIComponent).join("|")}`);
  return parts.join("&");
}
function unitsOf(text, m) {  // exact: never by way of a float; undefined where it is no minimum
  const found = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!found || (metrics[m].per === 1 && Number(found[2] ?? 0))) return undefined;
  const units = Number(found[1]) * metrics[m].per + (metrics[m].per === 1 ? 0 : Number((found[2] ?? "").padEnd(2, "0")));
  return metrics[m].most !== null && units > Math.round(metrics[m].most * metrics[m].per) ? undefined : units;
}
const settled = (units, t, m) => !units && data.minimums[t][m] === null ? null : units;
function readHash(hash) {
  const next = written(), wrong = [], names = { before: befores.map(({ id }) => id), region: regions };
  for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [key, text = ""] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
    try {
      if (part.includes("=") && names[key]) {
        const asked = text.split("|").filter(Boolean).map(decodeURIComponent), known = asked.filter((name) => names[key].includes(name));
        if (known.length < asked.length) wrong.push(part);
        if (known.length || !asked.length) next[key] = names[key].map((name) => known.includes(name));
        continue;
      }
      const [tier, metric] = key.split("."), t = tiers.findIndex(({ id }) => id === tier), m = metrics.findIndex(({ id }) => id === metric);
      const units = t < 0 || m < 0 ? undefined : unitsOf(decodeURIComponent(text), m);
      if (units === undefined) wrong.push(part); else next.minimums[t][m] = settled(units, t, m);
    } catch { wrong.push(part); }
  }
  write($("told"), wrong.length ? `Left out of the address, since this page does not know it: ${wrong.join(", ")}.` : "");
  return next;
}

// ---- A scenario file: one change per value that differs; what counts is written, so that the ladder never falls.
function changes() {
  return tiers.flatMap(({ id, title }, t) => metrics.flatMap((metric, m) => {
    const own = state.minimums[t][m], base = data.minimums[t][m];
    const to = own === null ? null : Math.max(own, answer.needed[t][m]);
    return to === null || to === base ? [] : [{ path: `tier.${id}.requires.${metric.id}`, slug: `${id}-${metric.id}-${plain(m, to)}`, to: plain(m, to), words: `${title} at ${amount(m, to)}` }];
  }));
}
const quoted = (text) => JSON.stringify([...text].map((sign) => /^[\ud800-\udfff]$/.test(sign) ? "\ufffd" : sign).join("")).replace(/\x7f/g, "\\u007f");
function toml() {
  const made = changes(), reason = $("reason").value.trim() || $("reason").placeholder;
  return [
    `title = ${quoted(made.map(({ words }) => words).join(", "))}`, `base = ${quoted(data.base)}`, `rules_of = ${data.rules_of}`,
    ...made.flatMap(({ path, to }) => ["", "[[change]]", `path = ${quoted(path)}`, `to = ${to}`, `reason = ${quoted(reason)}`, `source = ${quoted(data.source)}`]), "",
  ].join("\n");
}
function save() {
  const link = document.createElement("a"), url = URL.createObjectURL(new Blob([toml()], { type: "application/toml" }));
  link.href = url;
  link.download = `${changes().map(({ slug }) => slug.replace(/[_.]/g, "-")).join("-").slice(0, 80)}.toml`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// ---- Following the reader.
let frame = 0, later = 0;
function change() {
  answer = answered();
  frame ||= requestAnimationFrame(paint);
  clearTimeout(later);
  later = setTimeout(settle, 300);
}
function paint() {
  cancelAnimationFrame(frame);
  frame = 0;
  show();
}
function settle() {  // what need not follow every pixel of a slider: the address, what is read aloud, the button
  const hash = hashOf();
  if (location.hash.slice(1) !== hash) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  const now = byRank(answer.matrix);
  write($("status"), `${where()}${listed([...tiers.map(({ title }, t) => `${title} ${count(now[t + 1])}`).reverse(), `no tier ${count(now[0])}`])}.`);
  const made = changes().length;
  $("save").disabled = !made;
  write($("save-note"), made ? `${many(made, "change")} to the rules. Put the file into scenarios/.` : "Nothing differs from the rules as written, so there is nothing to save.");
}
function choose(next) {
  state = next;
  for (const key in boxes) boxes[key].forEach((box, i) => { box.checked = state[key][i]; });
  controls.forEach(({ field }) => field.classList.remove("wrong"));
  typing = null;
  chosenRegions();
  change();
}
function chosenRegions() {
  const names = regions.filter((_, r) => state.region[r]);
  write($("region-chosen"), names.length === regions.length ? `all ${regions.length}` : names.length === 0 ? "none" : names.length > 2 ? `${names.length} of ${regions.length}` : listed(names));
}
function set(t, m, units) {
  state.minimums[t][m] = settled(units, t, m);
  change();
}
controls.forEach(({ t, m, field, slider, note }) => {
  slider.addEventListener("input", () => {
    field.classList.remove("wrong");
    set(t, m, Math.round(Number(slider.value) * metrics[m].per));
  });
  field.addEventListener("input", () => {
    typing = field;
    const units = field.value === "" && !field.validity.badInput && data.minimums[t][m] === null ? 0 : unitsOf(field.value, m);
    field.classList.toggle("wrong", units === undefined);
    field.setAttribute("aria-invalid", units === undefined);
    const upTo = metrics[m].most === null ? "" : ` to ${metrics[m].most}`;
    if (units === undefined) write(note, `Give ${metrics[m].title} from 0${upTo || " up"}, ${metrics[m].per === 1 ? "a whole number" : "at most two decimals"}.`);
    else set(t, m, units);
  });
  field.addEventListener("blur", () => {
    typing = null;
    field.classList.remove("wrong");
    field.removeAttribute("aria-invalid");
    paint();
  });
});
for (const key in boxes) boxes[key].forEach((box, i) => box.addEventListener("change", () => {
  state[key][i] = box.checked;
  chosenRegions();
  change();
}));
all("[data-all]").forEach((button) => button.addEventListener("click", () => choose({ ...state, region: regions.map(() => !!button.dataset.all) })));
document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
$("reset").addEventListener("click", (event) => { event.preventDefault(); write($("told"), ""); choose(written()); });
$("save").addEventListener("click", save);
$("steps").addEventListener("toggle", fillSteps);
svg.addEventListener("pointerdown", (event) => {
  const t = event.target.dataset.tier;
  if (t === undefined) return;
  event.preventDefault();
  svg.setPointerCapture(event.pointerId);
  const drag = (moved) => {
    const from = LEFT, inside = (moved.clientX - svg.getBoundingClientRect().left - from) / (scale.right - from);
    const step = Number(controls.find((one) => one.t === Number(t) && one.m === 0).slider.step);
    set(Number(t), 0, Math.round(Math.round(Math.min(Math.max(inside, 0), 1) * scale.end / step) * step * 100));
  };
  svg.addEventListener("pointermove", drag);
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => svg.removeEventListener("pointermove", drag), { once: true });
});
new ResizeObserver(() => { if (Math.abs(svg.clientWidth - width) >= 1) { width = svg.clientWidth; paint(); } }).observe(svg);
addEventListener("hashchange", () => choose(readHash(location.hash)));
document.querySelector(".tiles").classList.toggle("many", T > 4);
choose(readHash(location.hash));
paint();
settle();

// For tests and measurements: a scenario as in the address, at once; what it counts; the file that it makes.
window.palier = {
  set(hash) { choose(readHash(hash)); paint(); settle(); },
  counts: () => byRank(answer.matrix), baseline: () => byRank(answer.baseline),
  matrix: () => befores.map((_, b) => [...answer.matrix.slice(b * (T + 1), (b + 1) * (T + 1))]),
  hash: hashOf, toml,
  change(t, m, units, region, shown) {  // one minimum set, one region (or none) in or out; counted, and perhaps shown
    state.minimums[t][m] = settled(units, t, m);
    if (region !== null) state.region[region] = !state.region[region];
    answer = answered();
    if (shown) show();
  },
};
})();
