"""Manifests: what each kind names, which faults are told with their lines, and what is left out for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.measure.manifests.manifest import Manifest, Wanted, from_line, read, to_line
from tests.measure.saying import manifest, wav
from tests.media import media_root

# Our own


def test_a_line_of_our_own_is_a_recording(tmp_path: Path) -> None:
    found = read(manifest(tmp_path, {"terms": ["Turin"], "transcript": "uno due tre", "seconds": 3}))
    [one] = found.recordings
    assert found.kind == "jsonl"
    assert (one.id, one.from_, one.to, one.seconds, one.terms) == ("r1", "it", "en", 3.0, ("Turin",))
    assert one.path == tmp_path / "talk.wav"
    [sentence] = one.sentences
    assert (sentence.text, sentence.start_ms, sentence.end_ms) == ("one two three", 0.0, 3000.0)


def test_sentences_keep_their_times(tmp_path: Path) -> None:
    sentences = [
        {"text": "one", "start_ms": 0, "end_ms": 900},
        {"text": "two", "start_ms": 900, "end_ms": 3000},
    ]
    [one] = read(manifest(tmp_path, {"sentences": sentences})).recordings
    assert [(s.text, s.start_ms, s.end_ms) for s in one.sentences] == [("one", 0, 900), ("two", 900, 3000)]


def test_a_recording_written_as_a_line_is_read_as_it_was(tmp_path: Path) -> None:
    [one] = read(manifest(tmp_path, {"terms": ["Turin"]})).recordings
    assert from_line(to_line(one)) == one
    (tmp_path / "again.jsonl").write_bytes(to_line(one))
    assert read(tmp_path / "again.jsonl").recordings == (one,)


def test_every_fault_is_told_with_its_line_and_the_rest_is_good(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        {},
        {"path": "absent.wav"},
        {"seconds": 60},
        {"reference": ""},
        {"id": "r1"},
        {"id": "a/b"},
        {"from": ""},
        {"sentences": [{"text": "one", "start_ms": 500, "end_ms": 500}]},
        {"sentences": [{"text": "one", "start_ms": 0, "end_ms": 80_000}]},
        {"terms": "Turin"},
        {"path": "talks.jsonl"},
    )
    path.write_bytes(
        path.read_bytes() + b'{"path": "caf\xe9.wav"}\nno json\n' + json.dumps({"path": "talk.wav"}).encode()
    )
    found = read(path, Wanted(to="en"))
    assert [one.id for one in found.recordings] == ["r1"]
    assert [one.why.removeprefix(f"{path}:") for one in found.left_out] == [
        f"2: {tmp_path}/absent.wav: no such file; put it there, or give --audio",
        "3: says 60 s, but talk.wav has 3.00 s; correct one of them: times of the reference rest on it",
        "4: no reference in en; add the translation, or leave the line out with --only",
        "5: id 'r1' stands in line 1 already; give each an id of its own",
        "6: id 'a/b' cannot name a folder; use letters, digits and . _ - +",
        "7: does not say its language 'from'; write \"from\", or give --from",
        "8: sentence 1 has the span 0.5-0.5 s; let each end after it starts",
        "9: its last sentence ends at 80 s, the file at 3.00 s; correct the times",
        "10: Expected `array`, got `str` - at `$.terms`; see docs/evaluate.md for the form of a line",
        f"11: {tmp_path}/talks.jsonl: cannot be played (Invalid data found when processing input); "
        "give a sound or video file",
        "12: not UTF-8 (byte 14 of the line is 0xe9); save it as UTF-8: iconv -f latin1 -t utf-8 talks.jsonl",
        "13: not JSON: Expecting value: line 1 column 1 (char 0); write one object a line",
        "14: does not say its language 'from'; write \"from\", or give --from",
        "14: no reference in en; add the translation, or leave the line out with --only",
    ]


def test_a_length_that_is_only_estimated_in_the_file_is_counted(tmp_path: Path) -> None:
    """The head of a WAV file that was cut off says more than there is."""
    path = wav(tmp_path / "cut.wav", 10)
    path.write_bytes(path.read_bytes()[: 44 + 2 * 8000 * 4])
    [one] = read(manifest(tmp_path, {"path": "cut.wav", "seconds": 4})).recordings
    assert one.seconds == 4.0


def test_utf_16_is_told_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_text("{}", encoding="utf-16")
    with pytest.raises(
        InputError, match=r"is UTF-16; save it as UTF-8: iconv -f utf-16 -t utf-8 talks.jsonl"
    ):
        read(path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = manifest(tmp_path, {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read(path).recordings) == 1


@pytest.mark.parametrize(("text", "what"), [("", "is empty"), ("hello\n", "is no manifest of a known kind")])
def test_what_is_no_manifest_is_told_the_kinds(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read(path)
    assert f"{path}: {what}; give one of these" in str(raised.value)
    assert "CoVoST 2" in str(raised.value)


# What is wanted of it


def test_languages_choose_and_fill_in(tmp_path: Path) -> None:
    path = manifest(tmp_path, {}, {"from": "fr"}, {"from": "it-CH"}, {"from": ""}, {"to": "pt"})
    found = read(path, Wanted("it", "en"))
    assert [one.id for one in found.recordings] == ["r1", "r3", "r4"]
    assert found.left_out == ()


def test_ids_choose_by_pattern_and_the_limit_counts_what_is_good(tmp_path: Path) -> None:
    path = manifest(tmp_path, {}, {"reference": ""}, {}, {}, {"id": "other"})
    found = read(path, only=["r*"], limit=2)
    assert [one.id for one in found.recordings] == ["r1", "r3"]
    assert [one.id for one in found.left_out] == ["r2"]
    with pytest.raises(InputError, match=r"--only othre: no such id in .*; did you mean 'other'\?"):
        read(path, only=["othre"])


# The field's


def fleurs(folder: Path) -> Path:
    for lang, texts in (("it_it", ("uno", "due")), ("en_us", ("one", "two"))):
        rows = [
            f"{number}\t{lang}{number}.wav\t{text}.\t{text}\t{' '.join(text)}\t24000\tMALE\n"
            for number, text in enumerate(texts)
        ]
        (folder / lang).mkdir()
        (folder / lang / "test.tsv").write_text("".join(rows))
    for number in range(2):
        wav(folder / "it_it" / "audio" / "test" / f"it_it{number}.wav", 1.5)
    return folder / "it_it" / "test.tsv"


def covost(folder: Path) -> Path:
    wav(folder / "clips" / "c1.wav")
    path = folder / "covost_v2.it_en.test.tsv"
    path.write_text('path\tsentence\ttranslation\tclient_id\nc1.wav\t"uno\tone "two"\tx\n')
    return path


def mustc(folder: Path) -> Path:
    base = folder / "en-de" / "data" / "tst-COMMON"
    wav(base / "wav" / "ted_1.wav", 5)
    wav(base / "wav" / "ted_2.wav", 2)
    (base / "txt").mkdir()
    (base / "txt" / "tst-COMMON.en").write_text("one\ntwo\nthree\n")
    (base / "txt" / "tst-COMMON.de").write_text("eins\nzwei\ndrei\n")
    path = base / "txt" / "tst-COMMON.yaml"
    path.write_text(
        "- {duration: 1.5, offset: 2.500000, rW: 1, speaker_id: spk.1, uW: 0, wav: ted_1.wav}\n"
        "- {duration: 1.0, offset: 0.5, speaker_id: spk.1, wav: ted_1.wav}\n"
        "- {duration: 2.0, offset: 0.0, speaker_id: spk.2, wav: ted_2.wav}\n"
    )
    return path


def simuleval(folder: Path) -> Path:
    wav(folder / "a.wav")
    (folder / "source.txt").write_text(f"{folder}/a.wav\na.wav\n")
    (folder / "target.txt").write_text("one\ntwo\n")
    return folder / "source.txt"


def told(found: Manifest) -> list[tuple[str, str, str, float, str, str]]:
    return [
        (one.id, one.from_, one.to, one.seconds, one.reference, one.transcript) for one in found.recordings
    ]


def test_fleurs(tmp_path: Path) -> None:
    found = read(fleurs(tmp_path), Wanted(to="en"))
    assert found.kind == "fleurs"
    assert told(found) == [
        ("it_it0", "it", "en", 1.5, "one.", "uno."),
        ("it_it1", "it", "en", 1.5, "two.", "due."),
    ]
    with pytest.raises(InputError, match="say with --to which language: en, it"):
        read(tmp_path / "it_it" / "test.tsv")
    with pytest.raises(InputError, match=r"no folder beside .* has a test.tsv in it; there are: en, it"):
        read(tmp_path / "it_it" / "test.tsv", Wanted(to="pt"))


def test_covost(tmp_path: Path) -> None:
    found = read(covost(tmp_path))
    assert found.kind == "covost"
    assert told(found) == [("c1", "it", "en", 3.0, 'one "two"', '"uno')]


def test_covost_without_sentences_is_its_test_split(tmp_path: Path) -> None:
    covost(tmp_path)
    path = tmp_path / "covost_v2.zh-CN_en.tsv"
    path.write_text("path\ttranslation\tsplit\nc1.wav\tone\ttest\nc1.wav\ttwo\ttrain\nc1.wav\n")
    found = read(path)
    assert told(found) == [("c1", "zh", "en", 3.0, "one", "")]
    assert [one.why for one in found.left_out] == [f"{path}:4: 1 columns; its head has 3, between tabs"]


def test_segments_of_a_talk_are_one_recording_in_order(tmp_path: Path) -> None:
    found = read(mustc(tmp_path))
    assert found.kind == "segmentation"
    assert told(found) == [
        ("ted_1", "en", "de", 5.0, "zwei eins", "two one"),
        ("ted_2", "en", "de", 2.0, "drei", "three"),
    ]
    assert [(s.start_ms, s.end_ms) for s in found.recordings[0].sentences] == [(500, 1500), (2500, 4000)]


def test_segments_need_a_line_of_reference_each(tmp_path: Path) -> None:
    path = mustc(tmp_path)
    reference = tmp_path / "ref.de"
    reference.write_text("eins\n")
    with pytest.raises(InputError, match=r"ref.de: 1 lines for the 3 segments of .*; give a line a segment"):
        read(path, Wanted(reference=reference))
    with pytest.raises(
        InputError, match=r"tst-COMMON.pt: no such file; give the references with --reference"
    ):
        read(path, Wanted(to="pt"))


def test_wrong_segments_are_told_with_their_lines(tmp_path: Path) -> None:
    path = mustc(tmp_path)
    path.write_text(path.read_text().replace("offset: 0.0", "offset: soon").replace("0.5", "-0.5"))
    (path.parent / "tst-COMMON.de").write_bytes(b"eins\nzw\xe9i\ndrei\n")
    found = read(path)
    assert found.recordings == ()
    why = [one.why.removeprefix(f"{path.parent}/") for one in found.left_out]
    assert [text.split(";")[0] for text in why] == [
        "tst-COMMON.yaml:1: ted_1.wav: a line of its reference cannot be read",
        "tst-COMMON.de:2: not UTF-8 (byte 3 of the line is 0xe9)",
        "tst-COMMON.yaml:2: lasts 1 s from -0.5 s",
        "tst-COMMON.yaml:3: not a segment",
    ]


def test_lists_of_simuleval(tmp_path: Path) -> None:
    found = read(simuleval(tmp_path), Wanted("it", "en"))
    assert found.kind == "simuleval"
    assert told(found) == [("a-1", "it", "en", 3.0, "one", ""), ("a-2", "it", "en", 3.0, "two", "")]


def test_lists_of_simuleval_that_do_not_fit(tmp_path: Path) -> None:
    path = simuleval(tmp_path)
    (tmp_path / "target.txt").write_text("one\n")
    with pytest.raises(InputError, match=r"1 references for the 2 recordings of .*; give a line for each"):
        read(path)
    (tmp_path / "target.txt").unlink()
    with pytest.raises(InputError, match="give the list of their references with --reference"):
        read(path)


def test_the_media_of_the_tests() -> None:
    found = read(media_root(), Wanted("it", "en"), only=["*asterisk_composite*"])
    [one] = found.recordings
    assert (found.kind, one.id) == ("media", "a_longform.asterisk_composite.it-en")
    assert len(one.sentences) == 7
    assert one.sentences[0].text.startswith("Please press 1 to mute")
    assert one.seconds == pytest.approx(170.797, abs=0.01)
    assert one.transcript.startswith("Prego premere 1")


def test_media_with_several_references_are_a_recording_each() -> None:
    found = read(media_root(), Wanted("pt"), only=["a_speech*"])
    assert {one.to for one in found.recordings} >= {"en", "de", "zh"}
    assert len({one.id for one in found.recordings}) == len(found.recordings)
