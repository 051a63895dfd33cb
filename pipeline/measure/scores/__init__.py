"""Scores: metrics and quality brought together.

longform      sentence by sentence of the reference, as papers on long recordings report
measure       one recording, measured once, with all that is needed to score many together
score         the scores of one or of many, by their keys
labels        what each key is called, its unit, and which way is better
evaluation    recordings with what was said of them and their scores, as pages and comparisons read them
"""
