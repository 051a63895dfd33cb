"""Readers of manifests: one kind, one file. Each says whether a file is of its kind, and what recordings it names.

A reader has `ABOUT` (a line for people), `fits(path, head)` and `read(path, wanted)`; it looks at no recording. What
all kinds must keep (files that open, lengths, ids, references) is checked in one place, `manifest`.
"""
