// A pen for one canvas of the time line: text, boxes and strokes in the colours of the page.

class Pen {
  constructor(line) {
    this.line = line;
    this.width = line.width;
    this.styles = getComputedStyle(document.documentElement);
    this.colours = {};
  }

  colour(name) { return (this.colours[name] ??= this.styles.getPropertyValue(`--${name}`)); }

  sheet(canvas, height) {
    const sharp = window.devicePixelRatio || 1;
    canvas.width = Math.round(this.width * sharp);
    canvas.height = Math.round(height * sharp);
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    pen.font = FONT;
    pen.textBaseline = "middle";
    return pen;
  }

  text(text, x, y, colour, align = "left") {
    this.pen.fillStyle = this.colour(colour);
    this.pen.textAlign = align;
    this.pen.fillText(text, x, y);
  }

  upright(ms, colour, top, bottom) {
    const x = Math.round(this.line.x(ms)) + 0.5;
    this.stroke(colour, 1, () => { this.pen.moveTo(x, top); this.pen.lineTo(x, bottom); });
  }

  stroke(colour, wide, draw) {
    this.pen.strokeStyle = this.colour(colour);
    this.pen.lineWidth = wide;
    this.pen.beginPath();
    draw();
    this.pen.stroke();
  }

  box(x, y, w, h, colour) {
    this.pen.fillStyle = this.colour(colour);
    if (w < 4) {
      this.pen.fillRect(x, y, Math.max(1, w), h);
      return;
    }
    this.pen.beginPath();
    this.pen.roundRect(x, y, Math.max(1, w), h, 3);
    this.pen.fill();
  }

  wide(text) {
    const { widths } = this.line;
    if (!widths.has(text)) widths.set(text, this.pen.measureText(text).width);
    return widths.get(text);
  }

  /** Words in lines of a box; those that have no room end in dots. Boxes of the words come back. */
  wrap(words, x, y, w, lines) {
    if (w < 14) return [];
    const found = [];
    const begin = Math.max(0, -x); // a box that begins before the view has its words in view
    [x, w] = [x + begin, w - begin];
    let [at, line] = [x + 4, 0];
    for (const [i, word] of words.entries()) {
      let wide = this.wide(word);
      if (at + wide > x + w - 2 && at > x + 4) [at, line] = [x + 4, line + 1];
      if (line === lines || wide > w - 6) {
        if (found.length) this.text("…", Math.min(at, x + w - 12), y + LINE * (Math.min(line, lines - 1) + 0.5), "quiet");
        break;
      }
      this.text(word, at, y + LINE * (line + 0.5), "ink");
      found.push({ i, x: at, y: y + LINE * line, w: wide, h: LINE });
      at += wide + 4;
    }
    return found;
  }
}
