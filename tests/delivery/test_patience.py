from __future__ import annotations

from foveate.delivery.patience import begun_by, kept_waiting


def test_a_quarter_of_its_time_has_to_be_left_for_what_is_begun() -> None:
    assert begun_by(until=1020.0, timeout_s=20.0) == 1015.0


def test_it_took_too_long_by_itself_where_it_had_half_of_its_time() -> None:
    assert not kept_waiting(10.0, 20.0)
    assert kept_waiting(10.1, 20.0)
