"""The live recogniser: when to listen again, which words are said for good, where to cut the sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from nodes._engines.agreement import Agreement
from nodes._engines.guards import believable, unrepeated

RATE_HZ = 16_000
MS = 1_000_000


@dataclass(frozen=True)
class LiveWord:
    text: str
    start_ns: int
    end_ns: int
    glue: bool = False


@dataclass(frozen=True)
class Heard:
    committed: tuple[LiveWord, ...] = ()
    tentative: str = ""
    language: str | None = None
    ends: bool = False


@dataclass(frozen=True)
class Policy:
    step_ms: int = 500
    hush_ms: int = 200      # silence after which a hypothesis is made at once
    say_ms: int = 350       # silence after which everything is committed
    cut_ms: int = 600       # silence after which the sound is cut
    long_ms: int = 8000     # above: cut at a pause of say_ms too
    longest_ms: int = 14000 # above: cut at a committed word
    rule: str = "la"        # la | align | both | either
    agree: int = 2
    behind_ms: int = 400    # align: words that end this near the end of the sound wait
    sure: float = 0.0       # align: probability
    beam: int = 1
    final_beam: int = 5
    earlier: int = 0        # tokens of context
    onset: float = 0.5
    offset: float = 0.35
    preroll_ms: int = 200
    tail_ms: int = 100
    grow: float = 0.0       # step grows with buffer: step += grow*seconds*1000
    force: bool = True
    trim: str = "word"      # word | all
    keep_ms: int = 3000     # sound kept when trimming at a word
    reuse: bool = True
    room: float = 6.0


class LiveRecogniser:
    def __init__(self, engine, *, language=None, task="transcribe", policy=Policy(), bias=""):
        self.e = engine; self.language = language; self.task = task; self.p = policy
        self.bias = engine.tokens("Glossary: " + bias)[:60] if bias else []
        self.sound = np.zeros(0, np.float32); self.at = None   # start_ns of sound
        self.voice = []           # windows within the sound
        self.open = False; self.voice_end = 0; self.last_hyp = 0; self.covered = 0
        self.forced = []; self.context = []
        self.agree = Agreement(policy.agree); self.hyp = (); self.tentative = ""; self.times = []
        self.word_end = 0; self.told = 0
        self.stats = dict(hyp=0, sec=0.0, tok=0, cut_pause=0, cut_word=0, cut_all=0, final=0)
        self.trace = []

    # -- sound
    @property
    def end(self): return self.at + len(self.sound) * 1_000_000_000 // RATE_HZ

    @property
    def held_since(self): return self.at if self.open else None

    def _drop(self, until):
        n = max(0, min(len(self.sound), (until - self.at) * RATE_HZ // 1_000_000_000))
        self.sound = self.sound[n:]; self.at += n * 1_000_000_000 // RATE_HZ
        self.voice = [v for v in self.voice if v[1] > self.at]

    def hear(self, samples, start_ns, speaking):
        p = self.p; out = []; ends = False
        if self.at is None: self.at = start_ns
        self.sound = np.concatenate([self.sound, samples])
        for w in speaking:
            s, e, prob = w; self.voice.append(w)
            if prob >= (p.offset if self.open else p.onset):
                if not self.open:
                    self._drop(s - p.preroll_ms * MS); self.open = True; self.last_hyp = self.at; self.covered = 0; self.told = self.at
                self.voice_end = e
            if self.open:
                quiet = (e - self.voice_end) // MS
                lim = p.cut_ms if (self.voice_end - self.at) // MS < p.long_ms else p.say_ms
                if quiet >= lim:
                    out += self._close(); ends = True; self.stats['cut_pause'] += 1
        if not self.open:
            self._drop(self.end - p.preroll_ms * MS)
            return Heard(tuple(out), "", self.language, ends)
        quiet = (self.end - self.voice_end) // MS
        step = p.step_ms + p.grow * (self.end - self.at) / 1e6
        if quiet >= p.say_ms:
            if self.covered < self.voice_end: out += self._hypothesis(final=True)
            elif self.hyp: out += self._commit(len(self.hyp))
        elif quiet >= p.hush_ms and self.covered < self.voice_end or (quiet < p.hush_ms and self.end - self.last_hyp >= step * MS):
            out += self._hypothesis(final=False, closing=quiet >= p.hush_ms)
        if (self.end - self.at) // MS > p.longest_ms: out += self._trim()
        return Heard(tuple(out), self.tentative, self.language, ends)

    def finish(self):
        return Heard(tuple(self._close()) if self.open else (), "", self.language, True)

    def _hypothesis(self, *, final, closing=False, until=None):
        p = self.p
        done = final or closing
        until = min(self.end, self.voice_end + p.tail_ms * MS) if done else self.end
        n = (until - self.at) * RATE_HZ // 1_000_000_000
        win = self.e.window(self.sound[:n]); secs = n / RATE_HZ
        if self.language is None:
            code, pr = self.e.language(win)
            self.language = code
        voiced = sum(min(e, until) - s for s, e, q in self.voice if q >= p.offset and s < until) / 1e9
        ctx = (self.bias + self.context)[-(p.earlier + len(self.bias)):] if p.earlier or self.bias else []
        forced = self.forced if p.force else []
        h = self.e.decode(win, language=self.language, task=self.task, earlier=ctx, forced=forced,
                          beam=p.final_beam if done else p.beam, room=int(p.room * max(0.5, (until - self.told) / 1e9)) + 10)
        toks = h.tokens
        full = tuple(forced) + toks
        full = full[:max(len(forced), unrepeated(full))]
        toks = full[len(forced):]
        if not p.force: toks = toks[len(self.forced):]
        text = "".join((("" if w.glue else " ") + w.text) for w in self.e.words(list(full)))
        self.stats['hyp'] += 1; self.stats['sec'] += secs; self.stats['tok'] += len(full); self.stats['final'] += done
        self.last_hyp = self.end; self.covered = min(until, self.voice_end)
        if not believable(text=text, words=len(text.split()), voiced_s=voiced, logprob=h.logprob, no_speech=h.no_speech):
            self.stats['rej']=self.stats.get('rej',0)+1; self.trace.append((self.end/1e9,text[-60:],round(h.logprob,2),round(h.no_speech,2),round(voiced,1))); toks = ()
        self.stats['empty']=self.stats.get('empty',0)+(not toks)
        self.hyp = toks
        need = p.rule != "la" and (toks or forced) or self.task == "transcribe" and False
        self.times = self.e.times(win, list(self.forced) + list(toks), language=self.language, task=self.task)[len(self.forced):] if need else []
        la = self.agree.hear(toks)
        if final: k = len(toks)
        else:
            al = 0
            if need:
                for i, t in enumerate(self.times):
                    if t.end_s > secs - p.behind_ms / 1000 or t.probability < p.sure: break
                    al = i + 1
            k = {"la": la, "align": al, "both": min(la, al), "either": max(la, al)}[p.rule]
        k = self._whole(toks, k) if not final else k
        return self._commit(k)

    def _whole(self, toks, k):
        """largest j<=k so that toks[:j] ends at a word's end"""
        if k >= len(toks): k = len(toks) - 1 if len(toks) else 0
        n = 0; best = 0
        for w in self._groups(toks):
            n += len(w)
            if n <= k: best = n
        return best

    def _groups(self, toks):
        groups = []
        for w in self.e.words(toks):
            if w.glue and groups: groups[-1] += list(w.tokens)
            else: groups.append(list(w.tokens))
        return groups

    def _commit(self, k):
        toks = self.hyp[:k]; out = []
        start = self.word_end; end = max(start, self.covered or self.end)
        for w in self.e.words(toks):
            if w.glue and out and len(out): out[-1] = LiveWord(out[-1].text + w.text, out[-1].start_ns, end, out[-1].glue)
            else: out.append(LiveWord(w.text, max(start, self.at), end, w.glue))
        if k: self.word_end = end
        if k and self.times and len(self.times) >= k: self.told = max(self.told, self.at + int(self.times[k - 1].end_s * 1e9))
        self.forced += toks; self.agree.advance(k); self.hyp = self.hyp[k:]; self.times = self.times[k:]
        self.tentative = "".join((("" if w.glue else " ") + w.text) for w in self.e.words(self.hyp)).strip()
        return out

    def _close(self):
        out = []
        if self.covered < self.voice_end or not self.p.reuse: out = self._hypothesis(final=True)
        out += self._commit(len(self.hyp))
        self._cut(self.voice_end + self.p.tail_ms * MS); self.open = False
        return out

    def _cut(self, at):
        self._drop(min(at, self.end)); self.context = (self.context + self.forced)[-200:]
        self.forced = []; self.hyp = (); self.agree.forget(); self.tentative = ""; self.times = []

    def _trim(self):
        p = self.p
        if p.trim == "all" or not self.forced:
            out = self._hypothesis(final=True) if self.covered < self.end - 100 * MS else []
            out += self._commit(len(self.hyp)); at = self.end
            self._cut(at); self.last_hyp = self.at; self.stats['cut_all'] += 1
            return out
        # cut at the last committed word end, or before it
        n = (self.end - self.at) * RATE_HZ // 1_000_000_000
        win = self.e.window(self.sound[:n]); toks = self.forced
        t = self.e.times(win, list(toks) + list(self.hyp), language=self.language, task=self.task)
        ends = []; m = 0
        for g in self._groups(toks):
            m += len(g); ends.append((m, self.at + int(t[m - 1].end_s * 1e9)))
        # candidates: committed word ends; prefer the quietest place near them
        best = None
        for m, at in ends:
            keep = (self.end - at) / 1e6
            dip = min([q for s, e, q in self.voice if s - 150 * MS <= at <= e + 150 * MS] or [1.0])
            score = dip - 0.1 * (m / len(toks)) + (1.0 if keep < 1000 else 0) + max(0, (keep - p.keep_ms) / 4000)
            if best is None or score < best[0]: best = (score, m, at)
        _, m, at = best
        hyp = self.hyp; rest = self.forced[m:]; self.forced = self.forced[:m]
        self._cut(at); self.forced = rest; self.hyp = hyp; self.stats['cut_word'] += 1
        return []
