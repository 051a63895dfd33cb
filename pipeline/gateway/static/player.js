// Player: speaks the translation piece after piece, without gaps and without overlap.

const LEAD_S = 0.08; // before a piece that finds silence, so that its beginning is not cut

export class Player {
  constructor() {
    this.until = 0; // time of the audio clock to which pieces are laid out
    this.playing = new Set();
  }

  /** To be called in answer to a click: browsers give sound only then. */
  open() {
    this.context ??= new AudioContext();
    this.loudness ??= new GainNode(this.context);
    this.loudness.connect(this.context.destination);
    return this.context.resume();
  }

  /** samples: Int16Array, mono. */
  play(samples, rateHz) {
    if (!this.context || !samples.length) return;
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: rateHz });
    buffer.copyToChannel(Float32Array.from(samples, (value) => value / 32768), 0);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.loudness);
    const start = Math.max(this.context.currentTime + LEAD_S, this.until);
    source.start(start);
    this.until = start + buffer.duration;
    this.playing.add(source);
    source.onended = () => this.playing.delete(source);
  }

  /** Seconds of speech that wait to be heard. */
  get ahead() {
    return this.context ? Math.max(0, this.until - this.context.currentTime) : 0;
  }

  set volume(value) {
    if (this.loudness) this.loudness.gain.value = value;
  }

  silence() {
    for (const source of this.playing) source.stop();
    this.until = 0;
  }
}
