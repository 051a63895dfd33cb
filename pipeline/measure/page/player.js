// The sound of a recording and of its interpretation, on one time line; and the words that were there by then.

const KEPT = 16; // words of each text that stay in view while it plays

class Player {
  constructor(line) {
    this.line = line;
    this.at = null;
    this.mode = "";
    this.sounds = {};
    this.buttons = { source: ["source"], speech: ["speech"], both: ["source", "speech"] };
    for (const mode of Object.keys(this.buttons)) document.getElementById(`play-${mode}`).addEventListener("click", () => this.press(mode));
  }

  load(one) {
    this.stop();
    this.at = null;
    this.one = one;
    this.sounds = {};
    for (const kind of ["source", "speech"])
      if (one.sound[kind].url) {
        this.sounds[kind] = new Audio(one.sound[kind].url);
        this.sounds[kind].preload = "none";
        this.sounds[kind].addEventListener("error", () => this.failed(kind));
      }
    for (const [mode, kinds] of Object.entries(this.buttons))
      document.getElementById(`play-${mode}`).disabled = !kinds.every((kind) => this.sounds[kind]);
    document.getElementById("sound-note").textContent = ["source", "speech"].map((kind) => one.sound[kind].note && `${kind}: ${one.sound[kind].note}`).filter(Boolean).join(" · ");
    this.caption();
  }

  failed(kind) {
    this.stop();
    document.getElementById("sound-note").textContent = `${kind}: this browser cannot play it, or the file has moved`;
  }

  press(mode) {
    const same = this.mode === mode;
    this.stop();
    if (same) return;
    this.mode = mode;
    for (const kind of this.buttons[mode]) {
      const sound = this.sounds[kind];
      sound.volume = mode === "both" && kind === "source" ? 0.25 : 1;
      sound.currentTime = (this.at ?? this.line.left) / 1000;
      sound.play().catch(() => this.failed(kind));
    }
    document.getElementById(`play-${mode}`).setAttribute("aria-pressed", "true");
    this.tick();
  }

  toggle() {
    const can = ["both", "source"].find((mode) => this.buttons[mode].every((kind) => this.sounds[kind]));
    if (this.mode || can) this.press(this.mode || can);
  }

  stop() {
    for (const sound of Object.values(this.sounds)) sound.pause();
    if (this.mode) document.getElementById(`play-${this.mode}`).setAttribute("aria-pressed", "false");
    this.mode = "";
  }

  seek(ms) {
    this.at = Math.max(0, ms);
    for (const kind of this.buttons[this.mode] ?? []) this.sounds[kind].currentTime = this.at / 1000;
    this.caption();
  }

  tick() {
    if (!this.mode) return;
    const playing = this.buttons[this.mode].map((kind) => this.sounds[kind]).filter((sound) => !sound.ended);
    if (!playing.length) this.stop();
    else {
      this.at = playing[0].currentTime * 1000;
      const { line } = this;
      if (this.at > line.left + (line.width * 0.8) / line.perMs || this.at < line.left) line.left = this.at - (line.width * 0.2) / line.perMs;
    }
    this.line.draw();
    this.caption();
    requestAnimationFrame(() => this.tick());
  }

  /** What had been recognised and translated by this moment. */
  caption() {
    const texts = [["by-source", this.one.transcript], ["by-target", this.one.translation]];
    for (const [place, [id, stream]] of texts.entries()) {
      let count = 0;
      if (this.at !== null) while (count < stream.out.length && stream.out[count] <= this.at) count++;
      document.getElementById(id).textContent = (count > KEPT ? "… " : "") + stream.text.slice(Math.max(0, count - KEPT), count).join(this.one.joints[place]);
    }
  }
}
