// Form: languages and voices to choose from; only what works can be chosen. The last choice is remembered.

const REMEMBERED = "dragoman-choice";

export class Form {
  /** choices: what /v1/languages says. */
  constructor(form, choices, onChange) {
    this.fields = { from: form.elements.from, to: form.elements.to, voice: form.elements.voice };
    this.choices = choices;
    const last = JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}");
    const first = { from: choices.default.from || "auto", to: choices.default.to || "en", voice: "" };
    fill(this.fields.from, choices.spoken.map(({ tag, name }) => [tag, name]), last.from ?? first.from);
    this.offer(last.to ?? first.to, last.voice ?? first.voice);
    for (const [name, field] of Object.entries(this.fields)) {
      field.disabled = false;
      field.onchange = () => {
        if (name !== "voice") this.offer(this.fields.to.value, this.fields.voice.value);
        localStorage.setItem(REMEMBERED, JSON.stringify(this.chosen()));
        onChange(this.wanted());
      };
    }
  }

  /** Fill in what goes with what was chosen so far. */
  offer(to, voice) {
    const from = this.fields.from.value;
    const wanted = this.choices.wanted.filter((one) => one.from.includes(from));
    const name = (one) => (one.tag === from ? `${one.name} (as it is spoken)` : one.name);
    fill(this.fields.to, wanted.map((one) => [one.tag, name(one)]), to);
    const voices = wanted.find((one) => one.tag === this.fields.to.value)?.voices ?? [];
    fill(this.fields.voice, [...voices.map(({ id, name }) => [id, name]), ["none", "Captions only"]], voice);
  }

  chosen() {
    return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.value]));
  }

  /** As the server is asked. */
  wanted() {
    const { from, to, voice } = this.chosen();
    const speak = voice !== "none";
    return { from, ...(to && { to }), speak, voice: speak ? voice : "" };
  }
}

function fill(field, options, value) {
  field.replaceChildren(...options.map(([id, name]) => new Option(name, id)));
  const known = options.some(([id]) => id === value);
  field.value = known ? value : (options[0]?.[0] ?? "");
}
