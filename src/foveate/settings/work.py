"""What work is done at once, with which networks, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import (
    AGE,
    CAPACITY,
    CORES,
    FOLDER_OR_BUCKET,
    LICENCES,
    LIMIT,
    LOOK,
    LOOK_FOR_TEXT,
    MIB,
    REQUESTS,
    SCORE,
    SHARE,
    WAIT,
    Engine,
    Provider,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """What caches keep, where, and the size of each."""

    folder: str = setting(
        "", "Keep renditions and analyses here; empty is the user's cache folder."
    )
    memory_bytes: int = setting(
        32 * MIB, "Hold at most this many bytes of renditions in memory.", CAPACITY
    )
    disk_bytes: int = setting(
        1024 * MIB, "Hold at most this many bytes of renditions on disk.", CAPACITY
    )
    mezzanine_bytes: int = setting(
        48 * MIB,
        "Hold at most this many bytes of decoded pixels of sources that are asked for in several "
        "sizes; 0 decodes for each.",
        CAPACITY,
    )
    analysis_memory_bytes: int = setting(
        4 * MIB, "Hold at most this much analysis in memory.", CAPACITY
    )
    analysis_disk_bytes: int = setting(
        64 * MIB, "Hold at most this much analysis on disk.", CAPACITY
    )
    shared: str = setting(
        "",
        "Share renditions with other servers in this folder or s3://BUCKET/PREFIX, whose service "
        "`origins.s3_*` name: what one has made no other one makes. Empty shares nothing.",
        FOLDER_OR_BUCKET,
    )
    recompress_hits: int = setting(
        0,
        "Encode what is asked for so often within an hour once more, at more effort, while nobody "
        "waits for a picture; 0 never does.",
        REQUESTS,
    )
    browser_ttl_s: int = setting(
        14_400, "`Cache-Control: max-age` when the origin names none.", AGE
    )
    browser_stale_s: int = setting(
        0,
        "For so long after that browsers and caches in front may show a picture while they ask "
        "anew, `stale-while-revalidate`; 0 does not tell them.",
        AGE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is worked on at once, and how much may wait."""

    workers: int = setting(
        0, "Renditions worked on at once; 0 is the number of cores.", Meta(ge=0, le=CORES)
    )
    queue: int = setting(
        64, "Requests that may wait for a worker; beyond it the answer is 503.", REQUESTS
    )
    fetches: int = setting(
        16, "Originals fetched, or waiting for a worker, in memory at once.", REQUESTS
    )
    max_body_reads: int = setting(
        8, "Request bodies read into memory at once.", Meta(ge=1, le=100_000)
    )
    memory_bytes: int = setting(
        2048 * MIB,
        "Pictures in flight, by estimate, and loaded networks may take this much; beyond it "
        "requests wait. Half of it is for networks: beyond that the longest idle is unloaded "
        "before another is loaded. Messages over gRPC may take a quarter as much beside.",
        LIMIT,
    )
    unsent_bytes: int = setting(
        256 * MIB,
        "Answers may wait in memory with this many bytes for clients that do not read, the same "
        "bytes counted once; beyond it those who read slowest are cut off.",
        LIMIT,
    )
    client_share: float = setting(
        0.25,
        "When places for request bodies are short, clients with more than this part of them come "
        "last; twice as much of the connections is the most that one address may have. 1 is all: "
        "for where a proxy hides the addresses.",
        SHARE,
    )
    retry_after_s: int = setting(2, "What `Retry-After` says when the queue is full.", WAIT)
    stop_timeout_s: int = setting(
        20, "Let running requests finish for this long when stopping.", WAIT
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Where networks come from and where they lie."""

    folder: str = setting("", "Keep weights here; empty is the user's data folder.")
    bundle: str = setting("", "Take artefacts from this folder instead of the package clients.")
    offline: bool = setting(default=False, about="Never reach for a package index or the network.")
    acknowledged_licences: tuple[str, ...] = setting(
        (),
        "Research-only or copyleft licences that you accept, by the name the card gives.",
        LICENCES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """How networks run."""

    provider: Provider = setting("cpu", "Execution provider of onnxruntime.")
    engine: Engine = setting(
        Engine.AUTO,
        "What runs networks; auto is OpenVINO in bfloat16 where the "
        "processor has units for it and `foveate doctor --check` found it faster and as good.",
    )
    idle_s: int = setting(600, "Unload a network that nobody asked for this long; 0 is never.", AGE)
    threads: int = setting(
        1,
        "Threads inside one inference; requests already run side by side. onnxruntime looks for "
        "faces, which all else waits for, with two at least where there are two cores.",
        Meta(ge=1, le=CORES),
    )
    join_faces: int = setting(
        0,
        "Faces of concurrent requests that a network may look at together; 0 is what gains where "
        "it runs, which on processors is mostly one.",
        Meta(ge=0, le=256),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Uploads that stages and later requests are handed by reference, for a while."""

    folder: str = setting(
        "",
        "Keep them in this folder or s3://BUCKET/PREFIX, whose service `origins.s3_*` name; empty "
        "is beside the caches.",
        FOLDER_OR_BUCKET,
    )
    ttl_s: int = setting(600, "Remove each after this long.", Meta(ge=1, le=7 * 24 * 3600))
    max_bytes: int = setting(1024 * MIB, "Keep at most this many bytes of them.", LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """How faces are looked for, and from when on they count."""

    long_side: int = setting(
        640, "Bring a picture's long side to this before looking for faces.", LOOK
    )
    max_enlarge: float = setting(
        2.0, "Enlarge small pictures at most this much for the detector.", Meta(ge=1, le=16)
    )
    second_look: int = setting(
        1000,
        "Look again at what may be small faces, in pictures from 1920 pixels on without a large "
        "one, with the long side at so many pixels; 0, or no more than `long_side`, is never.",
        Meta(ge=0, le=4096),
    )
    score: float = setting(0.5, "A face counts from this score on.", SCORE)
    gravity_score: float = setting(0.75, "A crop cares for faces from this score on.", SCORE)
    redact_score: float = setting(
        0.3, "`redact=faces` hides faces from this score on: rather one too many.", SCORE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """From when on things count."""

    score: float = setting(
        0.35, "A thing counts from this score on; from 0.5 on few are something else.", SCORE
    )
    gravity_score: float = setting(0.35, "A crop cares for things from this score on.", SCORE)
    redact_score: float = setting(
        0.1, "`redact=object` hides things from this score on: rather one too many.", SCORE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """How lines of text are looked for, and from when on they count."""

    long_side: int = setting(
        640, "Bring a picture's long side to this before looking for text.", LOOK_FOR_TEXT
    )
    score: float = setting(0.5, "A line of text is read from this score on.", SCORE)
    gravity_score: float = setting(
        0.8,
        "A crop cares for lines from this score on, their `detection_score`; without any, "
        "`gravity=text` also for lines from `score` on that surely read as writing.",
        SCORE,
    )
    redact_score: float = setting(
        0.3, "`redact=text` hides lines from this score on: rather one too many.", SCORE
    )
    crops: bool = setting(
        default=False,
        about="Let crops by faces, objects or what draws the eye look for text as well, and cut "
        "no line that they can spare; `gravity=text` does in any case.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The face index: where it lies, what is kept of a face, and from when on one is found."""

    folder: str = setting(
        "",
        "Keep the face index in this folder, or under s3://BUCKET/PREFIX; empty is the user's data "
        "folder.",
        FOLDER_OR_BUCKET,
    )
    keep_crops: bool = setting(
        default=False, about="Keep the cut-out face too, so that another network can read it anew."
    )
    confidence: float = setting(
        0.99,
        "Somebody is found when it is so likely that no stranger in the collection would look as "
        "alike by chance.",
        SCORE,
    )
    least_quality: float = setting(
        0.3, "A face is enrolled from this quality on, unless it is forced.", SCORE
    )
    compreface: bool = setting(
        default=False, about="Answer CompreFace's REST API below `/api/v1/`, for keys of ours."
    )
    staleness_s: float = setting(
        1.0,
        "What other processes changed is seen after this long; 0 looks for it in each search.",
        WAIT,
    )
    queue: int = setting(
        20_000, "Faces that may wait to be written; beyond it the answer is 503.", REQUESTS
    )
    cache_bytes: int = setting(
        256 * MIB, "Hold at most this much of the search index in memory.", CAPACITY
    )
    key_file: str = setting(
        "",
        "Encrypt the embeddings and crops of new collections with the first key of this file: 32 "
        "bytes as base64 or hex on each line, the newest first. Needs `foveate[people]`.",
    )
    key_command: str = setting(
        "",
        "Or with what this command prints, which asks a key management service; it is run once, "
        "without a shell.",
        secret=True,
    )
    sealed_faces: int = setting(
        250_000,
        "Encrypted collections are searched in memory, 3 KB for each face: hold at most so many "
        "faces, and let no such collection have more.",
        Meta(ge=1, le=100_000_000),
    )
    requests_per_minute: int = setting(
        600,
        "Requests that a key may make of each server process; beyond it the answer is 429. 0 is no "
        "limit.",
        REQUESTS,
    )
