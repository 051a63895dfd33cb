// Runs on the audio thread: gathers a tenth of a second, makes it 16-bit PCM, hands it to the page.

const PIECE_S = 0.1;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.renew();
  }

  renew() {
    this.piece = new Int16Array(Math.round(sampleRate * PIECE_S));
    this.filled = 0;
  }

  process([channels]) {
    const count = channels.length;
    if (!count) return true; // nothing is connected now
    for (let at = 0; at < channels[0].length; at++) {
      let sum = 0;
      for (const channel of channels) sum += channel[at];
      const value = Math.max(-1, Math.min(1, sum / count));
      this.piece[this.filled++] = Math.round(value * 32767);
      if (this.filled === this.piece.length) {
        this.port.postMessage(this.piece.buffer, [this.piece.buffer]);
        this.renew();
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
