"""Distributions as SVG of our own: the same bytes everywhere, in the reader's light or dark."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from foveate.datasets.shards.statistics import EDGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE: Final = 720
MARGIN: Final = 16
HEAD: Final = 48
"""Above the first bar: the title, and what the colours are."""
ROW: Final = 22
BAR: Final = 14
LABELS: Final = 180
"""Left of bars that lie: what each is of."""
NUMBERS: Final = 70
"""Right of them: how many."""
TALL: Final = 180
"""Of bars that stand."""
FOOT: Final = 30
LETTER: Final = 7
"""How wide a digit is, about."""
MOST_LETTERS: Final = 26
MOST_TICKS: Final = 15
MOST_BARS: Final = 30
COLOURS: Final = ("#3b82f6", "#f59e0b")
STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:14px;font-weight:600}"
    ".faint{fill:#59636e}line{stroke:#8b949e;stroke-width:1}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.faint{fill:#9198a1}}"
)
NOT_IN_XML: Final = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KILO: Final = 1024
UNITS: Final = ("", "k", "M", "G", "T", "P")


def short(number: int) -> str:
    """Return where a bin begins in few letters: `k` is 1,024, by which all of them are short.

    >>> short(96), short(1024), short(1536), short(3145728), short(196608)
    ('96', '1k', '1.5k', '3M', '192k')
    """
    value, unit = float(number), 0
    while value >= KILO and unit < len(UNITS) - 1:
        value, unit = value / KILO, unit + 1
    digits = 0 if value >= 10 or not unit else 1  # noqa: PLR2004
    return f"{value:.{digits}f}".removesuffix(".0") + UNITS[unit]


def bars(title: str, counts: Mapping[str, int]) -> str:
    """Return how many there are of each, the most first; beyond some the rest together."""
    rows = ranked(counts)
    most = max((count for _, count in rows), default=1)
    room = WIDE - 2 * MARGIN - LABELS - NUMBERS
    body = ""
    for at, (label, count) in enumerate(rows):
        top, width = HEAD + at * ROW, max(1.0, room * count / most)
        left, base = MARGIN + LABELS, top + BAR - 2
        body += _text(left - 8, base, _truncated(label), anchor="end")
        body += _rect((left, top, width, BAR), COLOURS[0])
        body += _text(left + width + 6, base, f"{count:,}", kind="faint")
    return _svg(title, HEAD + len(rows) * ROW + MARGIN, body)


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return names and numbers, the most first and equals by name; beyond some the rest."""
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    if len(rows) <= MOST_BARS:
        return rows
    rest = rows[MOST_BARS - 1 :]
    return [*rows[: MOST_BARS - 1], (f"{len(rest):,} others", sum(count for _, count in rest))]


def columns(title: str, series: Mapping[str, Mapping[str, int]]) -> str:
    """Return histograms side by side, of the bins of `statistics`, from the first one used on."""
    edges = _edges(series)
    most = max((count for each in series.values() for count in each.values()), default=1)
    step = (WIDE - 2 * MARGIN) / max(1, len(edges))
    wide = 0.8 * step / len(series)
    body, floor = "", HEAD + TALL
    for number, counts in enumerate(series.values()):
        for at, edge in enumerate(edges):
            if count := counts.get(str(edge), 0):
                high = max(1.0, TALL * count / most)
                left = MARGIN + at * step + 0.1 * step + number * wide
                body += _rect((left, floor - high, wide, high), COLOURS[number], f"{count:,}")
                body += _above(left + wide / 2, floor - high, f"{count:,}", wide)
    body += f'<line x1="{MARGIN}" y1="{floor}" x2="{WIDE - MARGIN}" y2="{floor}"/>'
    return _svg(title, floor + FOOT, body + _ticks(edges, step) + _legend(list(series)))


def _above(middle: float, top: float, text: str, room: float) -> str:
    if len(text) * LETTER > room:
        return ""
    return _text(middle, top - 4, text, anchor="middle", kind="faint")


def _edges(series: Mapping[str, Mapping[str, int]]) -> Sequence[int]:
    used = sorted({int(edge) for counts in series.values() for edge in counts})
    return EDGES[EDGES.index(used[0]) : EDGES.index(used[-1]) + 1] if used else ()


def _ticks(edges: Sequence[int], step: float) -> str:
    """Return where bins begin, below their left side: as many as there is room for."""
    each = len(edges) // MOST_TICKS + 1
    return "".join(
        _text(MARGIN + at * step + 0.1 * step, HEAD + TALL + 16, short(edge), kind="faint")
        for at, edge in enumerate(edges)
        if at % each == 0
    )


def _legend(names: Sequence[str]) -> str:
    if len(names) == 1:
        return ""
    return "".join(
        _rect((WIDE - MARGIN - 90 * (len(names) - at), 14, 10, 10), COLOURS[at])
        + _text(WIDE - MARGIN - 90 * (len(names) - at) + 15, 23, name, kind="faint")
        for at, name in enumerate(names)
    )


def _truncated(label: str) -> str:
    return label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1]}…"


def _text(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}"'
    return f"<text {at}>{escape(NOT_IN_XML.sub('?', text))}</text>"


def _rect(box: tuple[float, float, float, float], colour: str, said: str = "") -> str:
    x, y, width, height = box
    title = f"<title>{escape(said)}</title>" if said else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1"'
        f' fill="{colour}">{title}</rect>'
    )


def _svg(title: str, height: float, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{height:.0f}"'
        f' viewBox="0 0 {WIDE} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<style>{STYLE}</style>{_text(MARGIN, 24, title, kind='title')}{body}</svg>\n"
    )
