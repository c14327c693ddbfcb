"""Results: page by page, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.errors import SourceNotFound
from foveate.jobs.places import TABLES, Place
from foveate.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_pages_of_any_length_have_all_tables(tmp_path: Path) -> None:
    place = Place(str(tmp_path), Settings())
    for table in TABLES:
        (tmp_path / table).write_text("{}")
    for limit in (1, 2, 100):
        found, after = list[str](), ""
        while page := [each.name for each in place.results(after, limit)]:
            found += page
            after = page[-1]
        assert found == list(TABLES)


@pytest.mark.parametrize(
    "name", ["\0", "a" * 5000, "../a.jpg", ".foveate-batch/lock", "", "no.jpg"]
)
def test_what_no_job_made_is_no_result(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        Place(str(tmp_path), Settings()).file(name)
