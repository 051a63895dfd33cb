"""CoVoST 2: `covost_v2.<from>_<to>.<split>.tsv` with the columns path, sentence, translation; recordings in clips/.

The table that is handed out without sentences (path, translation, split) is read too: of it, the split `test`.
Source: Wang et al., CoVoST 2 and Massively Multilingual Speech-to-Text Translation, 2020
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.measure.manifests.entry import (
    Entry,
    Reading,
    Wanted,
    found_in,
    lines_of,
    name_of,
    one_sentence,
    tag_of,
)

ABOUT = "CoVoST 2: covost_v2.<from>_<to>.<split>.tsv beside clips/"


def fits(path: Path, head: list[str]) -> bool:
    """A table whose head names a path and a translation."""
    return bool(head) and {"path", "translation"} <= set(head[0].rstrip("\r\n").split("\t"))


def read(path: Path, wanted: Wanted) -> Reading:
    """The recordings of a table."""
    reading = Reading()
    rows = lines_of(path, reading)
    _, first = next(rows, (1, ""))
    head = first.split("\t")
    named = re.match(r"covost_v2\.([\w-]+?)_([\w-]+?)\.", path.name)
    from_, to = (tag_of(named[1]), tag_of(named[2])) if named else ("", "")
    folders = (wanted.audio, path.parent / "clips", path.parent.parent / "clips", path.parent)
    for number, text in rows:
        cells = text.split("\t")
        if len(cells) != len(head):
            reading.fault(path, number, f"{len(cells)} columns", f"its head has {len(head)}, between tabs")
            continue
        row = dict(zip(head, cells, strict=True))
        if row.get("split", "test") != "test":
            continue
        where = found_in(folders, row["path"])
        reference, transcript = one_sentence(row["translation"]), row.get("sentence", "")
        name = name_of(Path(row["path"]).stem)
        reading.entries.append(
            Entry(f"{path}:{number}", number, name, where, from_, to, None, reference, transcript)
        )
    return reading
