"""`README.md` of a dataset: where it is from, how it was made, what is in it, how it is read."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.shards.formats import format_of
from foveate.datasets.shards.licences import hub_licence
from foveate.datasets.shards.plots import bars, columns, ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.datasets.seams import About, ShardFile
    from foveate.datasets.shards.statistics import Counts

README: Final = "README.md"
CONTACT: Final = "contact.jpg"
PLOTS: Final = "plots"
LONGEST: Final = 2000
SPECIAL: Final = frozenset("\\`*_[]#|~")
"""What Markdown reads as its own."""
UNKNOWN: Final = "not told"


def plots(counts: Counts) -> dict[str, bytes]:
    """Return the distributions that say something, by the names of their files."""
    things = _over_splits(counts, "instances")
    drawn = {
        "classes": bars("Things by class", things) if things else "",
        "labels": _labels(_over_splits(counts, "labels")),
        "things": _columns("Things in a picture", {"": counts.get("instances_each", {})}, things),
        "sides": columns(
            "Width and height of pictures, pixels",
            {"width": counts.get("widths", {}), "height": counts.get("heights", {})},
        ),
        "boxes": _columns(
            "Boxes, side of a square of their area, pixels",
            {"": counts.get("box_sides", {})},
            counts.get("box_sides", {}),
        ),
        "bytes": columns("Bytes of a sample", {"": counts.get("weights", {})}),
    }
    return {f"{PLOTS}/{name}.svg": svg.encode() for name, svg in drawn.items() if svg}


def _labels(labels: Mapping[str, int]) -> str:
    return bars("Samples by label", labels) if labels else ""


def _columns(title: str, series: Mapping[str, Mapping[str, int]], there: Mapping[str, int]) -> str:
    return columns(title, series) if there else ""


def _over_splits(counts: Counts, what: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for split in counts.get(what, {}).values():
        for label, count in split.items():
            total[label] = total.get(label, 0) + count
    return total


def datasheet(
    about: About, shards: Sequence[ShardFile], counts: Counts, pictures: Sequence[str]
) -> bytes:
    """Return the page; `pictures` are the files that it shows."""
    sections = (
        _head(about, shards, counts),
        [f"![{name}]({name})\n" for name in pictures if name == CONTACT],
        _provenance(about),
        _configuration(about),
        _contents(about, counts),
        _distributions([name for name in pictures if name != CONTACT]),
        _reading(about, counts),
    )
    return "\n".join(line for section in sections for line in section).encode(errors="replace")


def _head(about: About, shards: Sequence[ShardFile], counts: Counts) -> Iterator[str]:
    yield from _front_matter(about, shards)
    yield f"# {plain(about.name)}, by {plain(about.handler)} {plain(about.version)}\n"
    things = sum(_over_splits(counts, "instances").values())
    weight = sum(each.bytes for each in shards)
    said = f"{sum(each.samples for each in shards):,} samples with {things:,} things of"
    said += f" {len(about.classes):,} classes, as {about.format}: {weight:,} bytes"
    yield f"{said} in {len(shards):,} files. Its id is `{about.id}`.\n"


def _front_matter(about: About, shards: Sequence[ShardFile]) -> Iterator[str]:
    """Yield what Hugging Face's hub and `datasets` read of the page, as YAML in words of JSON."""
    said: dict[str, Any] = {"pretty_name": about.name}
    if about.raw.get("licence"):
        known, name = hub_licence(str(about.raw["licence"])[:LONGEST])
        said |= {"license": known} | ({"license_name": name} if name else {})
    files = [
        {"split": split, "path": format_of(about.format).pattern.format(split=split)}
        for split in _splits(shards)
    ]
    if about.format in {"parquet", "webdataset"} and files:
        said["configs"] = [{"config_name": "default", "data_files": files}]
    yield "---"
    yield from (f"{name}: {json.dumps(value)}" for name, value in said.items())
    yield "---\n"


def _splits(shards: Sequence[ShardFile]) -> list[str]:
    splits = {split for each in shards for split in each.statistics.get("samples", {})}
    return sorted(splits)


def _provenance(about: About) -> Iterator[str]:
    raw = about.raw
    yield "## Where it is from\n"
    if raw.get("about"):
        yield f"{plain(raw['about'])}\n"
    kind, count = plain(raw.get("kind", UNKNOWN)), raw.get("count", UNKNOWN)
    rows = (
        ("raw data", f"{plain(about.name)}: {kind}, {plain(count)} pictures"),
        ("origin", plain(raw.get("origin") or UNKNOWN)),
        ("licence", plain(raw.get("licence") or UNKNOWN)),
        ("digest", f"`{raw.get('digest', '')}`"),
    )
    yield from _table(("", ""), rows)


def _configuration(about: About) -> Iterator[str]:
    yield "## How it was made\n"
    pin = f", whose code is `{about.pin}`" if about.pin else ""
    yield f"By {plain(about.handler)} {plain(about.version)}{pin}, with this configuration:\n"
    said = json.dumps(about.config, indent=2, sort_keys=True, default=dict)
    yield f"```json\n{said}\n```\n"
    yield "Other raw data, another version or another configuration have another id.\n"


def _contents(about: About, counts: Counts) -> Iterator[str]:
    yield "## What is in it\n"
    made = counts.get("samples", {})
    rows = [
        (plain(split), f"{chosen:,}", f"{made.get(split, 0):,}")
        for split, chosen in sorted(about.splits.items())
    ]
    yield from _table(("split", "raw pictures", "samples"), rows)
    if about.skipped:
        yield "Pictures of which nothing was made:\n"
        rows_of = [(plain(name), f"{count:,}") for name, count in sorted(about.skipped.items())]
        yield from _table(("why", "pictures"), rows_of)
    for what, title in (("instances", "things"), ("labels", "samples")):
        yield from _by_class(counts.get(what, {}), title)


def _by_class(by_split: Mapping[str, Mapping[str, int]], title: str) -> Iterator[str]:
    """Yield a table of classes and splits, of those that there are the most of."""
    used = sorted(split for split, counts in by_split.items() if counts)
    if not used:
        return
    totals = _over_splits({"": by_split}, "")
    rows = []
    for label, total in ranked(totals):
        each = [f"{by_split[split].get(label, 0):,}" for split in used]
        rows.append((plain(label), *(each if label in totals else [""] * len(used)), f"{total:,}"))
    yield from _table(("class", *(f"{title} in {plain(split)}" for split in used), "all"), rows)


def _distributions(pictures: Sequence[str]) -> Iterator[str]:
    if pictures:
        yield "## Distributions\n"
    yield from (f"![{name}]({name})\n" for name in pictures)


def _reading(about: About, counts: Counts) -> Iterator[str]:
    """Yield how the largest split is read: another one may have a picture or two."""
    yield "## How it is read\n"
    made = counts.get("samples", {})
    for split in sorted(made, key=lambda each: (-made[each], each))[:1]:
        pattern = format_of(about.format).pattern.format(split=split)
        code = format_of(about.format).reader.format(split=split, pattern=pattern)
        yield f"```python\n{code}\n```\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield ""


def plain(said: object) -> str:
    r"""Return a text as Markdown that reads as it is, on one line.

    >>> print(plain("a|b <i>"))
    a\|b &lt;i&gt;
    """
    line = " ".join(str(said)[:LONGEST].split())
    escaped = "".join(f"\\{letter}" if letter in SPECIAL else letter for letter in line)
    return escape(escaped, quote=False)
