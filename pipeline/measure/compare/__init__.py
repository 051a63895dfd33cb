"""Compare: two evaluations side by side.

comparison    what became better, what worse, and whether by more than chance
page          compare.html, with links to listen
"""
