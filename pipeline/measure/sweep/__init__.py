"""Sweep: the same recordings under many settings.

points        lists and ranges of settings to points
choice        which of them are run
curve         running them; quality against latency, and what nothing beats
page          sweep.html, curve.svg, sweep.csv
"""
