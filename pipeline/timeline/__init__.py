"""Timeline: what was heard, seen and said over time, as one picture to look at."""
