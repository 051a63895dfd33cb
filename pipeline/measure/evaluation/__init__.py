"""Evaluation: run graphs over recordings with references, and keep what came out.

plan          what is run
changes       a graph with settings, nodes or policies changed
wiring        the graph of one recording, with everything written down that is scored
graph_text    a graph as a file that runs it again
evaluate      what is run and what is there already; the whole of it
workers       processes side by side, and how many do not slow one another
process       what such a process does
disturbance   whether other programs slowed it
results       the folder: reading, scoring, writing
adopt         what another system said, as such a folder
lock          one evaluation in a folder at a time
tables        the scores for people, and as scores.tsv
pool          recordings put together, so that chance can be told from change
listening     the translated speech, heard by our own recogniser
mos           how good it sounds, predicted
"""
