"""Boundaries: how good a place between two words is to end a reading unit.

Decides: a score from 0 to 1 for the place behind a word, its reason, and whether a guard forbids it. Pure: words and
a pause in, a judgement out. Knows nothing of translators, ages or packets.

Cheap features propose; each is a figure of the table below, and the best one counts:

    sentence     . ? ! … behind the word (no abbreviation)         1.0   punctuation
    clause mark  , ; : behind it                                   0.8   punctuation
    pause        as long as `pause` or longer (shorter: less)      0.8   pause
    opener       the next word begins a clause (and, which, if)    0.6   clause
    leaner       the next word is a preposition                    0.45  clause
    plain        nothing speaks for it                             0.3   agreed

Guards forbid, because a translation would have to be taken back: inside a number, a name or an elided word; behind an
article, preposition, determiner, possessive, auxiliary, pronoun or conjunction; before a particle or an object
pronoun; and where the next word is not known.
"""

# ruff: noqa: RUF001 (marks and letters of many scripts are meant)

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from nodes.segment._lexicon import Lexicon

SENTENCE_MARKS = ".?!…。？！"
CLAUSE_MARKS = ",;:–—，；：、"
CLOSERS = "\"')]}»”’」』"
ELISIONS = "'’-‐"

SENTENCE, CLAUSE_MARK, PAUSE, OPENER, LEANER, PLAIN = 1.0, 0.8, 0.8, 0.6, 0.45, 0.3


class Boundary(msgspec.Struct, frozen=True):
    """The judgement of one place."""

    score: float  # 0 to 1
    reason: str  # "punctuation", "pause", "clause" or "agreed"
    guarded: bool = False
    sentence: bool = False  # it ends a sentence


def bare(word: str) -> str:
    """A word for looking up: small letters, without marks around it; an apostrophe at its end stays."""
    return (
        word.casefold().replace("’", "'").strip(SENTENCE_MARKS + CLAUSE_MARKS + '"()[]{}«»“”¿¡').lstrip("'")
    )


def ends_sentence(words: Sequence[str], index: int, lexicon: Lexicon) -> bool:
    """Whether the word at `index` ends a sentence: a mark, and neither an abbreviation nor an initial."""
    word = words[index].rstrip(CLOSERS)
    if not word or word[-1] not in SENTENCE_MARKS:
        return False
    if word[-1] != "." or word.endswith(".."):
        return True
    stem = word[:-1].casefold()
    if stem in lexicon.shortened:
        return False
    following = words[index + 1] if index + 1 < len(words) else ""
    return not (_initial(word) or (stem.isdigit() and following[:1].isdigit()))


def _initial(word: str) -> bool:
    """`J.` of a name, `U.S.`; but not `I.`, which ends more sentences than names begin with it."""
    letters = word.split(".")
    return all(len(part) <= 1 for part in letters) and word[:1].isupper() and word != "I."


def judge(words: Sequence[str], index: int, pause: float, lexicon: Lexicon) -> Boundary:
    """The place behind the word at `index`. `pause` is its silence as a share of one that counts in full."""
    if ends_sentence(words, index, lexicon):
        return Boundary(SENTENCE, "punctuation", sentence=True)
    here = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    marked = here.rstrip(CLOSERS)[-1:] in (*CLAUSE_MARKS,)
    if marked and not (following[:1].isdigit() and here[:1].isdigit()):
        return Boundary(CLAUSE_MARK, "punctuation")
    guarded = not following or bound(here, following, first=index == 0, lexicon=lexicon)
    opened = bare(following)
    if pause >= 0.5:
        return Boundary(PAUSE * min(1.0, pause), "pause", guarded)
    guarded = guarded or opened in lexicon.trailers  # "gave | up", "it"; behind a pause it may begin a clause
    if opened in lexicon.openers:
        return Boundary(OPENER, "clause", guarded)
    if opened in lexicon.leaners:
        return Boundary(LEANER, "clause", guarded)
    return Boundary(PLAIN, "agreed", guarded)


def bound(here: str, following: str, *, first: bool, lexicon: Lexicon) -> bool:
    """Whether two words belong together, so that no unit may end between them."""
    word = bare(here)
    if here[-1:] in (*ELISIONS,) or word in lexicon.binders or word in lexicon.leaners:
        return True
    return _in_number(here, following, lexicon) or _in_name(here, following, first=first)


def _in_number(here: str, following: str, lexicon: Lexicon) -> bool:
    """Between figures or numerals, and between a number and what is counted."""
    if not _numeric(here, lexicon):
        return False
    after = bare(following)
    return _numeric(following, lexicon) or not (
        after in lexicon.openers or after in lexicon.leaners or after in lexicon.binders
    )


def _numeric(word: str, lexicon: Lexicon) -> bool:
    return any(letter.isdigit() for letter in word) or word[:1] in "$€£%" or bare(word) in lexicon.numerals


def _in_name(here: str, following: str, *, first: bool) -> bool:
    """Between two capitals, but for the one that begins a sentence and for the English `I`."""
    capitals = here[:1].isupper() and following[:1].isupper()
    return capitals and not first and here != "I" and following.partition("'")[0] != "I"
