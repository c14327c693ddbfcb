"""`foveate recognise`, as people read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.cli.recognise import line
from foveate.errors import WeightsMissing
from foveate.geometry.box import Box, Size
from foveate.service.stages.search import SubjectMatch
from foveate.service.told import Found, Told
from foveate.values import Face

if TYPE_CHECKING:
    from foveate.errors import FoveateError

FACE = Face(Box(10.4, 20.6, 100, 120), 0.9, ((0.0, 0.0),) * 5)
MATCH = SubjectMatch(subject="ada", face="f1", cosine=0.8, probability=0.991)


def said(stage: str, value: Any = None, error: FoveateError | None = None) -> str:
    return line(Told(stage=stage, value=value, ms=1, at_ms=24.6, error=error))


@pytest.mark.parametrize(
    ("stage", "value", "expected"),
    [
        ("faces", Found(Size(64, 48), (FACE,)), "1 face in 64x48: 100x120 at 10,21"),
        ("faces", Found(Size(64, 48), ()), "0 faces in 64x48"),
        ("embedding", [np.zeros(512, np.float32)], "512 numbers"),
        ("age", [30.4, 0.3], "30 years (21-40); 0 years (0-2)"),
        ("gender", [{"female": 0.69, "male": 0.31}], "female 69%"),
        ("search", [[MATCH], []], "99.1% likely ada (cosine 0.800); nobody who is known"),
        ("search", [[replace(MATCH, probability=0.9999)]], "over 99.9% likely ada (cosine 0.800)"),
        ("search", [], "nobody"),
    ],
)
def test_a_stage_is_a_line(stage: str, value: Any, expected: str) -> None:
    assert said(stage, value) == f"    25 ms  {stage:9}  {expected}"


def test_a_stage_that_failed_says_what_to_do() -> None:
    assert "models pull expression" in said("emotion", error=WeightsMissing("expression"))
