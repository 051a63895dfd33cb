// Page: ties the parts together. What a part does is in its own file: form, capture, wire, transcript, eyes, player.

import { openCapture } from "./capture.js";
import { Eyes } from "./eyes.js";
import { Form } from "./form.js";
import { Player } from "./player.js";
import { ask, key, setKey, socketUrl } from "./server.js";
import { Transcript } from "./transcript.js";
import { Trouble } from "./trouble.js";
import { save, vtt } from "./vtt.js";
import { Wire } from "./wire.js";

const QUIET = 40; // of 32767: a microphone that is muted
const QUIET_PIECES = { first: 60, later: 600 }; // tenths of a second, before the first sound and after it

const $ = (id) => document.getElementById(id);
const controls = $("controls");
const player = new Player();
const eyes = new Eyes({ aside: $("eyes"), preview: $("preview"), screen: $("screen-seen"), terms: $("terms-seen"), gestures: $("gestures-seen") });
const transcript = new Transcript({ list: $("turns"), scroller: $("text"), button: $("now"), aloud: $("aloud") });

let form = null;
let capture = null;
let wire = null;
let quiet = 0; // pieces without a sound
let loud = false; // something was heard

// What a person sees of the state

function state(text) {
  $("state").textContent = text;
}

function trouble(error) {
  const known = error instanceof Trouble ? error : new Trouble("broken", String(error));
  const what = Object.assign(document.createElement("strong"), { textContent: known.detail || known.what });
  $("problem").replaceChildren(what, known.remedy);
  $("problem").hidden = false;
  $("problem").dataset.code = known.code;
}

function calm() {
  $("problem").hidden = true;
}

// Before a talk

async function prepare() {
  try {
    const choices = await ask("v1/languages");
    $("key-form").hidden = true;
    form = new Form(controls, choices, (wanted) => wire?.change(wanted));
    const camera = $("input").querySelector("[value=camera]");
    camera.hidden = camera.disabled = !choices.sees;
    $("go").disabled = false;
    calm();
    state("Ready");
  } catch (error) {
    if (error.code === "key") $("key-form").hidden = false;
    if (error.code !== "key" || key()) trouble(error);
    state(error.code === "key" ? "This server wants a key" : "Not ready");
    if (error.code === "unreachable") setTimeout(prepare, 3000);
  }
}

$("key-form").onsubmit = (event) => {
  event.preventDefault();
  setKey($("key").value);
  prepare();
};

$("input").onchange = () => {
  $("file-field").hidden = $("input").value !== "file";
};

// A talk

controls.onsubmit = (event) => {
  event.preventDefault();
  if (capture) stop();
  else if (!wire) start();
};

async function start() {
  calm();
  state("Opening …");
  $("go").disabled = true;
  try {
    await player.open();
    player.volume = Number($("volume").value);
    const wanted = form.wanted();
    capture = await openCapture($("input").value, {
      file: $("file").files[0],
      spoken: wanted.speak,
      onSound: heard,
      onPicture: (blob) => wire?.picture(blob),
      onEnd: stop,
    });
    open(wanted);
  } catch (error) {
    capture = null;
    trouble(error);
    state("Ready");
  }
  $("go").disabled = false;
}

function open(wanted) {
  transcript.clear();
  eyes.clear();
  eyes.look(capture);
  quiet = 0;
  loud = false;
  const terms = $("terms").value.split(",").map((term) => term.trim()).filter(Boolean);
  $("go").textContent = "Stop";
  document.body.classList.add("live");
  $("meter").hidden = false;
  $("input").disabled = $("terms").disabled = $("file").disabled = true;
  wire = new Wire(socketUrl(), key(), { event: told, state: changed, trouble });
  wire.open({ ...wanted, terms, rate_hz: capture.rateHz });
}

function stop() {
  if (!capture) return;
  capture.stop();
  capture = null;
  eyes.close();
  $("meter").hidden = true;
  $("go").disabled = true;
  state("Finishing what was heard …");
  wire.finish();
}

function heard(samples) {
  if (!wire || wire.over) return;
  wire.sound(samples);
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  $("meter").lastElementChild.style.transform = `scaleX(${Math.min(1, Math.sqrt(loudest / 32767))})`;
  quiet = loudest < QUIET ? quiet + 1 : 0;
  loud ||= quiet === 0;
  if (quiet === (loud ? QUIET_PIECES.later : QUIET_PIECES.first)) trouble(new Trouble("quiet"));
  if (quiet === 0 && $("problem").dataset.code === "quiet") calm();
}

function changed(now) {
  if (now === "open") state("Listening");
  if (now === "lost") state("Connection lost; coming back …");
  if (now === "back") {
    calm();
    state("Listening");
  }
  if (now === "over") over();
}

function over() {
  capture?.stop();
  capture = wire = null;
  eyes.close();
  $("go").textContent = "Start";
  document.body.classList.remove("live");
  $("go").disabled = false;
  $("meter").hidden = true;
  $("input").disabled = $("terms").disabled = $("file").disabled = false;
  if ($("problem").dataset.code === "quiet") calm();
  state("Ready");
}

// What the server tells

const answers = {
  opened(event) {
    transcript.part();
    $("screen").href = `captions/${event.board}`;
    $("screen").hidden = false;
  },
  source: (event) => written("source", event),
  target: (event) => written("target", event),
  turn: ({ turn, state: now }) => now === "done" && transcript.done(turn),
  speech: (event, sound) => player.play(sound, event.rate_hz),
  screen: (event) => eyes.told(event),
  terms: (event) => eyes.told(event),
  gesture: (event) => eyes.told(event),
  error: ({ error }) => refused(error),
};

function told(event, sound) {
  answers[event.type]?.(event, sound);
}

function written(kind, event) {
  $("empty").hidden = true;
  transcript.step(kind, event);
  $(`vtt-${kind}`).hidden = transcript.words[kind].length === 0;
  if (kind === "target" && event.words) late(event);
}

function late({ turn, words }) {
  const captured = wire?.capturedAt(words.at(-1)[2]);
  if (captured === undefined) return;
  const seconds = (performance.now() - captured) / 1000;
  $("lag").textContent = `${seconds.toFixed(1)} s`;
  transcript.late(turn, seconds);
}

function refused({ code, message, field }) {
  if (field === "picture") return; // the next one may do
  trouble(new Trouble(code, message));
  if (!wire.flowing) wire.close(); // nothing has begun, and nothing can
}

// Below

$("volume").oninput = () => (player.volume = Number($("volume").value));
setInterval(() => {
  $("ahead").textContent = player.ahead > 0.05 ? `${player.ahead.toFixed(1)} s` : "–";
}, 250);

for (const kind of ["source", "target"]) {
  $(`vtt-${kind}`).onclick = () => {
    const lang = document.querySelector(`.${kind}:is([lang]):not([lang=""])`)?.lang ?? "";
    save(`captions${lang && `.${lang}`}.vtt`, vtt(transcript.words[kind], lang));
  };
}

window.addEventListener("online", () => calm());
prepare();
