// Trouble: everything that can go wrong, said to a person: what is wrong, and what to do about it.

const SAID = {
  insecure: ["This page may not use the microphone.", "Browsers allow that over https, or on this machine itself. Open the page by https, or choose a file."],
  denied: ["The browser does not let this page listen.", "Allow the microphone (and camera) beside the address, then press Start."],
  "denied-tab": ["Nothing was shared.", "Press Start again and choose a tab, with its sound."],
  missing: ["No microphone was found.", "Plug one in and press Start, or choose a tab or a file."],
  "missing-camera": ["No microphone or no camera was found.", "Plug them in, or choose the microphone alone."],
  taken: ["The microphone or camera cannot be used.", "Another program may have it: close that, then press Start."],
  "silent-tab": ["What you share has no sound.", "Press Start again, choose a tab, and tick that its sound is shared, too."],
  "no-file": ["No file was chosen.", "Choose a recording or a film, then press Start."],
  "bad-file": ["This file cannot be played by the browser.", "Choose another; MP4, WebM, MP3, WAV and FLAC mostly work."],
  quiet: ["Nothing is heard.", "Is the microphone muted, or another one chosen in the browser?"],
  key: ["This server does not know that key.", "Ask whoever runs it for one."],
  unreachable: ["The server cannot be reached.", "Check the network; the page goes on by itself as soon as it can."],
  lost: ["The connection was lost for too long.", "What was said meanwhile is missing. It goes on with a new session."],
  slow: ["The network takes sound slower than you speak.", "Move nearer to the router, or switch pictures off."],
  elsewhere: ["This session goes on in another window.", "Press Start for a new one here."],
  busy: ["The server is full.", "Try again in a minute."],
  stopping: ["The server is stopping.", "Try again in a minute."],
  limit: ["This is more than the key allows.", "End another session of this key, or wait a minute."],
  expired: ["The session has ended.", "Press Start for a new one."],
  broken: ["The interpretation failed.", "Press Start for a new session; whoever runs the server finds the reason in its log."],
  ended: ["The server ended the session.", "Press Start for a new one."],
  invalid: ["The server does not do that.", "Choose other languages or another voice."],
};

export class Trouble extends Error {
  constructor(code, detail = "") {
    const [what, remedy] = SAID[code] ?? SAID.broken;
    super(what);
    this.code = code;
    this.what = what;
    this.remedy = remedy;
    this.detail = detail;
  }

  /** The reason why a browser gives no microphone, camera or tab. */
  static ofDevice(error, kind) {
    if (error.name === "NotAllowedError") return new Trouble(kind === "tab" ? "denied-tab" : "denied");
    if (error.name === "NotFoundError") return new Trouble(kind === "camera" ? "missing-camera" : "missing");
    return new Trouble("taken", error.message);
  }
}
