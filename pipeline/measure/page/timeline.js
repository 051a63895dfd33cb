// The time line of a recording: what was said, cut, translated and spoken, on one axis; drawn on a canvas as it scrolls.

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const LINE = 15; // px of a line of text
const ROW = 13; // px of the name above a row
const TOGETHER = 200; // ms
const PX_PER_S = 62; // at first
const clockTime = (ms, digits = 1) => {
  const s = Math.max(0, ms) / 1000;
  return `${Math.floor(s / 60)}:${(s % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0")}`;
};
const inSeconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

class Timeline {
  constructor(data) {
    this.parts = data.parts;
    this.recordings = new Map(data.recordings.map((one) => [one.id, one]));
    this.canvas = document.getElementById("view");
    this.overview = document.getElementById("overview");
    this.tip = document.getElementById("tip");
    this.select = document.getElementById("recording");
    this.player = new Player(this);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    for (const moment of ["beforeprint", "afterprint"]) addEventListener(moment, () => this.draw());
  }

  /** Show a recording, at a time where one is given (ms). False where it has no time line here. */
  show(id, at) {
    const found = this.recordings.get(id);
    if (!found) return false;
    if (found !== this.one) {
      this.one = found;
      this.select.value = id;
      this.layOut();
      this.left = 0;
      this.chosen = null;
      this.player.load(found);
    }
    if (at !== undefined) {
      this.left = at - 2000;
      this.player.seek(at);
      this.pick(this.pieces.findIndex((piece) => piece.end >= at - 1));
    }
    this.draw();
    return true;
  }

  /** What does not depend on zoom: pieces, rows, the greatest delay. */
  layOut() {
    const { transcript, units, translation, speech, peaks } = this.one;
    this.perMs = this.perMs ?? PX_PER_S / 1000;
    this.pieces = translation.cuts.map(([first, last, reason, lag]) => {
      const delays = translation.out.slice(first, last).map((out, i) => out - translation.end[first + i]);
      return { first, last, reason, lag, out: translation.out[first], start: translation.start[first],
        end: translation.end[last - 1], late: Math.max(...delays), mean: delays.reduce((a, b) => a + b, 0) / delays.length };
    });
    this.groups = []; // pieces that came together share a box
    this.pieces.forEach((piece, i) => {
      const group = this.groups.at(-1);
      if (group && piece.out - group.out < TOGETHER) group.to = i;
      else this.groups.push({ from: i, to: i, out: piece.out });
    });
    const from = units.cuts.length ? units : translation;
    this.units = from.cuts.map(([first, last, reason, lag]) => ({ text: from.text.slice(first, last), reason, lag,
      start: from.start[first], end: from.end[last - 1], out: from.out[first] }));
    this.cutBy = units.cuts.length ? "reading units" : "source of each piece of translation";
    this.most = Math.max(1000, ...this.pieces.map((piece) => piece.late), ...speech.map((piece) => piece[2] - piece[4]));
    const sorted = this.pieces.map((piece) => piece.late).sort((a, b) => a - b);
    this.bound = sorted[Math.floor(sorted.length * 0.95)] ?? Infinity; // what is later stands out
    this.peaks = peaks ? Uint8Array.from(atob(peaks.peaks), (c) => c.charCodeAt(0)) : null;
    const rows = [["axis", "", 20], ["wave", "", peaks ? 54 : 0], ["words", `source words (${this.one.from})`, transcript.text.length ? 3 * LINE + 4 : 0],
      ["units", this.cutBy, 3 * LINE + 6], ["links", "", 30], ["said", `translation (${this.one.to}), at the moment it came out`, 4 * LINE + 6],
      ["speech", "speech, as it plays", speech.length ? 3 * LINE + 6 : 0], ["lag", "delay, s", 110]];
    this.rows = {};
    let top = 0;
    for (const [key, name, height] of rows.filter((row) => row[2])) {
      top += name ? ROW + 5 : 2;
      this.rows[key] = { name, top, height, bottom: top + height };
      top += height;
    }
    this.height = top + 6;
    this.widths = new Map();
    this.lanes = null;
  }

  get width() { return this.canvas.clientWidth; }
  get right() { return this.left + this.width / this.perMs; }
  x(ms) { return (ms - this.left) * this.perMs; }

  rescale(perMs) {
    this.perMs = Math.min(0.6, Math.max(this.width / this.one.end / 1.02, perMs));
    this.lanes = null;
  }

