// Captions: the last lines of a session for a second screen. Reads one stream of events; each has all that is to be seen.
//
//   ?show=target|both|source   ?size=5   letters, in hundredths of the smaller side of the window
//   keys: + − size, s what is shown, f full screen

const SHOWS = ["target", "both", "source"];
const IDLE_MS = 3000;
const SIZES = { least: 2, most: 14 };

const $ = (id) => document.getElementById(id);
const given = new URLSearchParams(location.search);
let shown = null; // the newest event
let size = Number(given.get("size")) || 6;
let said = ""; // the last turn that was read out, and how much of it
let moved = 0;

function draw() {
  const show = $("show").value;
  const kinds = show === "both" ? ["source", "target"] : [show];
  const lines = (shown?.turns ?? []).flatMap((turn) =>
    kinds.filter((kind) => turn[kind].text || turn[kind].tail).map((kind) => line(kind, turn[kind], show)));
  $("lines").replaceChildren(...lines);
  if (lines.length) $("state").textContent = "";
  say(show === "source" ? "source" : "target");
}

function line(kind, { text, tail, lang }, show) {
  const p = Object.assign(document.createElement("p"), { className: kind, lang, dir: "auto" });
  if (show !== "both") p.classList.add("only");
  const unsure = Object.assign(document.createElement("span"), { className: "unsure", textContent: tail });
  unsure.setAttribute("aria-hidden", "true");
  p.append(text, unsure);
  return p;
}

/** Read out what is new and committed. */
function say(kind) {
  const turn = shown?.turns.at(-1);
  if (!turn) return;
  const before = said.startsWith(`${turn.turn} `) ? said.slice(`${turn.turn} `.length) : "";
  const { text, lang } = turn[kind];
  if (text.length > before.length && text.startsWith(before)) {
    const p = Object.assign(document.createElement("p"), { textContent: text.slice(before.length), lang });
    $("aloud").append(p);
    while ($("aloud").children.length > 10) $("aloud").firstChild.remove();
  }
  said = `${turn.turn} ${text}`;
}

function resize(by) {
  size = Math.min(SIZES.most, Math.max(SIZES.least, size * by));
  document.documentElement.style.setProperty("--size", `${size}vmin`);
}

function listen() {
  const stream = new EventSource(`${location.pathname.replace(/\/$/, "")}/lines`);
  stream.onmessage = ({ data }) => {
    shown = JSON.parse(data);
    if (!shown.turns.length) $("state").textContent = "Waiting for the first words …";
    draw();
  };
  stream.addEventListener("over", () => {
    stream.close();
    $("state").textContent = "The session is over.";
  });
  stream.onerror = () => {
    const gone = stream.readyState === EventSource.CLOSED;
    $("state").textContent = gone
      ? "There is no such session: it is over, or the address is wrong. Ask the speaker for a new one."
      : "The connection was lost; trying again …";
  };
}

function awake() {
  document.body.classList.add("moved");
  clearTimeout(moved);
  moved = setTimeout(() => document.body.classList.remove("moved"), IDLE_MS);
}

const actions = {
  "+": () => resize(1.1),
  "=": () => resize(1.1),
  "-": () => resize(1 / 1.1),
  s: () => {
    $("show").value = SHOWS[(SHOWS.indexOf($("show").value) + 1) % SHOWS.length];
    draw();
  },
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
  actions[event.key]?.();
});
document.addEventListener("mousemove", awake);
$("larger").onclick = actions["+"];
$("smaller").onclick = actions["-"];
$("full").onclick = actions.f;
$("show").onchange = draw;
$("controls").onsubmit = (event) => event.preventDefault();
if (SHOWS.includes(given.get("show"))) $("show").value = given.get("show");
resize(1);
listen();
