"""When each token was spoken, by where the decoder attended when it said it.

Decides: how attention becomes times. The path through tokens and positions that never goes back and gathers the most
attention gives each token its first position.

Source: Radford et al. 2022, with the released code's word times: the heads that follow the sound, each normalised over
the tokens, smoothed by a median of 7 positions, averaged; then dynamic time warping (Giorgino 2009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHED = 7  # positions


def first_positions(attention: NDArray[np.float32], positions: int) -> list[int]:
    """Where each of t tokens begins; attention (heads, t, n), of whose positions the first `positions` are sound."""
    heard = attention[:, :, :positions]
    heard = heard / np.maximum(heard.sum(axis=2, keepdims=True), 1e-12)
    spread = np.maximum(heard.std(axis=1, keepdims=True), 1e-12)
    normal = (heard - heard.mean(axis=1, keepdims=True)) / spread
    reach = SMOOTHED // 2
    if positions > reach:
        padded = np.pad(normal, ((0, 0), (0, 0), (reach, reach)), mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED, axis=2)
        normal = np.partition(windows, reach, axis=3)[..., reach]
    return _warped(-normal.mean(axis=0, dtype=np.float64))


def _warped(cost: NDArray[np.float64]) -> list[int]:
    """The first column of each row on the cheapest monotone path through (t, n) costs, from corner to corner."""
    rows, columns = cost.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    for row in range(rows):
        # within a row a path only goes on: what it pays is a difference of sums, so one running minimum does for all
        paid = np.concatenate(([0.0], np.cumsum(cost[row])))
        come = np.minimum(total[row, :-1], total[row, 1:])
        total[row + 1, 1:] = np.minimum.accumulate(come - paid[:-1]) + paid[1:]
    first = [0] * rows
    row, column = rows, columns
    while row > 0:
        first[row - 1] = column - 1
        across, up, back = total[row - 1, column - 1], total[row - 1, column], total[row, column - 1]
        if across < up and across < back:
            row, column = row - 1, column - 1
        elif up < across and up < back:
            row -= 1
        else:
            column -= 1
    return first