  zoom(factor, at = this.width / 2) {
    const ms = this.left + at / this.perMs;
    this.rescale(this.perMs * factor);
    this.left = ms - at / this.perMs;
    this.draw();
  }

  pan(px) {
    this.left += px / this.perMs;
    this.draw();
  }

  /** Choose a piece of the translation, bring it into view and tell its times. */
  pick(index) {
    this.chosen = this.pieces[index] ? index : null;
    const piece = this.pieces[index];
    if (!piece) return;
    if (piece.start < this.left || piece.out > this.right - 60 / this.perMs) this.left = piece.start - 1500;
    const span = piece.out - this.left + 5000;
    if (span * this.perMs > this.width) this.rescale(this.width / span); // all of its delay is seen
    this.draw();
    const box = this.boxes.find((one) => one.piece === index && one.x >= 0 && one.x < this.width);
    if (box) this.tell(box);
  }

  listen() {
    const { canvas } = this;
    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      held = { x: event.clientX, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (held && Math.abs(event.clientX - held.x) > (held.moved ? 0 : 4)) {
        this.pan(held.x - event.clientX);
        held = { x: event.clientX, moved: true };
      } else if (!held) this.hover(event);
    });
    canvas.addEventListener("pointerup", (event) => {
      if (held && !held.moved) this.click(event);
      held = null;
    });
    canvas.addEventListener("pointercancel", () => (held = null));
    canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    canvas.addEventListener("wheel", (event) => {
      const across = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY / 300), event.offsetX);
      else if (Math.abs(across) > Math.abs(event.deltaY) || event.shiftKey) this.pan(across);
      else return; // the page scrolls
      event.preventDefault();
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    const jump = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      this.left = (event.offsetX / this.overview.clientWidth) * this.one.end - this.width / this.perMs / 2;
      this.draw();
    };
    for (const kind of ["pointerdown", "pointermove"]) this.overview.addEventListener(kind, jump);
    this.select.addEventListener("change", () => choose(this.select.value));
    const press = (id, act) => document.getElementById(id).addEventListener("click", act);
    press("closer", () => this.zoom(1.6));
    press("wider", () => this.zoom(1 / 1.6));
    press("whole", () => { this.zoom(0); this.pan(-1e9); });
  }

  key(event) {
    const next = (step) => () => this.pick(Math.max(0, (this.chosen ?? -1) + step));
    const acts = { ArrowLeft: () => this.pan(-120), ArrowRight: () => this.pan(120), ArrowUp: () => this.zoom(1.4), ArrowDown: () => this.zoom(1 / 1.4),
      "+": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), Home: () => this.pan(-1e12), End: () => this.pan(1e12),
      n: next(1), p: next(-1), " ": () => this.player.toggle(), Escape: () => (this.tip.hidden = true) };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    acts[event.key]();
    event.preventDefault();
  }

  at(event) {
    const { offsetX: x, offsetY: y } = event;
    return this.boxes.findLast((box) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h);
  }

  hover(event) {
    const box = this.at(event);
    if (box) this.tell(box);
    else this.tip.hidden = true;
  }

  click(event) {
    const box = this.at(event);
    if (box?.piece !== undefined) this.chosen = box.piece;
    this.player.seek(this.left + event.offsetX / this.perMs);
    this.draw();
    if (box) this.tell(box);
  }

  /** Show the times of what is in a box. */
  tell(box) {
    const [title, ...lines] = box.told();
    const strong = document.createElement("b");
    strong.textContent = title;
    this.tip.replaceChildren(strong, lines.filter(Boolean).join("\n"));
    this.tip.hidden = false;
    const { offsetWidth: wide, offsetHeight: tall } = this.tip;
    this.tip.style.left = `${Math.max(0, Math.min(box.x, this.width - wide))}px`;
    const above = this.canvas.offsetTop + box.y - tall - 6;
    this.tip.style.top = `${above > 0 ? above : this.canvas.offsetTop + box.y + box.h + 6}px`;
    document.getElementById("spoken").textContent = [title, ...lines.filter(Boolean)].join(". ");
  }

  draw() {
    if (!this.one || !this.width) return;
    if (this.perMs < this.width / this.one.end / 1.03) this.rescale(this.perMs); // the window grew
    this.left = Math.max(0, Math.min(this.left, this.one.end * 1.01 - this.width / this.perMs));
    new Drawing(this).all();
  }
}
