"""From settings to the stages that run elsewhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from foveate.remote.caller import Caller
from foveate.remote.channel import open_channel
from foveate.remote.look import FacesAfar, LooksAfar
from foveate.remote.stages import EmbedAfar, PreprocessAfar, ReadAfar, SearchAfar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from foveate.remote.caller import Opens
    from foveate.settings import Settings


class Afar:
    """The stages of one process that run elsewhere, and the connections to them."""

    def __init__(self, settings: Settings, opens: Opens = open_channel) -> None:
        """Raise BadSettings and BadInstallation: later nobody would be there to hear it."""
        stages, self._shared = settings.stages, bool(settings.references.folder)
        open_channel("127.0.0.1:1", stages, settings.rpc).close()
        self.callers = {
            name: Caller(name, target, stages, settings.rpc, opens)
            for name, target in stages.named.items()
        }

    def recognition(self, reads: Iterable[tuple[str, ...]]) -> dict[str, Any]:
        """Return those fields of a Recogniser that run elsewhere; `reads` are words of networks."""
        callers, found = self.callers, dict[str, Any]()
        if "preprocessor" in callers:
            found["preprocess"] = PreprocessAfar(callers["preprocessor"], self._shared).prepare
        if "embedder" in callers:
            found["embed"] = EmbedAfar(callers["embedder"])
        if "analyzer" in callers:
            found["reads"] = {words: ReadAfar(callers["analyzer"], words) for words in reads}
        if "searcher" in callers:
            found["search"] = SearchAfar(callers["searcher"])
        return found

    def networks(self) -> Mapping[str, Callable[[Any], Any]]:
        """Return what makes of networks here those that look elsewhere, by their names."""
        caller = self.callers.get("look")
        if caller is None:
            return {}
        faces, looks = partial(FacesAfar, caller=caller), partial(LooksAfar, caller=caller)
        return {
            "faces": faces,
            "fine-faces": faces,
            "doubtful-faces": faces,
            "saliency": looks,
        }

    def close(self) -> None:
        """Let go of all connections."""
        for caller in self.callers.values():
            caller.close()
