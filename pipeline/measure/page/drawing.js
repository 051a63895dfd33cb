// One drawing of the time line as it stands: rows of boxes on a canvas, and what the pointer can find in them.

const LONGEST = 60_000; // ms

class Drawing extends Pen {
  constructor(line) {
    super(line);
    this.one = line.one;
    line.boxes = [];
  }

  all() {
    const { line } = this;
    line.canvas.style.height = `${line.height}px`;
    this.pen = this.sheet(line.canvas, line.height);
    this.grid();
    for (const key of ["wave", "links", "words", "units", "said", "speech", "lag"]) if (line.rows[key]) this[key](line.rows[key]);
    for (const row of Object.values(line.rows)) this.name(row);
    if (line.player.at !== null) this.upright(line.player.at, "hot", line.rows.axis.bottom, line.height);
    this.far();
  }

  name(row) {
    if (!row.name) return;
    this.box(2, row.top - ROW - 3, this.wide(row.name) + 6, ROW + 2, "ground");
    this.text(row.name, 5, row.top - ROW / 2 - 1, "quiet");
  }

  /** What of a list in order of time is in view; `from` and `to` give an item's ends. */
  *seen(items, from, to) {
    const { left, right } = this.line;
    let [first, behind] = [0, items.length];
    while (first < behind) { // nothing lasts longer than LONGEST
      const middle = (first + behind) >> 1;
      if (from(items[middle], middle) < left - LONGEST) first = middle + 1;
      else behind = middle;
    }
    for (let i = first; i < items.length && from(items[i], i) <= right + LONGEST; i++)
      if (to(items[i], i) >= left && from(items[i], i) <= right) yield [items[i], i];
  }

