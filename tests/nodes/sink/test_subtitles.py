"""Captions that other programs can read: in time, not overlapping, long enough to be read, and nothing missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.sink._cues import Cue, CueRules, Cues
from nodes.sink._lines import atoms, width, wrap
from nodes.sink.subtitles import SubtitleFile
from pipeline.clock import ms, seconds
from pipeline.errors import OutputError
from pipeline.media import Text, Word, join_words
from pipeline.packet import Packet
from pipeline.testing import feed, text, words

TALK = (
    "Good morning, everyone. Thank you for coming to the quarterly meeting of the company, which as you know is held "
    "in March. Yes. No. The revenue grew by twelve percent, and we expect that it will go on like this."
)
JAPANESE = "『今日は』、皆様にお集まりいただき、ありがとうございます。「これは」重要です。"


def cues_of(committed: tuple[Word, ...], rules: CueRules | None = None, at: int | None = None) -> list[Cue]:
    cues = Cues(rules or CueRules())
    return [*cues.add(committed, at), *cues.rest()]


def written(path: Path, *steps: Text, **settings: float) -> str:
    feed(SubtitleFile(str(path), **settings), text(*steps))  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


def test_a_webvtt_file_as_it_should_be(tmp_path: Path) -> None:
    steps = [Text(words("Good morning, everyone.")), Text(words("Thank you for coming.", start_s=4))]
    assert written(tmp_path / "new" / "talk.vtt", *steps) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.353\nGood morning, everyone.\n\n"
        "00:00:04.000 --> 00:00:05.350\nThank you for coming.\n\n"
    )


def test_a_subrip_file_as_it_should_be(tmp_path: Path) -> None:
    steps = [Text(words("Good morning, everyone.")), Text(words("Thank you for coming.", start_s=3600))]
    assert written(tmp_path / "talk.srt", *steps) == (
        "1\n00:00:00,000 --> 00:00:01,353\nGood morning, everyone.\n\n"
        "2\n01:00:00,000 --> 01:00:01,350\nThank you for coming.\n\n"
    )


def test_a_transcript_has_a_line_for_each_sentence(tmp_path: Path) -> None:
    steps = [
        Text(words("Good morning. How")),
        Text(words("are you?", 2)),
        Text(words("fine", 3), "not yet", ends="end"),
    ]
    assert written(tmp_path / "talk.txt", *steps) == "Good morning.\nHow are you?\nfine\n"


def test_markup_in_the_text_stays_text(tmp_path: Path) -> None:
    step = Text(words("Tom & Jerry <i>said</i> a --> b"))
    assert "Tom &amp; Jerry &lt;i&gt;said&lt;/i&gt; a --&gt; b\n" in written(tmp_path / "talk.vtt", step)
    assert "a -- > b" in written(tmp_path / "talk.srt", step)


@pytest.mark.parametrize("suffix", ["vtt", "srt"])
def test_another_program_reads_the_same_cues(tmp_path: Path, suffix: str) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    steps = [Text(words(TALK + " Q&A: is 1 < 2?")), Text((Word(JAPANESE, seconds(30), seconds(38)),))]
    path = tmp_path / f"talk.{suffix}"
    written(path, *steps)
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "srt", "-"]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    assert read.stderr == ""
    said = re.sub(r"\s", "", join_words([word for step in steps for word in step.committed]))
    heard = re.sub(r"\s", "", "".join(re.findall(r"-->.*\n((?:.+\n)+)", read.stdout)))
    assert heard == said


def test_cues_break_behind_sentences_and_clauses() -> None:
    lines = [" ".join(cue.lines) for cue in cues_of(words(TALK))]
    assert lines == [
        "Good morning, everyone.",
        "Thank you for coming to the quarterly meeting of the company,",
        "which as you know is held in March.",
        "Yes. No. The revenue grew by twelve percent,",
        "and we expect that it will go on like this.",
    ]


def test_a_pause_ends_a_cue() -> None:
    said = words("one two three") + words("four five six", start_s=5)
    assert [cue.lines for cue in cues_of(said)] == [("one two three",), ("four five six",)]


def test_words_of_one_reading_unit_share_its_time() -> None:
    unit = tuple(Word(word, 0, seconds(12)) for word in TALK.split())
    cues = cues_of(unit)
    assert all(ms(1000) <= cue.end - cue.start <= seconds(7) for cue in cues)
    assert cues[-1].end == pytest.approx(seconds(12), abs=seconds(1))


def test_live_captions_stand_when_they_came_out(tmp_path: Path) -> None:
    steps = [Text(words("Good morning, everyone.")), Text(words("Thank you.", start_s=2))]
    packets = [Packet(step, 0, 0, left=seconds(3 + 4 * i)) for i, step in enumerate(steps)]
    feed(SubtitleFile(str(tmp_path / "talk.vtt"), timing="live"), packets)
    stamps = re.findall(r"(\S+) --> (\S+)", (tmp_path / "talk.vtt").read_text())
    assert [start for start, _ in stamps] == ["00:00:03.000", "00:00:07.000"]


def test_a_cue_is_in_the_file_as_soon_as_it_cannot_change(tmp_path: Path) -> None:
    node = SubtitleFile(str(tmp_path / "talk.vtt"))
    node.open()
    node.process(Packet(Text(words("Good morning, everyone.")), 0, seconds(1)), None, None)
    assert "Good" not in (tmp_path / "talk.vtt").read_text()
    node.process(Packet(Text((), "still thinking"), seconds(4), seconds(4)), None, None)
    assert "Good morning, everyone." in (tmp_path / "talk.vtt").read_text()
    node.process(Packet(Text(words("And this", start_s=5)), seconds(5), seconds(6)), None, None)
    node.close()  # the run was stopped: nothing that was committed is lost
    assert "And this" in (tmp_path / "talk.vtt").read_text()


def test_tentative_text_is_never_written(tmp_path: Path) -> None:
    assert "maybe" not in written(
        tmp_path / "talk.vtt", Text(words("Hello."), "maybe"), Text((), "maybe not")
    )


def test_scripts_without_spaces_break_between_characters_but_not_before_closing_marks() -> None:
    lines = wrap(atoms(JAPANESE, False, 24), 24)
    assert "".join(lines) == JAPANESE
    assert all(width(line) <= 24 for line in lines)
    assert not any(line[0] in "、。』」" or line[-1] in "『「" for line in lines)


def test_glued_words_are_written_without_a_space() -> None:
    said = (Word("你好", 0, seconds(1)), Word("世界", seconds(1), seconds(2), glue=True))
    assert cues_of(said)[0].lines == ("你好世界",)


def test_a_word_longer_than_a_line_is_cut() -> None:
    assert wrap(atoms("x" * 100, False, 42), 42) == ["x" * 42, "x" * 42, "x" * 16]


word = st.tuples(
    st.text(st.sampled_from("abcdefgh.,?!é漢字、。"), min_size=1, max_size=60),
    st.integers(0, 3000),
    st.integers(0, 4000),
)


@st.composite
def talks(draw: st.DrawFn) -> tuple[Word, ...]:
    said, at = [], 0
    for written_word, gap_ms, length_ms in draw(st.lists(word, max_size=40)):
        at += ms(gap_ms)
        said.append(Word(written_word, at, at + ms(length_ms)))
        at += ms(length_ms)
    return tuple(said)


@given(talks(), st.booleans())
def test_whatever_is_said_is_shown_once_in_order_and_readable(said: tuple[Word, ...], live: bool) -> None:
    cues = Cues(CueRules())
    shown: list[Cue] = []
    for item in said:
        shown += [*cues.settle(item.start), *cues.add([item], item.end if live else None)]
    shown += cues.rest()
    assert "".join("".join(cue.lines) for cue in shown).replace(" ", "") == "".join(
        item.text for item in said
    )
    for cue in shown:
        assert seconds(1) <= cue.end - cue.start <= seconds(7)
        assert 1 <= len(cue.lines) <= 2
        assert all(width(line) <= 42 for line in cue.lines)
    assert all(before.end <= after.start for before, after in pairwise(shown))


@given(talks(), st.data())
def test_any_cutting_of_the_text_gives_the_same_cues(said: tuple[Word, ...], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(said)))
    cues = Cues(CueRules())
    in_two = [*cues.add(said[:cut]), *cues.add(said[cut:]), *cues.rest()]
    assert in_two == cues_of(said)


def test_a_path_of_no_known_format_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"path 'talk\.doc' ends in '\.doc'; give one that ends in \.vtt, \.srt or"
    ):
        SubtitleFile("talk.doc")


def test_a_cue_cannot_be_shorter_than_the_shortest() -> None:
    with pytest.raises(ValueError, match="min_cue_s 9 is above max_cue_s 7; lower it"):
        SubtitleFile(min_cue_s=9)


def test_on_a_full_disk_what_was_written_stays_valid(tmp_path: Path, small_disk: None) -> None:
    steps = [Text(words("And so on and on and on.", start_s=3 * i)) for i in range(2000)]
    with pytest.raises(OutputError, match=r"talk\.vtt': File too large; make room there"):
        feed(SubtitleFile(str(tmp_path / "talk.vtt")), text(*steps))
    assert (tmp_path / "talk.vtt").read_text().endswith("And so on and on and on.\n\n")
