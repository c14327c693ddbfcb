"""The card of the network that says how near each place of a photo is."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

_CHECKPOINT: Final = "c7a87f34a432d11b831d9d27c531eaaef90e0282e2f8a7b87c0202b80ad76b2b"
_BYTES: Final = 914_272
_RAW: Final = "https://raw.githubusercontent.com/yu-li/TCMonoDepth"
_COMMIT: Final = "128a98c6478bfe5541c8eecfe7bc3f7459861b3b"

DEPTH: Final = (
    ModelCard(
        name="depth",
        task=Task.DEPTH,
        file="depth.onnx",
        sha256=_CHECKPOINT,
        bytes=_BYTES,
        # No package carries it: it comes from the repository of its authors, at one commit.
        artefact=Artefact(
            file="tcmonodepth_ckpt_small.pt.tar",
            sha256=_CHECKPOINT,
            bytes=_BYTES,
            sources=(f"{_RAW}/{_COMMIT}/weights/_ckpt_small.pt.tar",),
        ),
        build=("tcmonodepth-small",),
        built_bytes=745_000,
        reference=Reference(
            shape=(1, 3, 192, 320),
            mul=255,
            firsts=((0.31556, 0.31415, 0.31132, 0.31161),),
            means=(0.509584,),
            tolerance=1e-3,
        ),
        licence="MIT",
        upstream="yu-li/TCMonoDepth (small), MIT; the repository does not state on which pictures "
        "it was trained",
        input="input: float32 (batch, 3, height, width), RGB 0..255, stretched to 320 x 192",
        output="nearness (batch, 1, height, width): relative, the larger the nearer",
    ),
)
