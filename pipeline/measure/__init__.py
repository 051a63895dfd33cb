"""Measure: how good and how late an interpretation is.

Rooms, inner to outer; imports point up this list only (tests/measure/test_rooms.py keeps it).

    recording, trace, confidence   what was to be said; what was said, and when; how far a score may be chance
    metrics/      formulas on lists of times: delays, offsets, gaps, erasure, queueing, degeneracy. Pure
    text/         quality of a text; laying a long text on the sentences of its reference
    scores/       all metrics of one recording, or of many together, by their keys; what the keys are called
    manifests/    which recordings there are, and their references: readers of what the field has
    logs/         what was said and when, in the forms of the field's scorers: written and read
    page/         report.html, and the parts of which the other pages are made
    evaluation/   running graphs over recordings, in processes; the folder that holds what came out
    sweep/        the same recordings under many settings
    compare/      two evaluations side by side

Each metric with its formula, source and trap: docs/metrics.md. Who uses it from a command line: docs/evaluate.md.
"""
