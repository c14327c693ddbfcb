"""The cards of fonts for designs: open ones, as the packages of Google Fonts and Noto carry them.

They are the only fonts that a design is drawn with, so it looks the same on every machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.models.supply.card import Artefact, Face, ModelCard, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

_STYLE: Final = re.compile(r"(?P<weight>\d+)[A-Za-z]+?(?P<italic>_Italic)?")
_SHORT: Final = {
    "Bebas Neue": "bebas-neue",
    "JetBrains Mono": "jetbrains-mono",
    "Noto Emoji": "noto-emoji",
    "Noto Sans Arabic": "noto-arabic",
    "Playfair Display": "playfair",
}
"""What cards are called by where that is not the family's name."""
_REGIONS: Final = ("JP", "KR", "SC", "TC", "HK")
"""In the order of the collection: one drawing of each character for each."""


def _family(
    family: str, artefact: Artefact, files: str, *, whose: str, about: str
) -> Iterator[ModelCard]:
    """Give a card for each line of `files`: the style as the package spells it, bytes, sha256."""
    stem = family.replace(" ", "")
    for style, size, sha256 in map(str.split, files.strip().splitlines()):
        told = _STYLE.fullmatch(style)
        assert told is not None  # noqa: S101 - they are written here
        face = Face(family=family, weight=int(told["weight"]), italic=bool(told["italic"]))
        yield ModelCard(
            name=f"{_SHORT.get(family, stem.lower())}-{face.weight}{'i' * face.italic}",
            task=Task.FONT,
            file=f"fonts/{stem}_{style}.ttf",
            sha256=sha256,
            bytes=int(size),
            artefact=artefact,
            member=f"package/{style}/{stem}_{style}.ttf",
            faces=(face,),
            licence="OFL-1.1",
            upstream=f"{whose}, by way of Google Fonts",
            output=f"{face}: {about}",
        )


_EAST_ASIAN: Final = ModelCard(
    name="noto-sans-cjk",
    task=Task.FONT_CJK,
    file="fonts/NotoSansCJK-VF.otf.ttc",
    sha256="d3d8256cdec8dbcb3552284bc6b20c734dd60c2ee9df83b5758e34807c4bac32",
    bytes=32_682_580,
    artefact=Artefact(
        file="manimgx_fonts_cjk-2026.9.26.post1-py3-none-any.whl",
        sha256="05d5584c73877f37427cf0ca8067f5bacea2b596c7be79e8aedd634bb9f2b666",
        bytes=19_785_596,
        sources=("pypi:manimgx-fonts-cjk==2026.9.26.post1",),
    ),
    member="manimgx_fonts_cjk/NotoSansCJK-VF.otf.ttc",
    faces=tuple(
        Face(family=f"Noto Sans {region}", index=index, weights=(100, 900))
        for index, region in enumerate(_REGIONS)
    ),
    licence="OFL-1.1",
    upstream="Adobe's Source Han Sans, as Google's Noto publishes it",
    output="Noto Sans JP, KR, SC, TC and HK in every weight from 100 to 900: Chinese, Japanese, "
    "Korean",
)

