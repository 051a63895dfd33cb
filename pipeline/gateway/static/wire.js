// Wire: one session over a WebSocket that may break. Knows no page and no microphone; docs/page.md has the protocol.
//
// Sound is numbered by sample and kept for a while. When the connection breaks, the wire comes back to the same session,
// asks how much has arrived, and sends the rest; the server sends again what was missed, each event once.

import { Trouble } from "./trouble.js";

const TIMES = 3000; // pieces whose time is known
const KEPT_S = 30; // of sound, for coming back; the server keeps a session as long
const PATIENCE_MS = 30000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 4000;
const SLOW_BYTES = 1_500_000; // that wait for the network
const SOUND = 1;
const PICTURE = 2;
const NAME = "dragoman";
const FINAL = { 1008: "limit", 1012: "stopping", 4000: "elsewhere" }; // closing codes after which nothing goes on

export class Wire {
  /** listener: { event(data, sound), state("open" | "lost" | "back" | "over"), trouble(Trouble) } */
  constructor(url, key, listener) {
    this.url = url;
    this.key = key;
    this.listener = listener;
    this.session = "";
    this.last = ""; // id of the last event
    this.start = {}; // what was asked for last, for a new session
    this.kept = new Kept();
    this.flowing = false; // sound goes straight to the socket
    this.over = false;
    this.lostAt = 0;
    this.wait = FIRST_WAIT_MS;
  }

  open(start) {
    this.start = start;
    this.kept.limit = KEPT_S * start.rate_hz;
    this.connect();
  }

  /** Ask for other languages or another voice while it runs. */
  change(wanted) {
    Object.assign(this.start, wanted);
    if (this.flowing) this.send({ type: "start", ...wanted });
  }

  sound(samples) {
    this.kept.add(samples);
    if (!this.flowing) return;
    this.sendBytes(SOUND, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    if (this.socket.bufferedAmount > SLOW_BYTES) this.listener.trouble(new Trouble("slow"));
  }

  async picture(blob) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const room = this.flowing && this.socket.bufferedAmount < SLOW_BYTES / 4;
    if (room) this.sendBytes(PICTURE, bytes); // pictures wait for nobody
  }

  /** When the sound at a time of the session (ms) was captured, by performance.now(); undefined where that is forgotten. */
  capturedAt(ms) {
    return this.kept.capturedAt((ms / 1000) * this.start.rate_hz);
  }

  finish() {
    this.finishing = true;
    if (this.flowing) this.send({ type: "finish" });
  }

  close() {
    this.end();
    this.socket?.close(1000);
  }

  end() {
    if (this.over) return;
    this.over = true;
    this.flowing = false;
    clearTimeout(this.timer);
    this.listener.state("over");
  }

  connect() {
    const url = new URL(this.url);
    if (this.session) {
      url.searchParams.set("resume", this.session);
      url.searchParams.set("after", this.last);
    }
    const words = this.key ? [NAME, `dragoman-key.${this.key}`] : [NAME];
    const socket = new WebSocket(url, words);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.opened = false;
    socket.onopen = () => this.onOpen();
    socket.onmessage = ({ data }) => this.onMessage(data);
    socket.onclose = ({ code }) => socket === this.socket && this.onClose(code);
  }

  onOpen() {
    this.opened = true;
    this.wait = FIRST_WAIT_MS;
    this.send(this.session ? { type: "where" } : { type: "start", ...this.start });
  }

  onMessage(data) {
    const [event, sound] = typeof data === "string" ? [JSON.parse(data), null] : withSound(data);
    this.last = event.event_id;
    if (event.type === "opened") this.session = event.session;
    if (event.type === "started" && !this.flowing) this.flow(0, "open");
    if (event.type === "where") this.flow(event.samples, "back");
    this.listener.event(event, sound);
    if (event.type === "finished") this.close();
  }

  /** Send what has not arrived, and from now on all that comes. */
  flow(arrived, state) {
    this.flowing = true;
    this.lostAt = 0;
    for (const piece of this.kept.after(arrived)) {
      this.sendBytes(SOUND, new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    if (this.finishing) this.send({ type: "finish" });
    this.listener.state(state);
  }

  onClose(code) {
    this.flowing = false;
    if (this.over) return;
    if (code === 1000 || code in FINAL || (code === 1013 && !this.session)) {
      if (code in FINAL) this.listener.trouble(new Trouble(FINAL[code]));
      else if (code === 1000) this.listener.trouble(new Trouble("ended"));
      this.end();
      return;
    }
    this.again();
  }

  async again() {
    if (!this.lostAt) {
      this.lostAt = performance.now();
      this.listener.state("lost");
    }
    if (this.session && (await this.isGone())) this.renew();
    if (this.over) return;
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }

  /** Whether the server answers and still does not let us back: then the session is over there. */
  async isGone() {
    if (this.opened || performance.now() - this.lostAt < PATIENCE_MS / 10) return false;
    try {
      return (await fetch(new URL("../health", httpOf(this.url)), { cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  renew() {
    this.session = this.last = "";
    this.kept.forget();
    this.listener.trouble(new Trouble("lost"));
  }

  send(event) {
    this.socket.send(JSON.stringify(event));
  }

  sendBytes(kind, bytes) {
    const frame = new Uint8Array(bytes.length + 1);
    frame[0] = kind;
    frame.set(bytes, 1);
    this.socket.send(frame);
  }
}

/** The last sound, numbered from the first sample of the session. */
class Kept {
  constructor() {
    this.limit = 0; // samples
    this.forget();
  }

  forget() {
    this.pieces = [];
    this.times = []; // [number of the sample after a piece, when it was captured]
    this.first = 0; // number of the first sample that is kept
    this.next = 0;
  }

  add(samples) {
    this.pieces.push(samples);
    this.next += samples.length;
    this.times.push([this.next, performance.now()]);
    if (this.times.length > TIMES) this.times.shift();
    while (this.next - this.first > this.limit) this.first += this.pieces.shift().length;
  }

  capturedAt(number) {
    return (this.times.find(([until]) => until >= number) ?? this.times.at(-1))?.[1];
  }

  *after(number) {
    let at = this.first;
    for (const piece of this.pieces) {
      const skip = Math.max(0, number - at);
      at += piece.length;
      if (skip < piece.length) yield piece.subarray(skip);
    }
  }
}

function withSound(buffer) {
  const bytes = new Uint8Array(buffer);
  const line = bytes.indexOf(10);
  const event = JSON.parse(new TextDecoder().decode(bytes.subarray(0, line)));
  return [event, new Int16Array(buffer.slice(line + 1))];
}

export function httpOf(url) {
  return String(url).replace(/^ws/, "http");
}
