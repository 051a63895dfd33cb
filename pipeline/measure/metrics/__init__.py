"""Metrics: pure formulas on lists of times, milliseconds. None where one is not defined, never a number that looks like it.

delay         AL, LAAL, YAAL, AP, DAL, ATD
offset        when an interpretation begins, and how long it goes on
word_delay    from the end of what a word renders to the moment it came
queueing      when work is done that waits for other work: the clocks of the field
spoken_words  the words of translated speech, at the moments at which they are heard
gaps          silences between pieces of speech, and pieces that sound at once
erasure       what readers saw taken back
degeneracy    whether a latency can be believed
"""
