"""How far a dataset is, in words."""

from __future__ import annotations

from foveate.cli.dataset_progress import far


def test_what_another_server_makes_is_told_of_as_far_as_it_is_seen() -> None:
    seen = {"chunks": 2, "of_chunks": 3, "samples": 9, "of_samples": 12}
    assert far({**seen, "eta_s": 7.4}) == "pictures, 2 of 3 chunks, 7 s left"
    assert far(seen) == "pictures, 2 of 3 chunks"
    assert far({"chunks": 2}) == "pictures, 2 chunks"
