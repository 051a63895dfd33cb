// Transcript: the turns of a session as they grow, in two languages. Draws; keeps the words for saving them.

const SHOWN = 200; // turns in the page; earlier ones are still saved

export class Transcript {
  /** aloud: an aria-live element that is told the committed translation, and nothing else. */
  constructor({ list, scroller, button, aloud }) {
    Object.assign(this, { list, scroller, button, aloud });
    this.clear();
    button.onclick = () => this.follow();
    scroller.addEventListener("scroll", () => (button.hidden = this.atEnd()));
  }

  clear() {
    this.turns = new Map();
    this.since = 0; // ms; where the time of the session stands on that of the page
    this.words = { source: [], target: [] }; // { word, start, end, turn }, times in ms
    this.list.replaceChildren();
    this.aloud.replaceChildren();
  }

  /** A new session counts its turns from 0; those that are there stay. */
  part() {
    this.turns.clear();
    this.since = Math.max(0, ...["source", "target"].map((kind) => this.words[kind].at(-1)?.end ?? 0));
  }

  /** A step of "source" or "target": what is new, and the tail that may change. */
  step(kind, { turn, text, tail, lang, words }) {
    const following = this.atEnd();
    const line = this.turn(turn)[kind];
    line.sure.append(text);
    line.unsure.textContent = tail;
    if (lang) line.p.lang = lang;
    for (const [word, start, end] of words ?? []) {
      this.words[kind].push({ word, start: this.since + start, end: this.since + end, turn });
    }
    if (text && kind === "target") this.say(text, lang);
    if (following) this.follow();
    else this.button.hidden = false;
  }

  late(turn, seconds) {
    this.turn(turn).late.textContent = `${seconds.toFixed(1)} s`;
  }

  done(turn) {
    const shown = this.turns.get(turn);
    if (!shown) return;
    shown.source.unsure.textContent = shown.target.unsure.textContent = "";
    this.turns.delete(turn);
  }

  turn(number) {
    let shown = this.turns.get(number);
    if (!shown) {
      const item = document.createElement("li");
      item.className = "turn";
      const late = Object.assign(document.createElement("span"), { className: "late", title: "Late by" });
      shown = { source: line("source"), target: line("target"), late };
      item.append(shown.source.p, shown.target.p, late);
      this.list.append(item);
      this.turns.set(number, shown);
      while (this.list.children.length > SHOWN) this.list.firstChild.remove();
    }
    return shown;
  }

  say(text, lang) {
    const said = Object.assign(document.createElement("p"), { textContent: text, lang: lang ?? "" });
    this.aloud.append(said);
    while (this.aloud.children.length > 20) this.aloud.firstChild.remove();
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  follow() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.button.hidden = true;
  }
}

function line(kind) {
  const p = Object.assign(document.createElement("p"), { className: kind, dir: "auto" });
  const sure = document.createElement("span");
  const unsure = Object.assign(document.createElement("span"), { className: "unsure" });
  unsure.setAttribute("aria-hidden", "true"); // what may change is not read out
  p.append(sure, unsure);
  return { p, sure, unsure };
}
