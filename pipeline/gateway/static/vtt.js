// WebVTT from words with times (https://www.w3.org/TR/webvtt1/): cues of two lines that can be read in time.

const LINE = 42; // letters
const LONGEST_MS = 6000;
const GAP_MS = 1500; // silence that ends a cue
const LEAST_MS = 1000; // that a cue stays
const SENTENCE_END = /[.!?。！？…]["'»”)]*$/u;
const UNSPACED = /^(zh|ja|th|lo|my|km|yue)\b/;

/** words: [{ word, start, end, turn }] in ms; the text of a file. */
export function vtt(words, lang) {
  const space = UNSPACED.test(lang) ? "" : " ";
  const cues = [];
  for (const { word, start, end, turn } of words) {
    const cue = cues.at(-1);
    if (cue && fits(cue, word, start, end, turn)) {
      cue.text += space + word;
      cue.end = Math.max(cue.end, end);
    } else {
      cues.push({ text: word, start: Math.max(start, cue?.start ?? 0), end, turn });
    }
  }
  cues.forEach((cue, index) => {
    const next = cues[index + 1]?.start ?? Infinity;
    cue.end = Math.max(cue.start + 1, Math.min(next, Math.max(cue.end, cue.start + LEAST_MS)));
  });
  const head = lang ? `WEBVTT\nLanguage: ${lang}\n` : "WEBVTT\n";
  return head + cues.map((cue) => `\n${time(cue.start)} --> ${time(cue.end)}\n${text(cue.text)}\n`).join("");
}

function fits(cue, word, start, end, turn) {
  const ended = SENTENCE_END.test(cue.text) && cue.text.length > LINE / 2;
  const room = cue.text.length + word.length < 2 * LINE && end - cue.start <= LONGEST_MS;
  return room && !ended && start - cue.end < GAP_MS && turn === cue.turn;
}

function text(whole) {
  const safe = (part) => part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  if (whole.length <= LINE) return safe(whole);
  const middle = Math.floor(whole.length / 2); // break at the space that is nearest to the middle
  const spaces = [...whole.matchAll(/ /g)].map((found) => found.index);
  if (!spaces.length) return safe(whole);
  const at = spaces.reduce((best, index) => (Math.abs(index - middle) < Math.abs(best - middle) ? index : best));
  return `${safe(whole.slice(0, at))}\n${safe(whole.slice(at + 1))}`;
}

function time(ms) {
  const pad = (value, width) => String(Math.floor(value)).padStart(width, "0");
  return `${pad(ms / 3_600_000, 2)}:${pad((ms / 60_000) % 60, 2)}:${pad((ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
}

/** Let the browser save a text as a file. */
export function save(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "text/vtt;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
