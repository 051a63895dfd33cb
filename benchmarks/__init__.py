"""Benchmarks: each prints a table and writes JSON; docs/benchmarks.md has their figures."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command dragoman does, before NumPy is there
