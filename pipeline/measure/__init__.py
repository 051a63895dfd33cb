"""Measure: how good and how late an interpretation is.

Rooms, inner to outer. `recording` and `trace` say what was to be said and what was said when. `delay`, `offset`,
`erasure`, `gaps`, `queueing`, `degeneracy`, `words`, `spoken` are pure formulas on lists of times; `quality` and
`confidence` on texts. `segmenter` lays a long interpretation on the sentences of its reference, `longform` scores it
there; `score` brings all of it together for one recording and for many. `manifest` and `logs` read and write files.
`evaluation` runs graphs; `sweep` runs many of them, `compare` lays two side by side, `speech` listens to what was spoken.
"""
