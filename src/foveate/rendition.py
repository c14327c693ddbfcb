"""The answer: bytes and what is worth saying of them, and how a notebook shows it."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as PilImage

    from foveate.geometry.box import Size

SHOWN_INLINE: Final = frozenset({"image/png", "image/jpeg"})
"""What Jupyter takes as it is, in base64."""


@dataclass(frozen=True, slots=True, repr=False)
class Rendition:
    """The bytes we answer with, and what is worth saying about them.

    A notebook shows it as a picture; `bytes(rendition)` are its data.
    """

    data: bytes
    content_type: str
    size: Size | None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the answer: how it was made, e.g. `Foveate-Gravity`."""
    provisional: bool = False
    """Whether nobody is to keep it: something was away that would have made it better, or a mask
    of somebody's own picture made it."""

    def __repr__(self) -> str:
        return f"<Rendition {self.content_type} {self.size or 'sizeless'} {len(self.data):,} bytes>"

    def __bytes__(self) -> bytes:
        return self.data

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the bytes to a file, and return where.

        Raises OSError, and BadOption for a name whose ending says another format.
        """
        file = Path(path)
        named, _ = guess_type(file.name)
        if named and named.startswith("image/") and named != self.content_type:
            wanted = f"Expected a file name for {self.content_type}, got {file.name!r}."
            raise BadOption(f"{wanted} Ask for another format, or name it otherwise.")
        file.write_bytes(self.data)
        return file

    def to_pil(self) -> PilImage:
        """Return it as a PIL image. Raises ImportError without Pillow, and what Pillow raises."""
        # Only who asks for it needs Pillow.
        from PIL import Image  # noqa: PLC0415

        image = Image.open(BytesIO(self.data))
        image.load()
        return image

    def to_numpy(self) -> NDArray[np.uint8]:
        """Return it as (height, width), (height, width, 3) or (height, width, 4) uint8."""
        import numpy as np  # noqa: PLC0415

        image = self.to_pil()
        shown = "RGBA" if image.has_transparency_data else "RGB"
        grey = image.mode in {"1", "L"}
        return np.asarray(image.convert("L" if grey else shown))

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Return what Jupyter shows."""
        if self.content_type == "application/json":
            return {"application/json": json.loads(self.data), "text/plain": repr(self)}
        shown: object = self.data
        if self.content_type == "image/svg+xml":
            shown = self.data.decode()
        elif self.content_type in SHOWN_INLINE:
            shown = b64encode(self.data).decode()
        else:  # notebooks know few formats, and browsers many
            link = f"data:{self.content_type};base64,{b64encode(self.data).decode()}"
            return {"text/html": f'<img src="{link}">', "text/plain": repr(self)}
        return {self.content_type: shown, "text/plain": repr(self)}
