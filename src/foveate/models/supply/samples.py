"""Sample pictures to try things on, out of the scikit-image wheel."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Task

_SCIKIT_IMAGE: Final = Artefact(
    file="scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    bytes=13_711_217,
    sources=("pypi:scikit-image==0.26.0",),
)

SAMPLES: Final = (
    ModelCard(
        name="astronaut",
        task=Task.SAMPLE,
        file="samples/astronaut.png",
        sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        bytes=791_555,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/astronaut.png",
        licence="public domain",
        upstream="NASA Great Images, Eileen Collins; no known copyright restrictions",
        output="512 x 512 portrait",
    ),
    ModelCard(
        name="chelsea",
        task=Task.SAMPLE,
        file="samples/chelsea.png",
        sha256="596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        bytes=240_512,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/chelsea.png",
        licence="CC0-1.0",
        upstream="Stefan van der Walt, CC0",
        output="451 x 300 photo of a cat",
    ),
    ModelCard(
        name="coffee",
        task=Task.SAMPLE,
        file="samples/coffee.png",
        sha256="cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        bytes=466_706,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/coffee.png",
        licence="CC0-1.0",
        upstream="Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0",
        output="600 x 400 photo of a cup",
    ),
    ModelCard(
        name="rocket",
        task=Task.SAMPLE,
        file="samples/rocket.jpg",
        sha256="c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        bytes=112_525,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/rocket.jpg",
        licence="public domain",
        upstream="SpaceX, launch of DSCOVR, released into the public domain",
        output="640 x 427 photo of a launch",
    ),
)
