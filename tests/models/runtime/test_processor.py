from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.models.runtime.processor import Processor, this_processor

if TYPE_CHECKING:
    from pathlib import Path

CPUINFO = """processor\t: 0
model name\t: Some Maker's 9000
flags\t\t: fpu avx2 {flags}

processor\t: 1
model name\t: Some Maker's 9000
flags\t\t: fpu avx2 {flags}
"""


@pytest.mark.parametrize(
    ("flags", "units", "bf16"),
    [
        ("avx512f", (), False),
        ("avx512f avx512_vnni", ("AVX512-VNNI",), False),
        ("avx512_vnni avx512_bf16", ("AVX512-BF16", "AVX512-VNNI"), True),
        ("amx_bf16 amx_tile amx_int8", ("AMX-BF16", "AMX-INT8"), True),
    ],
)
def test_the_kernel_says_which_units_a_processor_has(
    tmp_path: Path, flags: str, units: tuple[str, ...], bf16: bool
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(CPUINFO.format(flags=flags))
    found = this_processor(file)
    assert (found.name, found.units, found.bf16) == ("Some Maker's 9000", units, bf16)
    assert found.cores >= 1


def test_a_kernel_that_says_nothing_leaves_the_kind_of_processor(tmp_path: Path) -> None:
    found = this_processor(tmp_path / "none")
    assert found.name
    assert not found.bf16
    assert str(Processor("Old One", 1)) == "Old One (no matrix units)"