  grid() {
    const { line } = this;
    const step = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800].find((s) => s * 1000 * line.perMs > 64) * 1000 || 3.6e6;
    for (let ms = Math.ceil(line.left / step) * step; ms <= line.right; ms += step) {
      this.upright(ms, "line", line.rows.axis.bottom, line.height);
      this.text(clockTime(ms, step < 1000 ? 1 : 0), line.x(ms), line.rows.axis.top + 9, "quiet", ms ? "center" : "left");
    }
    if (this.one.ms < line.right) this.upright(this.one.ms, "quiet", line.rows.axis.bottom, line.height); // end of the source
  }

  wave(row) {
    const { line, pen } = this;
    const middle = row.top + row.height / 2;
    pen.fillStyle = this.colour("wave");
    for (let x = 0; x < this.width; x++) {
      const peak = this.peak(line.left + x / line.perMs, line.left + (x + 1) / line.perMs);
      const tall = Math.max(1, (peak / 255) * row.height);
      pen.fillRect(x, middle - tall / 2, 1, tall);
    }
  }

  peak(from, to) {
    const { peaks } = this.line;
    const perMs = this.one.peaks.per_s / 1000;
    let most = 0;
    for (let i = Math.floor(from * perMs); i <= Math.floor(to * perMs) && i < peaks.length; i++) most = Math.max(most, peaks[i] ?? 0);
    return most;
  }

  /** Source words where they were spoken, in lanes so that they do not cover one another. */
  words(row) {
    const { transcript } = this.one;
    this.line.lanes ??= this.lanesOf(transcript);
    const crowded = this.line.perMs < 0.01 || this.line.lanes.filter((lane) => lane === 3).length > transcript.text.length / 4; // then all are left to hover
    for (const [text, i] of this.seen(transcript.text, (_, i) => transcript.start[i], (_, i) => transcript.end[i] + 800)) {
      const x = this.line.x(transcript.start[i]);
      const spoken = (transcript.end[i] - transcript.start[i]) * this.line.perMs;
      const lane = this.line.lanes[i];
      this.box(x, row.top, spoken - 1, 3, "quiet");
      const fits = lane < 3 && !crowded;
      if (fits) this.text(text, x, row.top + 5 + LINE * (lane + 0.5), "ink");
      const told = () => [text, `spoken ${clockTime(transcript.start[i], 2)} to ${clockTime(transcript.end[i], 2)}`,
        `recognised at ${clockTime(transcript.out[i], 2)}, ${inSeconds(transcript.out[i] - transcript.end[i])} after its end`];
      if (fits) this.line.boxes.push({ x, y: row.top + 5 + LINE * lane, w: this.wide(text), h: LINE, told });
      if (this.line.perMs > 0.002) this.line.boxes.push({ x, y: row.top - 2, w: Math.max(2, spoken), h: 7, told });
    }
  }

  lanesOf(stream) {
    const ends = [-1e9, -1e9, -1e9];
    return stream.text.map((text, i) => {
      const x = stream.start[i] * this.line.perMs;
      const lane = ends.findIndex((end) => end <= x);
      if (lane < 0) return 3; // no room: a tick only
      ends[lane] = x + this.wide(text) + 5;
      return lane;
    });
  }

  delayLines(lag) {
    return this.line.parts.map((part, i) => (lag[i] ? `${part} ${inSeconds(lag[i])}` : "")).filter(Boolean).join(", ");
  }

  units(row) {
    const own = this.one.units.cuts.length > 0;
    for (const [unit, i] of this.seen(this.line.units, (one) => one.start, (one) => one.end)) {
      const [x, w] = [this.line.x(unit.start), (unit.end - unit.start) * this.line.perMs];
      this.box(x, row.top, w - 1.5, row.height, "unit");
      this.wrap(unit.text, x, row.top + 2, w - 1.5, unit.reason ? 2 : 3);
      if (unit.reason && this.wide(unit.reason) < w - 8)
        this.text(unit.reason, x + w - 6, row.bottom - LINE / 2, "quiet", "right");
      const told = () => !own ? this.tellPiece(i) : [unit.text.join(" "), `spoken ${clockTime(unit.start, 2)} to ${clockTime(unit.end, 2)}`,
        unit.reason && `cut because: ${unit.reason}`, `cut at ${clockTime(unit.out, 2)}, ${inSeconds(unit.out - unit.end)} after its end`, this.delayLines(unit.lag)];
      if (!own && i === this.line.chosen) this.stroke("hot", 2, () => this.pen.roundRect(x, row.top, Math.max(3, w - 1.5), row.height, 3));
      this.line.boxes.push({ x, y: row.top, w, h: row.height, told, ...(own ? {} : { piece: i }) });
    }
  }

  /** From the end of what a piece renders to the moment at which it came. */
  links(row) {
    if (this.line.perMs < 0.004) return; // more than can be told apart
    const from = this.line.rows.units.bottom;
    const to = row.bottom + ROW + 5;
    for (const [piece, i] of this.seen(this.line.pieces, (one) => Math.min(one.end, one.out), (one) => Math.max(one.end, one.out))) {
      const strong = i === this.line.chosen;
      const [x, y] = [this.line.x(piece.end), this.line.x(piece.out)];
      this.stroke(piece.late > this.line.bound || strong ? "hot" : "quiet", strong ? 2 : 1, () => {
        this.pen.moveTo(x, from);
        this.pen.lineTo(x, from + 5);
        this.pen.lineTo(y, to - 5);
        this.pen.lineTo(y, to + 4);
      });
    }
  }

  said(row) {
    const { pieces, groups } = this.line;
    const { translation } = this.one;
    for (const [group, g] of this.seen(groups, (one) => one.out, (one) => one.out + 9000)) {
      const [first, last] = [pieces[group.from], pieces[group.to]];
      const words = translation.text.slice(first.first, last.last);
      const room = ((groups[g + 1]?.out ?? this.one.end + 9000) - group.out) * this.line.perMs - 1.5;
      const whole = words.reduce((sum, word) => sum + this.wide(word) + 4, 10);
      const [x, w] = [this.line.x(group.out), Math.min(room, whole)];
      const late = pieces.slice(group.from, group.to + 1).some((piece) => piece.late > this.line.bound);
      this.box(x, row.top, w, row.height, "said");
      if (w > 4) this.box(x, row.top, 2, row.height, late ? "hot" : "s-text");
      const { chosen } = this.line;
      if (chosen !== null && chosen >= group.from && chosen <= group.to) this.stroke("hot", 2, () => this.pen.roundRect(x, row.top, Math.max(3, w), row.height, 3));
      this.line.boxes.push({ x, y: row.top, w, h: row.height, piece: group.from, told: () => this.tellPiece(group.from) });
      for (const spot of this.wrap(words, x + 1, row.top + 3, w, 4)) {
        const i = first.first + spot.i;
        const piece = pieces.findIndex((one) => i < one.last);
        this.line.boxes.push({ ...spot, piece, told: () => this.tellWord(piece, i) });
      }
    }
  }

  tellPiece(index) {
    const piece = this.line.pieces[index];
    return [this.one.translation.text.slice(piece.first, piece.last).join(" "), `renders ${clockTime(piece.start, 2)} to ${clockTime(piece.end, 2)}`, `came at ${clockTime(piece.out, 2)}`,
      `its first word ${inSeconds(piece.late)} late, on average ${inSeconds(piece.mean)}`, piece.reason && `cut because: ${piece.reason}`,
      this.delayLines(piece.lag)];
  }

  tellWord(index, i) {
    const piece = this.line.pieces[index];
    const { text, start, end, heard, compute, out } = this.one.translation;
    return [text[i], `renders ${clockTime(start[i], 2)} to ${clockTime(end[i], 2)}; came at ${clockTime(out[i], 2)}`,
      `delay: CU ${inSeconds(heard[i] - end[i])}, CA ${inSeconds(heard[i] + compute[i] - end[i])}, queue ${inSeconds(out[i] - end[i])}`,
      piece.reason && `cut because: ${piece.reason}`, this.delayLines(piece.lag)];
  }

  speech(row) {
    for (const [[text, out, plays, lasts, start, end, skipped, lag]] of this.seen(this.one.speech, (one) => one[2], (one) => one[2] + one[3])) {
      const [x, w] = [this.line.x(plays), lasts * this.line.perMs];
      this.box(x, row.top, w - 1.5, row.height, "voice");
      this.wrap(text.split(/\s+/), x, row.top + 2, w - 1.5, 3);
      const told = () => [text, `plays ${clockTime(plays, 2)} to ${clockTime(plays + lasts, 2)}`, `renders ${clockTime(start, 2)} to ${clockTime(end, 2)}`,
        `starts ${inSeconds(plays - end)} after the end of its source, ${inSeconds(plays - out)} after it was ready`, skipped && `${skipped} pieces left out before it`, this.delayLines(lag)];
      this.line.boxes.push({ x, y: row.top, w, h: row.height, told });
    }
  }

  lag(row) {
    const { line } = this;
    const step = [0.5, 1, 2, 5, 10, 20, 60, 300].find((s) => line.most / 1000 / s <= 5) ?? 1200;
    const top = Math.ceil(line.most / 1000 / step) * step;
    const y = (ms) => row.bottom - 4 - (Math.max(0, ms) / 1000 / top) * (row.height - 10);
    const series = [["s-voice", this.one.speech.map((one) => [one[2], one[2] - one[4]])], ["s-text", line.pieces.map((piece) => [piece.out, piece.mean])]];
    for (let s = 0; s <= top; s += step)
      this.stroke("line", 1, () => { this.pen.moveTo(0, Math.round(y(s * 1000)) + 0.5); this.pen.lineTo(this.width, Math.round(y(s * 1000)) + 0.5); });
    for (const [colour, points] of series) {
      this.stroke(colour, 1.8, () => points.forEach(([ms, late], i) => this.pen[i ? "lineTo" : "moveTo"](line.x(ms), y(late))));
      this.pen.fillStyle = this.colour(colour);
      if (line.perMs > 0.008) for (const [ms, late] of points) this.pen.fillRect(line.x(ms) - 2, y(late) - 2, 4, 4);
    }
    for (let s = step; s <= top; s += step) {
      this.box(2, y(s * 1000) - 6, this.wide(`${s}`) + 4, 12, "ground");
      this.text(`${s}`, 4, y(s * 1000), "quiet");
    }
    let x = 60;
    for (const [colour, name] of [["s-text", "text: mean of a piece"], ...(this.one.speech.length ? [["s-voice", "speech: start of a piece"]] : [])]) {
      this.box(x, row.top - ROW / 2 - 3, 14, 3, colour);
      this.text(name, x + 19, row.top - ROW / 2 - 1, "quiet");
      x += this.wide(name) + 40;
    }
    for (const [piece, i] of this.seen(line.pieces, (one) => one.out, (one) => one.out))
      line.boxes.push({ x: line.x(piece.out) - 4, y: row.top, w: 8, h: row.height, piece: i, told: () => this.tellPiece(i) });
  }

  /** The whole recording in small: its loudness, its delay, and what of it is in view. */
  far() {
    const { line } = this;
    const high = 46;
    const pen = (this.pen = this.sheet(line.overview, high));
    const perMs = this.width / this.one.end;
    pen.fillStyle = this.colour("line");
    for (let x = 0; line.peaks && x < this.width; x++) {
      const tall = (this.peak(x / perMs, (x + 1) / perMs) / 255) * high;
      pen.fillRect(x, high - tall, 1, tall);
    }
    this.stroke("s-text", 1.3, () => line.pieces.forEach((piece, i) => pen[i ? "lineTo" : "moveTo"](piece.out * perMs, high - 2 - (Math.max(0, piece.late) / line.most) * (high - 6))));
    const [x, w] = [line.left * perMs, (this.width / line.perMs) * perMs];
    pen.globalAlpha = 0.16;
    this.box(x, 0, w, high, "link");
    pen.globalAlpha = 1;
    this.stroke("link", 1.5, () => pen.roundRect(x + 0.75, 0.75, Math.max(2, w - 1.5), high - 2, 3));
  }
}