FONTS: Final = (
    *_family(
        "Inter",
        Artefact(
            file="expo-google-fonts-inter-0.4.2.tgz",
            sha256="b5c1e5878c07a5637169da9f7b1f370c69709f1f8de55998e2522f7aa9dfe2a9",
            bytes=4_835_817,
            sources=("npm:@expo-google-fonts/inter@0.4.2",),
        ),
        """
        400Regular 342408 a414b48aa577ef2c62ebb135341ddeef33ee26a4f5dc9f787f93c1aab08ebb50
        400Regular_Italic 345956 c8c09e4bd08de7b901b4561f16ce9bb1ab3ffa420cfaef9f2a40286e14300e75
        600SemiBold 343632 f30e9d2574c3bec5144347ff965f9841c8f06857f0b7383000f8c9489a161841
        700Bold 344072 fbe825cbfc749317f57a1433d3905aa9d3f388732fd29b8e8a36f34845e3bc3e
        900Black 344840 1361749967ed6df22a31a2f320153a931b4154d7e3755d05fb98ed76bd35cb8c
        """,
        whose="The Inter Project Authors",
        about="Latin, Greek, Cyrillic: a grotesque for everything",
    ),
    *_family(
        "Montserrat",
        Artefact(
            file="expo-google-fonts-montserrat-0.4.2.tgz",
            sha256="27dfd624c74ba3240597a643d580ea8fe043eda17aceeee50364e08d542cd78e",
            bytes=4_621_032,
            sources=("npm:@expo-google-fonts/montserrat@0.4.2",),
        ),
        """
        400Regular 330948 ef9cf99f0175bef530b88934bd904fcf56f773cec6fd4dfb8ccaf7ce2bbd395e
        600SemiBold 333988 9c4db3814875410e7d64fdc8e69676c3b84968bb15bf3ace8b3944c59fbc56b6
        800ExtraBold 344052 5cf0a23133ccce35f9e115b8dbbf90434201827bc2465d12f9d91bbf02cf9466
        """,
        whose="The Montserrat Project Authors",
        about="Latin, Cyrillic: a geometric sans for headlines",
    ),
    *_family(
        "Playfair Display",
        Artefact(
            file="expo-google-fonts-playfair-display-0.4.2.tgz",
            sha256="32881439ce695ae85d7d949d4645825a5cb6bac0d464d0ffa09126c922e44e52",
            bytes=2_722_846,
            sources=("npm:@expo-google-fonts/playfair-display@0.4.2",),
        ),
        """
        400Regular 193380 861f838d481d28cbbd4793e45dc02f01d04c81e06ed98ab2779ca152ace9f27b
        400Regular_Italic 177972 40a6afa92220254c2c426ccef129d3615dd19e4c591fbfa997e5f28ebba8302c
        700Bold 193720 4f3b87b5aa297eed5e5a48dbd9941356ca0313d4725b02c29a298cb042b7b31b
        900Black 193608 33951b6bbeddb44347f1dbf0fe4e4d30f759a0048c7d5a5d900c5e1c90565ce0
        """,
        whose="The Playfair Display Project Authors",
        about="Latin, Cyrillic: a serif of high contrast for titles",
    ),
    *_family(
        "Lora",
        Artefact(
            file="expo-google-fonts-lora-0.4.2.tgz",
            sha256="ce5358724e12aa5b7fab7c487982d696f5c4809c470ea081d0a8c541b801a637",
            bytes=1_430_770,
            sources=("npm:@expo-google-fonts/lora@0.4.2",),
        ),
        """
        400Regular 133888 7ed00e7c9cdf16ab7e2fd2361fe45d4f0b61263cd60aae398b27b7ee08108827
        400Regular_Italic 139328 be627e595184e8afe521f08da0607eee613f1997d423bc8dadc5798995581377
        700Bold 133828 7d74015e950c2fb66519c7295b8155621d22200ae2ca2a4c6b43ce3c490cac87
        """,
        whose="The Lora Project Authors",
        about="Latin, Cyrillic: a serif for reading",
    ),
    *_family(
        "Oswald",
        Artefact(
            file="expo-google-fonts-oswald-0.4.2.tgz",
            sha256="0cc1d71781b4a5c6c0e6f8b346a71e3f898529e5343ffe34911f98232af2e78c",
            bytes=713_932,
            sources=("npm:@expo-google-fonts/oswald@0.4.2",),
        ),
        """
        400Regular 87248 147373bfe10a9b1e0eb649bcf6408566d0cb7334271845f24d4c224cca1c4412
        600SemiBold 87604 901c0d593fcb06080fd49d01262391254e472efd4e1d21734557e9ef869922d6
        """,
        whose="The Oswald Project Authors",
        about="Latin, Cyrillic: narrow, for headlines",
    ),
    *_family(
        "Bebas Neue",
        Artefact(
            file="expo-google-fonts-bebas-neue-0.4.1.tgz",
            sha256="a4f04895fbabc48ba3a0cff976bb8b9ba2078cf48dd0b63a73fc538e7e6326a0",
            bytes=108_601,
            sources=("npm:@expo-google-fonts/bebas-neue@0.4.1",),
        ),
        """
        400Regular 57676 830ea186acffc2316ed1a4e42319246ba3b46b04e33a211079249bf901193f04
        """,
        whose="Dharma Type",
        about="Latin capitals: narrow, for posters",
    ),
    *_family(
        "Caveat",
        Artefact(
            file="expo-google-fonts-caveat-0.4.2.tgz",
            sha256="83d530c10d893c03c5d2e2c1a7c52532ffb4de7eb8d8cfcf81bad0dfedfc959f",
            bytes=909_317,
            sources=("npm:@expo-google-fonts/caveat@0.4.2",),
        ),
        """
        400Regular 256968 271ee7c4a60b1be2ba13a66990e7475c76c982ac6e906c9db25139976282f6b8
        700Bold 257316 b42cc772f3528d9150c29d6051e2ed3fd472ad4e584c73fe1500ee628d6b1ac0
        """,
        whose="The Caveat Project Authors",
        about="Latin, Cyrillic: written by hand",
    ),
    *_family(
        "JetBrains Mono",
        Artefact(
            file="expo-google-fonts-jetbrains-mono-0.4.1.tgz",
            sha256="aead50085a2d56fffdac882c5945f9fc4e4785ccb5c8d6f1988f21faa1737c9a",
            bytes=2_359_830,
            sources=("npm:@expo-google-fonts/jetbrains-mono@0.4.1",),
        ),
        """
        400Regular 114904 b6b1ff4ddefe36d7f2a6174e1d001cab374e594519ee9049af028d577b64c5f5
        700Bold 114828 a2349098b9e45419e7bf0e2958d6c4937a049dded37387b08be725be4c7615f3
        """,
        whose="The JetBrains Mono Project Authors",
        about="Latin, Greek, Cyrillic: of one width",
    ),
    *_family(
        "Heebo",
        Artefact(
            file="expo-google-fonts-heebo-0.4.2.tgz",
            sha256="3628f08b80dea7099c9ba0aa81e2019118fd6eccc0137d181505a3b5e330a10d",
            bytes=1_034_538,
            sources=("npm:@expo-google-fonts/heebo@0.4.2",),
        ),
        """
        400Regular 56324 0e104baeec4972ed144d65e0cda202db4667037f4da23255e40490a9dc9f0ccb
        700Bold 56812 121107da8abd83108cf3070bc16df827ff8dc8553affd47309d20f63060824c1
        900Black 57160 cd59a0451470cb4cb9d4754ebd9b715e97fc4b1e8b29205e0e1e2b62fc888818
        """,
        whose="The Heebo Project Authors",
        about="Hebrew, Latin",
    ),
    *_family(
        "Noto Sans Arabic",
        Artefact(
            file="expo-google-fonts-noto-sans-arabic-0.4.3.tgz",
            sha256="29e966f9d48a4ce7dd3c2c4c016f29cd888089538217303fb2c87de9e7f048ed",
            bytes=1_778_562,
            sources=("npm:@expo-google-fonts/noto-sans-arabic@0.4.3",),
        ),
        """
        400Regular 194176 252629ca0e87b6233851249b8cbf7b43445211a8caf199f1b306a19202251508
        700Bold 194380 a86a704ff8b315082f4859b04c2f8f746f4cefb14553ef10505f143e0d4829d3
        900Black 194404 590e368161b4bfbeb9aad348ddc8832a05a60212821f02a2e380ecf0333f5d02
        """,
        whose="The Noto Project Authors",
        about="Arabic, Persian, Urdu",
    ),
    *_family(
        "Noto Emoji",
        Artefact(
            file="expo-google-fonts-noto-emoji-0.4.7.tgz",
            sha256="6a25fd5a4da5bb34bbc2d300531bbf32de86afd866e119314d7e358f61a6104d",
            bytes=2_961_105,
            sources=("npm:@expo-google-fonts/noto-emoji@0.4.7",),
        ),
        """
        400Regular 886572 24aaa2a20c9c06ffe9bf04284bfd1f14376a329d10122f902abe2770817eb504
        """,
        whose="Google",
        about="emoji in one colour, that of the text",
    ),
    _EAST_ASIAN,
)
