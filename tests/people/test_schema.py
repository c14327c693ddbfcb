"""What a row can hold, and what is refused before it is one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from people_faces import MODEL, face, unit

from foveate.errors import BadOption
from foveate.people.schema import DEEPEST, checked_text, metadata_text, to_faces, to_table


@pytest.mark.parametrize("name", ["id", "subject", "source", "digest"])
def test_texts_that_are_no_utf_8_are_refused_by_what_they_are(name: str) -> None:
    # As Python has the name of a file that is in another encoding.
    with pytest.raises(BadOption, match=rf"its {name} in UTF-8, got 'Zo\\udceb.jpg'"):
        to_table([face(unit(1)[0], **{name: "Zo\udceb.jpg"})], MODEL)


def test_texts_in_any_script_come_back_as_they_were() -> None:
    told = face(unit(1)[0], "Zoë \U0001f600", source="北京/1.jpg", metadata={"ü": "\U0001f600"})
    assert list(to_faces(to_table([told], MODEL))) == [told]
    assert checked_text("北京", "a city") == "北京"


def nested(levels: int) -> dict[str, Any]:
    inner: Any = 1
    for level in range(levels - 1):
        inner = [inner] if level % 2 else {"a": inner}
    return {"a": inner}


@pytest.mark.parametrize("levels", [DEEPEST + 1, 300, 990, 1_000, 5_000])
def test_metadata_has_no_more_levels_than_can_be_told(levels: int) -> None:
    with pytest.raises(BadOption, match="Expected metadata"):
        metadata_text(nested(levels))
    assert json.loads(metadata_text(nested(DEEPEST))) == nested(DEEPEST)
    assert metadata_text({"a": [{}] * 200, "b": "[" * 200}).count("{}") == 200
