// Drawing: a graph in layers as SVG. Where boxes stand is said by the server; here they are only drawn.

const BOX = { width: 142, height: 70 };
const GAP = 38; // between columns
const EDGE = 24;
const SVG = "http://www.w3.org/2000/svg";

/** boxes and arrows of /v1/sessions/<name>/graph, with `share` and `a_second`; an <svg>. */
export function drawing({ boxes, arrows }) {
  const places = new Map(boxes.map((box) => [box.name, corner(box)]));
  const width = Math.max(...boxes.map((box) => corner(box).x)) + BOX.width + EDGE;
  const height = Math.max(...boxes.map((box) => corner(box).y)) + BOX.height + EDGE;
  const lanes = Math.max(0, ...arrows.flatMap((arrow) => arrow.via.map(({ top }) => EDGE + (top + 0.3) * BOX.height)));
  const svg = node("svg", { width, height: Math.max(height, lanes), viewBox: `0 0 ${width} ${Math.max(height, lanes)}`, "aria-hidden": "true" });
  svg.append(...arrows.map((arrow) => line(arrow, places)), ...boxes.map((box) => frame(box)));
  svg.append(...arrows.filter((arrow) => arrow.waiting || arrow.dropped).map((arrow) => label(arrow, places)));
  return svg;
}

function corner({ column, top }) {
  return { x: EDGE + column * (BOX.width + GAP), y: EDGE + top * BOX.height };
}

function ends({ source, target }, places) {
  const from = places.get(source);
  const to = places.get(target);
  return { x1: from.x + BOX.width, y1: from.y + BOX.height / 2, x2: to.x, y2: to.y + BOX.height / 2 };
}

function line(arrow, places) {
  const { x1, y1, x2, y2 } = ends(arrow, places);
  let way = `M${x1} ${y1}`;
  let at = { x: x1, y: y1 };
  for (const lane of arrow.via) {
    const { x, y } = corner(lane);
    way += bend(at, { x, y }) + `H${x + BOX.width}`;
    at = { x: x + BOX.width, y };
  }
  way += bend(at, { x: x2, y: y2 });
  const kind = arrow.dropped ? "arrow drops" : arrow.waiting ? "arrow waits" : "arrow";
  const path = node("path", { class: kind, d: way });
  const title = node("title");
  title.textContent = `${arrow.source}.${arrow.output} to ${arrow.target}: ${arrow.a_second.toFixed(1)} a second, ${arrow.waiting} of ${arrow.capacity} wait, ${arrow.dropped} dropped`;
  path.append(title);
  return path;
}

function bend(from, to) {
  const middle = (from.x + to.x) / 2;
  return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
}

function label(arrow, places) {
  const lane = arrow.via.at(-1);
  const { x2, y2 } = lane ? { x2: corner(lane).x + BOX.width, y2: corner(lane).y } : ends(arrow, places);
  const said = arrow.dropped ? `${arrow.dropped} dropped` : `${arrow.waiting}`;
  return text(x2 - 6, y2 - 5, said, arrow.dropped ? "drops quiet" : "quiet", "end");
}

function frame(box) {
  const { x, y } = corner(box);
  const group = node("g");
  const share = Math.min(1, Math.max(0, box.share));
  group.append(
    node("rect", { class: "box", x, y, width: BOX.width, height: BOX.height, rx: 8 }),
    text(x + 12, y + 21, short(box.name, 17), "name"),
    text(x + 12, y + 38, short(box.uses, 21), "quiet"),
    node("rect", { class: "track", x: x + 12, y: y + 52, width: 76, height: 5, rx: 2.5 }),
    node("rect", { class: "busy", x: x + 12, y: y + 52, width: 76 * share, height: 5, rx: 2.5 }),
    text(x + BOX.width - 12, y + 58, `${Math.round(100 * box.share)} %`, "quiet", "end"),
  );
  return group;
}

function short(whole, most) {
  return whole.length > most ? `${whole.slice(0, most - 1)}…` : whole;
}

function text(x, y, said, kind, anchor = "start") {
  const element = node("text", { x, y, class: kind, "text-anchor": anchor });
  element.textContent = said;
  return element;
}

function node(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
