"""Schemas of strangers, by which a check may take for ever."""

from __future__ import annotations

import time
from typing import Any

import pytest

from foveate.datasets.apart import canonical_apart
from foveate.datasets.identity import canonical, whole
from foveate.datasets.schema import is_quick
from foveate.errors import BadConfiguration

SLOW = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}


def several(levels: int) -> Any:
    """Return a schema that has a choice at each level."""
    inner: Any = {"type": "integer"}
    for _ in range(levels):
        inner = {"anyOf": [{"type": "string"}, inner]}
    return {"properties": {"a": inner}}


@pytest.mark.parametrize(
    ("config", "schema"), [({"a": "a" * 60 + "b"}, SLOW), ({"a": 1}, several(30))]
)
def test_a_check_that_takes_for_ever_is_ended(config: Any, schema: Any) -> None:
    began = time.monotonic()
    with pytest.raises(BadConfiguration, match=r"within 1\.5 s, got one that takes longer"):
        canonical_apart(config, schema, 1.5)
    assert time.monotonic() - began < 10


def test_a_check_that_breaks_off_is_not_said_to_take_long() -> None:
    # An anchor where no schema is: the library looks for it there in vain.
    schema = {"unknown": {"a": {"$anchor": "x"}}, "properties": {"a": {"$ref": "#x"}}}
    with pytest.raises(BadConfiguration, match=r"can be checked by its schema, got exit code 1 "):
        canonical_apart({"a": 1}, schema)


@pytest.mark.parametrize("schema", [SLOW, {"properties": {"a": {"type": "string"}}}])
def test_what_a_process_of_its_own_says_is_what_is_said_here(schema: Any) -> None:
    config = {"seed": 3.0, "a": "aa"}
    assert canonical_apart(config, schema) == canonical(config, whole(schema))
    with pytest.raises(BadConfiguration, match=r"^config\.a: expected string, got 3\.$"):
        canonical_apart({"a": 3}, schema)
    with pytest.raises(BadConfiguration, match="half of a pair"):
        canonical_apart({"a": "\ud800"}, schema)


def test_only_schemas_that_may_be_slow_need_a_process() -> None:
    text = {"type": "string", "maxLength": 9, "default": "a"}
    assert is_quick({"properties": {"a": text}})
    assert is_quick({"type": "object", "properties": {"pattern": text, "contains": text}})
    assert is_quick({"properties": {"a": {"default": {"pattern": "a"}}}})
    assert not is_quick({"properties": {"default": {"pattern": "^(a+)+$"}}})
    assert not is_quick({"dependencies": {"default": {"pattern": "^(a+)+$"}}})
    assert not is_quick({"unknown": {"unknown": {"pattern": "^(a+)+$"}}})
    assert not is_quick(SLOW)
    assert not is_quick(several(1))
