from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from foveate.configuration.given import variable
from foveate.configuration.ranges import parts, read, words
from foveate.configuration.table import Row, table_of
from foveate.errors import BadSettings
from foveate.imaging.encode import MAX_SIDE
from foveate.options.values import MAX_PIXELS
from foveate.settings import Settings, load, reference

if TYPE_CHECKING:
    from pathlib import Path

ROWS = table_of(Settings).rows


def config(folder: Path, text: str) -> dict[str, str]:
    file = folder / "foveate.toml"
    file.write_text(text, encoding="utf-8")
    return {"FOVEATE_CONFIG": str(file)}


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load(environment)
    return caught.value.public.split("\n")


def test_every_number_has_two_ends_and_every_default_is_in_its_range() -> None:
    for row in ROWS.values():
        base, within = parts(row.kind)
        if base in {int, float}:
            assert within.ge is not None, row.name
            assert within.le is not None, row.name
        if row.name == "signing.keys":
            continue  # none at all is no range: whoever names them has some
        assert read(row.kind, list(row.default) if row.default == () else row.default) == (
            row.default
        )


DOCUMENTED = re.findall(
    r"^\| `(FOVEATE_\w+)` \|[^|]*\| (a whole number|a number) from (\S+) to (\S+) \|",
    reference(),
    re.MULTILINE,
)
"""What the page says of every number: variable, kind, both ends."""


def value_of(loaded: Settings, name: str) -> object:
    row = ROWS[name]
    return getattr(getattr(loaded, row.group) if row.group else loaded, row.key)


def test_the_page_tells_the_ends_of_every_number() -> None:
    numbers = [variable(row.name) for row in ROWS.values() if type(row.default) in {int, float}]
    assert [name for name, *_ in DOCUMENTED] == numbers


@pytest.mark.parametrize(("name", "what", "low", "high"), DOCUMENTED, ids=lambda text: text[8:])
def test_a_documented_range_is_enforced(
    tmp_path: Path, name: str, what: str, low: str, high: str
) -> None:
    row = next(row for row in ROWS.values() if variable(row.name) == name)
    step = 1 if what == "a whole number" else 0.001
    for end, beyond in ((float(low), float(low) - step), (float(high), float(high) + step)):
        inside, outside = (f"{n:.0f}" if step == 1 else f"{n:.3f}" for n in (end, beyond))
        assert value_of(load({name: inside}), row.name) == end
        sentence = f"expected {what} from {low} to {high}, got"
        assert problems({name: outside}) == [f"{name}: {sentence} '{outside}'"]
        file = config(tmp_path, f"[{row.group}]\n{row.key} = {outside}")
        assert problems(file) == [
            f"{row.name}: {sentence} {float(outside) if step < 1 else outside}"
        ]
    assert value_of(load({name: high}), row.name) == float(high), "as it is written on the page"


@pytest.mark.parametrize(
    ("name", "high"),
    [
        ("encoding.avif_max_side", MAX_SIDE["avif"]),
        ("encoding.avif_max_side_auto", MAX_SIDE["avif"]),
        ("limits.max_output_side", max(MAX_SIDE.values())),
        ("limits.max_output_side", MAX_PIXELS),
    ],
)
def test_a_range_ends_where_what_it_is_about_does(name: str, high: int) -> None:
    assert parts(ROWS[name].kind)[1].le == high


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
@pytest.mark.parametrize("nonsense", ["nan", "inf", "-1", "[[1]]", "{a = 1}", "2026-01-02"])
def test_nonsense_is_refused_whatever_the_setting(tmp_path: Path, row: Row, nonsense: str) -> None:
    table = f"[{row.group}]\n" if row.group else ""
    (problem,) = problems(config(tmp_path, f"{table}{row.key} = {nonsense}"))
    assert problem.startswith(f"{row.name}: expected ")


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if type(row.default) is not bool], ids=lambda row: row.name
)
def test_a_flag_is_neither_number_nor_text(tmp_path: Path, row: Row) -> None:
    table = f"[{row.group}]\n" if row.group else ""
    (problem,) = problems(config(tmp_path, f"{table}{row.key} = true"))
    assert problem.startswith(f"{row.name}: expected ")


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS.values() if words(parts(row.kind)[0])],
    ids=lambda row: row.name,
)
def test_every_word_of_a_set_loads_and_no_other(row: Row) -> None:
    name, known = variable(row.name), words(parts(row.kind)[0])
    for word in known:
        assert value_of(load({name: word.upper()}), row.name) == word
    *others, last = known
    sentence = f"{name}: expected {', '.join(others)} or {last}, got 'cdua'"
    assert problems({name: "cdua"}) == [sentence]
    assert f"| {', '.join(others)} or {last} |" in reference()


@pytest.mark.parametrize(
    ("name", "text", "loads"),
    [
        ("ORIGINS__FOLDER", "", True),
        ("ORIGINS__FOLDER", "~/photos", True),
        ("ORIGINS__FOLDER", "s3://bucket", True),
        ("ORIGINS__FOLDER", "s3://bucket/prefix/", True),
        ("ORIGINS__FOLDER", "HTTPS://b.com/photos", True),
        ("ORIGINS__FOLDER", "s3://", False),
        ("ORIGINS__FOLDER", "gs://bucket", False),
        ("ORIGINS__FOLDER", "http://", False),
        ("ORIGINS__FOLDER", "https://b.com/#part", False),
        ("ORIGINS__S3_ENDPOINT", "", True),
        ("ORIGINS__S3_ENDPOINT", "http://127.0.0.1:9000", True),
        ("ORIGINS__S3_ENDPOINT", "s3.example.com", False),
        ("SERVER__ROOT_PATH", "/images/v1.2", True),
        ("SERVER__ROOT_PATH", "/images/", False),
        ("SERVER__ROOT_PATH", "images", False),
        ("SERVER__CORS", "https://b.com http://localhost:3000", True),
        ("SERVER__CORS", "*", True),
        ("SERVER__CORS", "b.com", False),
        ("SERVER__CORS", "https://b.com/", False),
        ("SERVER__HOST", "::", True),
        ("SERVER__HOST", "", False),
        ("ATTRIBUTES", "race age", True),
        ("ATTRIBUTES", "", True),
        ("ATTRIBUTES", "age beauty", False),
    ],
)
def test_text_has_a_shape_where_it_is_more_than_text(name: str, text: str, loads: bool) -> None:
    environment = {f"FOVEATE_{name}": text}
    if loads:
        assert isinstance(load(environment), Settings)
        return
    (problem,) = problems(environment)
    assert problem.startswith(f"FOVEATE_{name}: expected ")
    assert problem.endswith(f"got {text!r}")
