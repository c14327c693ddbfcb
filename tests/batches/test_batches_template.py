"""Names: filled in from what is known, and never out of where they belong."""

from __future__ import annotations

import pytest

from foveate.batches.template import Template, checked_name, claim_of
from foveate.errors import BadOption

VALUES = {"path": "trip/beach", "stem": "beach", "row": "7", "digest": "ab12", "ext": "webp"}


@pytest.mark.parametrize(
    ("template", "options", "name"),
    [
        ("{path}.{ext}", "", "trip/beach.webp"),
        ("{stem}-{width}x{height}.jpg", "width=40,h=30", "beach-40x30.jpg"),
        ("{width}/{digest}.{ext}", "fit=cover,w=80", "80/ab12.webp"),
        ("{row}-{rendition}.{ext}", "", "7-3.webp"),
        ("{sku}/front.png", "", "shoe 1/front.png"),
    ],
)
def test_words_in_braces_are_filled_in(template: str, options: str, name: str) -> None:
    read = Template.read(template, options, 3)
    assert read.name({**VALUES, "sku": "shoe 1"}) == name


@pytest.mark.parametrize(
    ("template", "options", "told"),
    [
        ("{path", "", "such as"),
        ("{path!r}.jpg", "", "in braces"),
        ("{path:9}.jpg", "", "in braces"),
        ("{path.real}", "", "in braces"),
        ("{}.jpg", "", "in braces"),
        ("{{path}}.jpg", "", "braces around words"),
        ("{path}-{width}.jpg", "height=9", "Expected width in the options"),
        ("{path}-{width}.jpg", "width=auto", "Expected width in the options"),
    ],
)
def test_templates_that_mean_nothing_are_refused(template: str, options: str, told: str) -> None:
    with pytest.raises(BadOption, match=told):
        Template.read(template, options, 1)


def test_a_value_that_is_not_there_is_named() -> None:
    with pytest.raises(BadOption, match=r"value for \{sku\}"):
        Template.read("{sku}.jpg", "", 1).name(VALUES)
    with pytest.raises(BadOption, match=r"value for \{sku\}"):
        Template.read("{sku}.jpg", "", 1).name({**VALUES, "sku": "  "})
    assert Template.read("{path}.jpg", "", 1).name({"path": "  "}) == "  .jpg"
    with pytest.raises(BadOption, match=r"got none \(did you mean sku\?\)"):
        Template.read("{skuu}.jpg", "", 1).name({**VALUES, "sku": "A1"})


def test_what_a_value_holds_is_text_and_no_template() -> None:
    name = Template.read("{stem}.{ext}", "", 1).name({**VALUES, "stem": "{digest} {0.__class__}"})
    assert name == "{digest} {0.__class__}.webp"


@pytest.mark.parametrize(
    "name",
    [
        *("../a.jpg", "a/../../b.jpg", "/etc/a.jpg", "a//b.jpg", "a/./b.jpg", "", "a/", ".."),
        *("\u202egpj.exe", "a\u2028.jpg", "a\x9b.jpg", "CON.jpg", "a/aux", "nul .tar.gz"),
        *("a\0.jpg", "a\nb.jpg", "\udcff.jpg", "x" * 256, "ä" * 128, "/".join(["ab"] * 400)),
        *(
            "manifest.jsonl",
            "analysis.parquet",
            "manifest.jsonl/a.jpg",
            "Analysis.JSONL",
            ".FOVEATE-batch/manifest.sqlite3",
            ".foveate-batch/manifest.sqlite3",
        ),
    ],
)
def test_names_that_lead_elsewhere_or_nowhere_are_refused(name: str) -> None:
    with pytest.raises(BadOption):
        checked_name(name)


@pytest.mark.parametrize("name", ["contra.jpg", "console/aux1.jpg", "a/x.con", "com.jpg"])
def test_names_that_only_look_like_devices_are_names(name: str) -> None:
    assert checked_name(name) == name


def test_names_that_some_disk_takes_for_one_have_one_claim() -> None:
    assert claim_of("Trip/A.JPG") == claim_of("trip/a.jpg")
    assert claim_of("caf\u00e9.jpg") == claim_of("cafe\u0301.jpg")
    assert claim_of("a.jpg") != claim_of("b.jpg")
