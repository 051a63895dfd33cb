// Graph: the graph of a session as it runs, looked at every second: what waits on edges, what was dropped, CPU, lag.

import { drawing } from "./drawing.js";
import { ask, key, setKey } from "./server.js";

const EVERY_MS = 1000;

const $ = (id) => document.getElementById(id);
let before = null; // the look before this one, of the same session

async function look() {
  try {
    await choose();
    $("key-form").hidden = true;
    const name = $("sessions").value;
    show(name ? await ask(`v1/sessions/${name}/graph`) : null);
  } catch (error) {
    $("key-form").hidden = error.code !== "key";
    $("state").textContent = error.code === "key" && !key() ? "This server wants a key" : `${error.what ?? error} ${error.remedy ?? ""}`;
  }
  setTimeout(look, EVERY_MS);
}

async function choose() {
  const sessions = await ask("v1/sessions");
  const chosen = $("sessions").value;
  const options = sessions.map((one) => new Option(label(one), one.name));
  $("sessions").replaceChildren(...options);
  if (sessions.some((one) => one.name === chosen)) $("sessions").value = chosen;
  $("sessions").parentElement.hidden = !sessions.length;
}

function label({ name, key: owner, from, to, age_s: age, attached, active }) {
  const state = active ? "runs" : attached ? "quiet" : "away";
  return `${from} to ${to} · ${owner} · ${Math.round(age)} s · ${state} · ${name.slice(0, 6)}`;
}

function show(seen) {
  const runs = Boolean(seen?.boxes.length);
  if (!runs) {
    before = null;
    $("drawing").replaceChildren();
    for (const id of ["lag", "nodes", "edges"]) $(id).replaceChildren();
    $("state").textContent = seen ? "No graph runs: nobody speaks." : "No sessions.";
    return;
  }
  const same = before?.session.name === seen.session.name && seen.clock_s > before.clock_s ? before : null;
  const took = same ? seen.clock_s - same.clock_s : seen.clock_s;
  const cpu = (seen.cpu_s - (same?.cpu_s ?? 0)) / took;
  $("state").textContent = `${seen.clock_s.toFixed(0)} s; this process uses ${cpu.toFixed(2)} cores`;
  const rated = rates(seen, same, took);
  $("drawing").replaceChildren(drawing(rated));
  tables(rated);
  before = seen;
}

/** With what changed since the look before: `share` of a core for boxes, `a_second` packets for arrows. */
function rates(seen, same, took) {
  const old = new Map((same?.boxes ?? []).map((box) => [box.name, box.busy_s]));
  const passed = new Map((same?.arrows ?? []).map((arrow) => [id(arrow), arrow.passed]));
  return {
    ...seen,
    boxes: seen.boxes.map((box) => ({ ...box, share: (box.busy_s - (old.get(box.name) ?? 0)) / took })),
    arrows: seen.arrows.map((arrow) => ({ ...arrow, a_second: (arrow.passed - (passed.get(id(arrow)) ?? 0)) / took })),
  };
}

function id({ source, output, target }) {
  return `${source}.${output} ${target}`;
}

function tables({ boxes, arrows, lag }) {
  const two = (value) => value.toFixed(2);
  table("lag", ["Output", "Words", "Mean", "p50", "p95"],
    Object.entries(lag).map(([name, of]) => [name, of.words, two(of.mean), two(of.p50), two(of.p95)]));
  table("nodes", ["Node", "Uses", "On", "Steps", "Failed", "Busy now", "Busy in all, s", "p99, ms"],
    boxes.map((box) => [box.name, box.uses, box.runs_on, box.calls, box.failed, `${Math.round(100 * box.share)} %`,
      two(box.busy_s), box.p99_ms.toFixed(1)]));
  table("edges", ["From", "To", "A second", "Passed", "Waiting", "Room", "Dropped"],
    arrows.map((arrow) => [`${arrow.source}.${arrow.output}`, arrow.target, arrow.a_second.toFixed(1), arrow.passed,
      arrow.waiting, arrow.capacity, arrow.dropped]));
}

function table(place, head, rows) {
  const row = (cells, kind) => {
    const line = document.createElement("tr");
    line.append(...cells.map((cell) => Object.assign(document.createElement(kind), { textContent: cell })));
    return line;
  };
  $(place).replaceChildren(row(head, "th"), ...rows.map((cells) => row(cells, "td")));
}

$("key-form").onsubmit = (event) => {
  event.preventDefault();
  setKey($("key").value);
};
look();
