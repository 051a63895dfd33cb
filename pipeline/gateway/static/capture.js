// Capture: what is listened to and looked at. Knows no server.
//
//   const capture = await openCapture("microphone", { onSound, onPicture, onEnd })
//   onSound(Int16Array)   every tenth of a second, at capture.rateHz
//   onPicture(Blob)       a JPEG, about two a second, where there are pictures and somebody wants them
//   onEnd()               the source came to its end: a file, or the browser's own "stop sharing"

import { Trouble } from "./trouble.js";

const WANTED_HZ = 16000;
const PICTURE_MS = 550; // servers take two a second
const WIDEST = 1280; // pixels
const UNDER_SPEECH = 0.15; // loudness of a file while its translation is spoken

export async function openCapture(kind, given) {
  const capture = new Capture(given);
  try {
    await (kind === "file" ? capture.openFile(given.file, given.spoken) : capture.openStream(kind, given.spoken));
  } catch (error) {
    capture.stop();
    throw error;
  }
  return capture;
}

class Capture {
  constructor({ onSound, onPicture, onEnd }) {
    this.onSound = onSound;
    this.onPicture = onPicture;
    this.onEnd = onEnd;
    this.stream = null; // of a microphone, a camera or a tab
    this.player = null; // of a file
  }

  get rateHz() {
    return this.context.sampleRate;
  }

  /** Whether there are pictures to show. */
  get sees() {
    return Boolean(this.stream?.getVideoTracks().length || this.player?.videoWidth);
  }

  async openStream(kind, spoken) {
    this.stream = await ask(kind, spoken);
    const [track] = this.stream.getAudioTracks();
    if (!track) throw new Trouble("silent-tab");
    track.addEventListener("ended", () => this.onEnd());
    await this.listen((context) => context.createMediaStreamSource(new MediaStream([track])));
    if (this.stream.getVideoTracks().length) {
      this.player = document.createElement("video");
      this.player.muted = true;
      this.player.srcObject = this.stream;
      await this.player.play();
      this.look();
    }
  }

  async openFile(file, spoken) {
    if (!file) throw new Trouble("no-file");
    this.player = document.createElement("video");
    this.player.src = URL.createObjectURL(file);
    await new Promise((resolve, reject) => {
      this.player.onloadedmetadata = resolve;
      this.player.onerror = () => reject(new Trouble("bad-file"));
    });
    await this.listen((context) => {
      const source = context.createMediaElementSource(this.player);
      const loudness = new GainNode(context, { gain: spoken ? UNDER_SPEECH : 1 });
      source.connect(loudness).connect(context.destination);
      return source;
    });
    this.player.onended = () => this.onEnd();
    await this.player.play();
    if (this.player.videoWidth) this.look();
  }

  async listen(makeSource) {
    this.context = new AudioContext({ sampleRate: WANTED_HZ });
    await this.context.audioWorklet.addModule(new URL("capture-worklet.js", import.meta.url));
    let source;
    try {
      source = makeSource(this.context);
    } catch {
      await this.context.close(); // some browsers take a stream at its own rate only
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule(new URL("capture-worklet.js", import.meta.url));
      source = makeSource(this.context);
    }
    this.worklet = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0 });
    this.worklet.port.onmessage = ({ data }) => this.onSound(new Int16Array(data));
    source.connect(this.worklet);
    await this.context.resume();
  }

  look() {
    const canvas = document.createElement("canvas");
    this.timer = setInterval(() => {
      const { videoWidth, videoHeight } = this.player;
      if (!this.onPicture || !videoWidth) return;
      const scale = Math.min(1, WIDEST / videoWidth);
      canvas.width = videoWidth * scale;
      canvas.height = videoHeight * scale;
      canvas.getContext("2d").drawImage(this.player, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => blob && this.onPicture?.(blob), "image/jpeg", 0.75);
    }, PICTURE_MS);
  }

  /** Show what is seen in a <video>. */
  showIn(video) {
    video.srcObject = this.stream ?? this.player.captureStream?.() ?? null;
    video.play().catch(() => {}); // a preview that does not play is no trouble
  }

  stop() {
    clearInterval(this.timer);
    if (this.worklet) this.worklet.port.onmessage = null;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    if (this.player?.src) {
      this.player.onerror = null;
      this.player.pause();
      URL.revokeObjectURL(this.player.src);
    }
    if (this.context && this.context.state !== "closed") this.context.close();
  }
}

async function ask(kind, spoken) {
  const devices = navigator.mediaDevices;
  if (!devices) throw new Trouble("insecure");
  // Noise suppression is for human ears: recognisers understand less of what it leaves. Echo comes only of speech.
  const audio = { echoCancellation: spoken, noiseSuppression: false, autoGainControl: true, channelCount: 1 };
  try {
    if (kind === "tab") return await devices.getDisplayMedia({ video: true, audio: true });
    return await devices.getUserMedia({ audio, video: kind === "camera" && { width: { ideal: 1280 } } });
  } catch (error) {
    throw Trouble.ofDevice(error, kind);
  }
}
