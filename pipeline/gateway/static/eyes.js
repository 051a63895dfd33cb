// Eyes: what was found in the pictures: lines on the screen, terms, gestures.

const MOST_TERMS = 24;
const MOST_LINES = 12;
const MOST_GESTURES = 6;

export class Eyes {
  constructor({ aside, preview, screen, terms, gestures }) {
    Object.assign(this, { aside, preview });
    this.sections = { screen, terms, gesture: gestures };
  }

  /** Nothing is looked at any more; what was found stays. */
  close() {
    this.preview.srcObject = null;
    this.preview.hidden = true;
    this.aside.hidden = Object.values(this.sections).every((section) => section.hidden);
  }

  clear() {
    this.close();
    this.aside.hidden = true;
    for (const section of Object.values(this.sections)) {
      section.hidden = true;
      section.querySelector("ul").replaceChildren();
    }
  }

  look(capture) {
    if (!capture.sees) return;
    this.aside.hidden = this.preview.hidden = false;
    capture.showIn(this.preview);
  }

  told(event) {
    const section = this.sections[event.type];
    const list = section.querySelector("ul");
    this[event.type](list, event);
    section.hidden = list.children.length === 0;
    if (!section.hidden) this.aside.hidden = false;
  }

  terms(list, { terms }) {
    const said = ([term, rendering]) => (rendering && rendering !== term ? `${term}: ${rendering}` : term);
    list.replaceChildren(...terms.slice(0, MOST_TERMS).map((term) => item(said(term))));
  }

  screen(list, { id, text, lang, over }) {
    [...list.children].find((shown) => shown.dataset.id === String(id))?.remove();
    if (over) return;
    const shown = item(text);
    shown.lang = lang;
    shown.dataset.id = id;
    list.append(shown);
    while (list.children.length > MOST_LINES) list.firstChild.remove();
  }

  gesture(list, { name, by, count, over }) {
    const said = `${name.replaceAll("_", " ")}${name === "count" ? ` ${count}` : ""} (${by})`;
    const known = [...list.children].find((shown) => shown.dataset.said === said);
    if (over) {
      if (known) known.className = "over";
      return;
    }
    const times = Number(known?.dataset.times ?? 0) + 1;
    known?.remove();
    const shown = item(times > 1 ? `${said} × ${times}` : said);
    Object.assign(shown.dataset, { said, times });
    list.prepend(shown);
    while (list.children.length > MOST_GESTURES) list.lastChild.remove();
  }
}

function item(text) {
  return Object.assign(document.createElement("li"), { textContent: text });
}
