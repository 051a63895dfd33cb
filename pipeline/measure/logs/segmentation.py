"""The reference of long recordings, as the field has it: a YAML list of sentences with their times, and their texts.

What MuST-C and IWSLT come as, and what OmniSTEval and simulstream want beside a log. `manifests.segmentation` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.measure.logs.log import wav_of
from pipeline.measure.recording import Recording


def write(segments: Path, references: Path, recordings: Iterable[Recording]) -> None:
    """Write the sentences of all recordings with their times, seconds, and their texts, a line each.

    Raises `OutputError`.
    """
    import yaml

    spans, texts = [], []
    for recording in recordings:
        for sentence in recording.sentences:
            start, end = sentence.start_ms / 1000, sentence.end_ms / 1000
            spans.append({"wav": wav_of(recording), "offset": start, "duration": end - start})
            texts.append(" ".join(sentence.text.splitlines()).strip() + "\n")
    try:
        segments.write_text(
            yaml.safe_dump(spans, allow_unicode=True, default_flow_style=None), encoding="utf-8"
        )
        references.write_text("".join(texts), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{error.filename}: cannot be written ({error.strerror}); give another path"
        ) from error


__all__ = ["write"]
