"""Every way in which Foveate says no, as nouns.

The core raises these; it knows no status code. `server/errors.py` maps them to HTTP and
`cli` to exit codes. `public` is the one sentence that may leave the building, `str(error)`
is for the log.

    FoveateError
    ├── BadRequest                 what was asked cannot be done
    │   ├── BadOption              a value out of its range, or options that contradict each other
    │   ├── UnknownOption          strict mode only
    │   ├── UnknownPreset          a name that no preset has
    │   ├── OptionNotAllowed       not on this server, or not for the key that signed
    │   ├── FlexibleVariantsOff    options where only the variant of a hosted image may stand
    │   ├── UnsupportedOption      a known option whose capability is not installed here
    │   ├── NotTranslated          a word of another service that has no counterpart here
    │   ├── NameTaken              two pictures of a batch that would have one name
    │   ├── BadUrl                 the source or the path around it is no URL of ours
    │   ├── BadBody                a POST body that is neither a picture nor JSON we know
    │   ├── BodyTooSlow            a POST body that stops coming, or trickles
    │   ├── OriginNotAllowed       a source outside the allow-list, or a private address
    │   ├── BadSignature           no signature where one is required, or a wrong one
    │   ├── LinkExpired            the signature was right once
    │   ├── BadToken               a call without the token that it needs
    │   ├── ResizingLoop           the request already came through an image resizer
    │   ├── NotEnrolled            no such collection, subject or face
    │   │   ├── UnknownCollection  ├── UnknownSubject       └── UnknownFace
    │   ├── UnknownMask            a mask that nobody selected, or whose time is over
    │   ├── OtherMask              a mask of a picture of another shape
    │   ├── OtherModel             embeddings of one network where those of another are kept
    │   ├── SubjectTaken           a new subject by a name that one has
    │   ├── CollectionFull         a sealed collection has as many faces as it may
    │   ├── FaceRefused            no face to enrol, or one by which nobody would be found again
    │   ├── KeyNeeded              the face index, jobs or datasets asked without a key
    │   ├── ScopeNotAllowed        a key that is not for that, or not for that collection
    │   ├── RateExceeded           a key used more often than it may be
    │   ├── UnknownJob             a job that there is not, or that is another key's
    │   ├── JobConflict            a job by a name or key of another one, or that has not ended
    │   ├── QuotaSpent             more jobs, or pictures in a day, than a key may have
    │   │   └── AllowanceSpent     more on language models in a day than a key may spend
    │   ├── EditRefused            no answer of a language model that may be done to the design
    │   ├── BadConfiguration       a configuration that its handler does not take
    │   ├── BadRaw                 raw data that says of itself what cannot be
    │   ├── UnknownDataset         ├── UnknownRaw           └── UnknownHandler
    │   ├── DatasetConflict        a dataset that is prepared, or a name that is taken
    │   ├── DatasetDamaged         a dataset whose files are not what they were
    │   ├── BadDesign              a design with words that there are not, or values that cannot be
    │   ├── DesignTooLarge         a design of more bytes, elements or letters than it may have
    │   ├── BadChange              a change set that says what cannot be
    │   ├── DesignConflict         a change set of another version of its design
    │   ├── UnknownBrand           a brand that the operator keeps none of by that name
    │   ├── UnknownDesign          a design, or a version of one, that is not kept here
    │   └── UnknownFont            a font of a design that no card has
    ├── SourceError                the original could not be had
    │   ├── SourceNotFound         ├── SourceTooLarge       ├── SourceUnreachable
    │   ├── SourceUnresolved       ├── SourceTimeout        ├── SourceFailed
    │   ├── TooManyRedirects       ├── CredentialsMissing   ├── PicturesMissed
    │   ├── SourceRefused          the origin has it, and does not hand it out
    │   │   └── BucketRefused      for what the keys of its bucket may
    │   └── DatasetsAway           where datasets are kept cannot be read or written
    ├── ImageError                 the original was had, and cannot be used
    │   ├── NotAnImage             ├── UnsupportedFormat    ├── BrokenImage
    │   ├── TooManyPixels          ├── AnimationTooLarge    └── EmptyImage
    ├── PictureBlocked             moderation flags the picture, and it is not to be shown
    ├── OutputTooLarge             the rendition would be beyond the limits
    │   └── AnswerTooLarge         it was made, and has more bytes than a function may answer
    ├── DrawingTooLarge            more pixels, layers or letters than may be drawn
    ├── UpscaleTooLarge            a network would have to look at more pixels than it may
    ├── HandlerFailed              a handler crashed, or broke a limit or its promises
    ├── DatasetFailed              a dataset that a server could not make
    ├── DatasetCancelled           a dataset that somebody wanted no more
    ├── RawChanged                 raw data changed while a dataset was made of it
    ├── NotWritten                 what was made could not be written where it belongs
    ├── DiskFull                   nothing can be written now: for want of room
    ├── DestinationAway            nothing can be written now: its bucket is away
    ├── EncodeFailed               libvips could not write the rendition
    ├── AssistantRefused           a language model's address does not take what is asked
    ├── Unavailable                not now
    │   ├── QueueFull              ├── MemoryBudgetSpent    ├── TimedOut
    │   ├── ServerBusy             its turn did not come in time
    │   ├── StageAway              a part that runs elsewhere cannot be reached
    │   ├── AssistantAway          a language model cannot be reached, or has too much to do
    │   ├── NotKept                an upload for which there is no room, or whose store fails
    │   ├── IndexFull              as many faces wait to be written as may wait
    │   ├── IndexLocked            another process writes to the face index
    │   ├── IndexNotWritten        the face index could not be written
    │   ├── AuditFailed            what must be noted could not be
    │   ├── BudgetSpent            no more may be spent in this day or month
    │   ├── LedgerUnusable         what was charged cannot be read or written
    │   ├── QueueUnusable          jobs cannot be read or written
    │   ├── DatasetsUnusable       what is noted of datasets cannot be read or written
    │   ├── DesignsUnusable        designs cannot be read or written
    │   ├── DecoderKilled          somebody ended a process that decodes or encodes
    │   └── ClientDisconnected     nobody waits for the answer any more
    ├── ModelError                 a network cannot be used
    │   ├── WeightsMissing         ├── WeightsCorrupt       ├── LicenceNotAcknowledged
    │   ├── DownloadFailed         ├── FontsMissing         └── UnknownModel
    ├── SealBroken                 what was sealed is not as it was: somebody changed it
    ├── BadSettings                found at start, all problems in one report
    │   └── SealedCollection       a collection whose key is not here
    └── BadInstallation            a package is missing, or is one that we do not work with
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class FoveateError(Exception):
    """The root. Its `public` sentence may be shown to anybody."""

    summary: ClassVar[str] = "Something went wrong on our side."

    def __init__(self, detail: str = "", *, public: str | None = None) -> None:
        super().__init__(detail or public or self.summary)
        self.public = public or self.summary


class BadRequest(FoveateError):
    """What was asked cannot be done. The detail is about the request alone, so it is public."""

    summary = "The request is not valid."

    def __init__(self, detail: str = "", *, public: str | None = None) -> None:
        super().__init__(detail, public=public or detail or None)


class BadOption(BadRequest):
    """A value out of its range, or options that contradict each other."""

    summary = "A value is one that it cannot be, or two contradict each other."


class UnknownOption(BadRequest):
    """An option that is not in the table, in strict mode."""

    summary = "There is no such option."


class UnknownPreset(BadRequest):
    """A name that no preset has."""

    summary = "There is no such preset."


class OptionNotAllowed(BadRequest):
    """An option that this server, or the key that signed the URL, does not allow."""

    summary = "This option is not allowed here."


class FlexibleVariantsOff(BadRequest):
    """Options in place of the variant of a hosted image, where only presets may stand."""

    summary = "Expected the name of a variant, got options."


class UnsupportedOption(BadRequest):
    """A known option whose capability is not part of this installation."""

    summary = "This option is not available here."


class NotTranslated(BadRequest):
    """A word of another service that we do not translate, or not beside the others."""

    summary = "A URL of another service asks for what is not translated."


class NameTaken(BadRequest):
    """Two pictures of a batch would be written under one name, or over what is there."""

    summary = "Another picture has this name."


class BadUrl(BadRequest):
    """The source, or the path around it, is no URL of ours."""

    summary = "Expected /cdn-cgi/image/<options>/<source>."


class BadBody(BadRequest):
    """A POST body that is neither a picture nor JSON that we know."""

    summary = (
        "The body is not what is taken here: of most routes a picture, a multipart form with "
        '"image", or JSON with "url".'
    )


class BodyTooSlow(BadRequest):
    """A POST body that stops coming, or comes so slowly that it keeps others from theirs."""

    summary = "The body did not come in time. Send it again, faster."


class OriginNotAllowed(BadRequest):
    """A source outside the allow-list, or one that resolves to an address we must not call."""

    summary = "This origin is not allowed."

    def __init__(self, detail: str = "", *, public: str | None = None) -> None:
        super().__init__(detail, public=public or self.summary)


class BadSignature(BadRequest):
    """No signature where one is required, or one that no key of ours made."""

    summary = "The URL needs a valid signature (sig)."


class LinkExpired(BadRequest):
    """The signature is right and its time is over."""

    summary = "This link has expired."


class BadToken(BadRequest):
    """A call without the token that is required, or with a wrong one."""

    summary = "The call needs the right token: authorization: Bearer TOKEN."


class ResizingLoop(BadRequest):
    """The request already came through an image resizer."""

    summary = "This request was already resized once (resizing loop)."


class NotEnrolled(BadRequest):
    """The face index does not have what was asked for."""

    summary = "There is nothing of that name in the face index."


class UnknownCollection(NotEnrolled):
    """No collection has that name."""

    summary = "There is no such collection."


class UnknownSubject(NotEnrolled):
    """Nobody of that name is enrolled in the collection."""

    summary = "There is no such subject."


class UnknownFace(NotEnrolled):
    """No face of the collection has that id."""

    summary = "There is no such face."


class UnknownRecognition(BadRequest):
    """No recognition has that name, or nobody asked for it for a while."""

    summary = "There is no such recognition, or it is over."


class UnknownMask(BadRequest):
    """No mask has that id, or its time is over."""

    summary = "There is no such mask, or its time is over. Ask /v1/select again."


class OtherMask(BadRequest):
    """A mask that was selected in a picture of another shape says nothing of this one."""

    summary = "This mask was selected in another picture."


class OtherModel(BadRequest):
    """Embeddings of one network cannot be compared with those of another."""

    summary = "The collection was made with another network."

    def __init__(self, collection: str, kept: str, given: str) -> None:
        super().__init__(
            f"The collection {collection} holds embeddings of {kept}, and these are of {given}: "
            "the two cannot be compared. To make it anew from its pictures: "
            f"foveate people reindex {collection}. Of embeddings that came without pictures "
            "nothing can be made anew: enrol into another collection."
        )


class SubjectTaken(BadRequest):
    """A subject is to be made by a name that one has already."""

    summary = "There is a subject of that name already."


class CollectionFull(BadRequest):
    """A sealed collection is searched in memory, and takes no more faces than there may be."""

    summary = "The collection is full."


class FaceRefused(BadRequest):
    """There is no face to enrol, or it is one by which nobody would be found again."""

    summary = "The picture has no face that will do."
    reason: str = ""
    """One word: `none`, `several`, `unsure`, `small`, `blurred`, `turned` or `dark`.

    Empty in one that came from elsewhere with its sentence alone.
    """
    score: float = 0.0
    """The quality of the face: 0 to 1."""

    def __init__(self, detail: str = "", *, reason: str = "", score: float = 0.0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.score = score


class KeyNeeded(BadRequest):
    """Faces, jobs or datasets were asked for without a key of theirs."""

    summary = (
        "Expected the header `Authorization: Bearer KEY` with a key for this, got none that is "
        "known."
    )


class ScopeNotAllowed(BadRequest):
    """The key is for less than what was asked, or for another collection."""

    summary = "This key is not for that."


class RateExceeded(BadRequest):
    """A key was used more often than the settings let it be."""

    summary = "This key was used too often. Try again in a moment."
    retry_after_s: float = 1.0
    """When there is a token again; a moment, in one that came from elsewhere."""

    def __init__(self, retry_after_s: float, public: str | None = None) -> None:
        super().__init__(public=public)
        self.retry_after_s = retry_after_s


class UnknownJob(BadRequest):
    """There is no such job, or it is another key's: the answer does not tell which."""

    summary = "There is no such job."


class JobConflict(BadRequest):
    """A job by a name, or an idempotency key, of another one, or that has not ended yet."""

    summary = "Another job has that name already."


class QuotaSpent(BadRequest):
    """More jobs, or more pictures in a day, than a key may have."""

    summary = "This key has as many jobs as it may. Try again when some have ended."
    retry_after_s: float = 60.0
    """When it may be worth trying again; a minute, in one that came from elsewhere."""

    def __init__(self, retry_after_s: float, public: str | None = None) -> None:
        super().__init__(public=public)
        self.retry_after_s = retry_after_s


class AllowanceSpent(QuotaSpent):
    """A key has spent on language models what it may in a day."""

    summary = "This key has spent on the language model what it may today."


class EditRefused(BadRequest):
    """What was asked for cannot be done to the design, or nothing was proposed that may be."""

    summary = "Nothing was proposed that may be done to this design."
    reasons: tuple[str, ...] = ()
    """Why, a sentence each: of a language model what was wrong with its last answer."""

    def __init__(self, detail: str = "", *, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(detail, public=" ".join(reasons) or None)
        self.reasons = reasons


class BadConfiguration(BadRequest):
    """A configuration that does not fit the schema of its handler."""

    summary = "The handler does not take this configuration."


class BadRaw(BadRequest):
    """Raw data, or what is noted of its pictures, says what cannot be."""

    summary = "The raw data cannot be used as it is."


class UnknownDataset(BadRequest):
    """There is no dataset of that id, or it was deleted."""

    summary = "There is no such dataset."


class UnknownRaw(BadRequest):
    """No raw data has that name."""

    summary = "There is no raw data of that name."


class UnknownHandler(BadRequest):
    """No handler of that name, or not in that version, is installed."""

    summary = "There is no such handler here, or not in this version."


class DatasetConflict(BadRequest):
    """A dataset that is being prepared elsewhere, or raw data by a name that is taken."""

    summary = "This cannot be done to it now."


class DatasetDamaged(BadRequest):
    """A file of a dataset that is ready is gone, or is not what was written."""

    summary = "Files of this dataset are damaged: delete it, and ask for it again."


class BadDesign(BadRequest):
    """What should be a design is none, or says what cannot be: all that is wrong, each by place."""

    summary = "This is no design."
    problems: tuple[str, ...] = ()
    """A sentence each; empty in one that came from elsewhere with its message alone."""

    def __init__(self, detail: str = "", *, problems: Sequence[str] = ()) -> None:
        super().__init__(detail or "\n".join(problems))
        self.problems = tuple(problems) or tuple(filter(None, [detail]))


class DesignTooLarge(BadRequest):
    """A design, or what an answer has in place of one, is larger than the limits."""

    summary = "This design is too large."


class BadChange(BadRequest):
    """What should be a change set is none."""

    summary = "This is no change set."


class DesignConflict(BadRequest):
    """A change set is of another version of the design: what it says was there is not there."""

    summary = "The design has changed meanwhile."
    conflicts: tuple[str, ...] = ()
    """A sentence each; empty in one that came from elsewhere with its message alone."""

    def __init__(self, detail: str = "", *, conflicts: Sequence[str] = ()) -> None:
        super().__init__(detail or "\n".join(conflicts))
        self.conflicts = tuple(conflicts) or tuple(filter(None, [detail]))


class UnknownBrand(BadRequest):
    """The operator keeps no brand by that name; the message lists those that there are."""

    summary = "There is no such brand."


class UnknownDesign(BadRequest):
    """There is no design of that id, or not in that version, or it was deleted."""

    summary = "There is no such design."


class UnknownFont(BadRequest):
    """A design asks for a font that no card has; the message lists those that there are."""

    summary = "There is no font of that name."


class SourceError(FoveateError):
    """The original could not be had."""

    summary = "The original could not be fetched."
    again_s: float | None = None
    """After how long the origin may be asked again, where it had too much to do."""


class SourceNotFound(SourceError):
    """There is no original at that place."""

    summary = "There is no original at this address."


class SourceTooLarge(SourceError):
    """The original has more bytes than we read."""

    summary = "The original file is too large."


class SourceUnreachable(SourceError):
    """The origin does not answer or breaks off."""


class SourceUnresolved(SourceError):
    """The origin's name has no address."""

    summary = "The origin's name could not be resolved."


class SourceTimeout(SourceError):
    """The origin takes longer than we wait."""

    summary = "The origin took too long."


class SourceFailed(SourceError):
    """The origin answered 5xx."""

    summary = "The origin answered with an error of its own."


class SourceRefused(SourceError):
    """The origin answered 4xx other than 404."""

    summary = "The origin refused to hand out the original."


class BucketRefused(SourceRefused):
    """A bucket refuses the keys, or what they may read: until somebody sees to that."""

    summary = "The bucket refused to hand out the original."


class PicturesMissed(SourceError):
    """A bucket has a name that cannot be listed, nor all that is beside it."""

    summary = "Pictures of a bucket may be missing: not all of it can be listed."


class CredentialsMissing(SourceError):
    """A bucket asks who comes, and neither the settings nor the machine say so."""

    summary = "The bucket asks for credentials, and there are none."


class TooManyRedirects(SourceError):
    """The origin redirects without end."""

    summary = "The origin redirects too many times."


class DatasetsAway(SourceError):
    """Where datasets are kept cannot be reached, or takes nothing: it may be so in a while."""

    summary = "Where datasets are kept cannot be read or written now. Try again in a moment."
    refused: str = ""
    """Why it takes this file not, however often it is tried; empty where it may later."""

    def __init__(self, detail: str = "", *, public: str | None = None, refused: str = "") -> None:
        super().__init__(detail, public=public)
        self.refused = refused


class ImageError(FoveateError):
    """The original was had, and cannot be used."""

    summary = "The original cannot be used."


class NotAnImage(ImageError):
    """The bytes are of no image format that we know."""

    summary = "The original is not an image."


class UnsupportedFormat(ImageError):
    """An image format that we know and do not read."""

    summary = "The original's image format is not supported."


class BrokenImage(ImageError):
    """Truncated, corrupt, or lying about itself."""

    summary = "The original is broken and cannot be decoded."


class EmptyImage(ImageError):
    """No bytes, or a side of no pixels."""

    summary = "The original is empty."


class TooManyPixels(ImageError):
    """More pixels, or a longer side, than we decode."""

    summary = "The original has too many pixels."


class AnimationTooLarge(ImageError):
    """More frames, or pixels over all of them, than there is time or memory for."""

    summary = "The animation is too large."


class PictureBlocked(FoveateError):
    """Moderation flags the picture. How sure it is stays here: pictures could be tuned by it."""

    summary = "This picture is not shown (moderate=block)."


class OutputTooLarge(FoveateError):
    """The rendition would be beyond the limits."""

    summary = "The requested picture is too large."


class AnswerTooLarge(OutputTooLarge):
    """What was made has more bytes than the platform takes from a function."""

    summary = "The answer is too large for this platform. Ask for fewer pixels or bytes."


class DrawingTooLarge(FoveateError):
    """A drawing would need more pixels, layers or letters than the limits allow."""

    summary = "The design is too large to be drawn."


class UpscaleTooLarge(FoveateError):
    """More pixels than a network may look at to enlarge a picture, or to clean it."""

    summary = "The picture is too large to be enlarged by a network."


class HandlerFailed(FoveateError):
    """A handler crashed, passed a limit, or made what it must not make."""

    summary = "The handler failed."
    log: str = ""
    """The end of what it wrote, for who asked for the dataset."""

    def __init__(self, detail: str = "", *, public: str | None = None, log: str = "") -> None:
        super().__init__(detail, public=public)
        self.log = log


class DatasetFailed(FoveateError):
    """A dataset that a server could not make, as its client is told."""

    summary = "The dataset could not be made."
    log: str = ""
    """The end of what its handler wrote."""

    def __init__(self, detail: str = "", *, public: str | None = None, log: str = "") -> None:
        super().__init__(detail, public=public)
        self.log = log


class DatasetCancelled(FoveateError):
    """A dataset that somebody wanted no more while it was made, or before."""

    summary = "It was cancelled. What is done stays, and it goes on when it is asked for again."


class RawChanged(FoveateError):
    """A picture is another one than when the dataset was begun."""

    summary = "The raw data changed while the dataset was made. Ask for it again."
    source: str = ""
    """The picture, where it is known."""

    def __init__(self, detail: str = "", *, public: str | None = None, source: str = "") -> None:
        super().__init__(detail, public=public)
        self.source = source


class NotWritten(FoveateError):
    """What a batch made could not be written where it belongs, such as where nobody may."""

    summary = "What was made could not be written."


class DiskFull(FoveateError):
    """Nothing can be written for now, whatever it is: for want of room, or as the disk fails."""

    summary = "Nothing can be written now: there is no room, or the disk fails."


class DestinationAway(FoveateError):
    """The bucket for what is made cannot be reached, or fails: it may be there in a while."""

    summary = "Nothing can be written now: the bucket for it is away."


class EncodeFailed(FoveateError):
    """The rendition could not be written."""

    summary = "The picture could not be encoded."


class AssistantRefused(FoveateError):
    """The address of the language model refuses: the key, the model's name, or what is asked."""

    summary = "The language model does not take what it is asked."
    status: int = 0
    """What the address answered; 0 in one that came from elsewhere."""

    def __init__(self, detail: str = "", *, status: int = 0) -> None:
        super().__init__(detail)
        self.status = status


class Unavailable(FoveateError):
    """Not now."""

    summary = "Busy. Try again in a moment."


class QueueFull(Unavailable):
    """As many requests wait as may wait."""


class ServerBusy(Unavailable):
    """Its turn did not come in time, or so late that too little time was left for it."""

    summary = "Busy: its turn did not come in time. Try again in a moment."


class IndexFull(Unavailable):
    """As many faces wait to be written to the face index as may wait."""

    summary = "The face index has too much to write. Try again in a moment."


class IndexLocked(Unavailable):
    """Another process writes to the face index, and does not come to an end."""

    summary = "The face index is being written to by somebody else. Try again in a moment."


class IndexNotWritten(Unavailable):
    """The face index could not be written, such as for want of room."""

    summary = "The face index could not be written, and is what it was. The log says why."


class StillInFiles(IndexNotWritten):
    """What was erased or changed is found no longer, and old files of the index still hold it."""

    summary = "It is found no longer, but old files still hold it. Make room and do it again."


class AuditFailed(Unavailable):
    """The audit log cannot be written, so what it would tell of was not done."""

    summary = "The audit log of the face index could not be written, so nothing is answered."


class BudgetSpent(Unavailable):
    """The budget of the day or month is spent, and `costs.hard_stop` is on."""

    summary = "What may be spent here is spent: nothing new is made for now."
    retry_after_s: float = 60.0
    """When there is a new budget; a minute, in one that came from elsewhere."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class LedgerUnusable(Unavailable):
    """The file of the ledger cannot be read or written."""

    summary = "The ledger cannot be used."


class QueueUnusable(Unavailable):
    """The queue of jobs cannot be read or written."""

    summary = "Jobs cannot be taken or told of now."


class DatasetsUnusable(Unavailable):
    """What is noted of datasets, or their files, cannot be read or written."""

    summary = "Datasets cannot be made or told of now."


class DesignsUnusable(Unavailable):
    """The file in which designs are kept cannot be read or written."""

    summary = "Designs cannot be read or written now."


class MemoryBudgetSpent(Unavailable):
    """The pictures in flight need all the memory that they may have."""

    summary = "The picture needs more memory than is left for pictures: ask for a smaller one."


class TimedOut(Unavailable):
    """The picture took longer than a picture may take."""

    summary = "The picture is too large or too slow to process."


class StageAway(Unavailable):
    """A stage that runs elsewhere cannot be reached, or does not answer in time."""

    summary = "A part of this that runs elsewhere is away. Try again in a moment."


class AssistantAway(Unavailable):
    """The language model cannot be reached, breaks off, or has too much to do."""

    summary = "The language model is away. Try again in a moment."
    again_s: float | None = None
    """After how long it may be asked again, where it says so."""

    def __init__(self, detail: str = "", *, again_s: float | None = None) -> None:
        super().__init__(detail)
        self.again_s = again_s


class NotKept(Unavailable):
    """An upload for which there is no room now, or whose store does not take it."""

    summary = "The upload could not be kept. Try again in a moment."


class DecoderKilled(Unavailable):
    """A process that decodes or encodes was ended from outside, as for want of memory."""

    summary = "The work on this picture was interrupted. Try again in a moment."


class ClientDisconnected(Unavailable):
    """Nobody waits for the answer any more."""

    summary = "The client went away."


class ModelError(FoveateError):
    """A network cannot be used."""

    summary = "A network that this needs is not available."


class WeightsMissing(ModelError):
    """Weights are not on this machine, or damaged; the message names what fetches them."""

    names: tuple[str, ...] = ()
    """Of their cards; nothing where they lack on another machine, which says them."""

    def __init__(self, *names: str, damaged: Collection[str] = ()) -> None:
        """Take the names of the cards, each of which is named once, and which are damaged."""
        self.names = tuple(dict.fromkeys(names))
        lacking = [name for name in self.names if name not in damaged]
        spoilt = [name for name in self.names if name in damaged]
        said = [f"{_listed(lacking)} are not here"] if lacking else []
        said += [f"{_listed(spoilt)} are damaged"] if spoilt else []
        pull = f"foveate models pull {' '.join(self.names)}"
        sentence = f"The weights of {', and those of '.join(said)}. Fetch them: {pull}"
        super().__init__(sentence, public=sentence)


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


class FontsMissing(ModelError):
    """A font of a design is not on this machine, or damaged; the message names what fetches it."""

    summary = "A font that this design needs is not available."

    def __init__(self, family: str, *cards: str, damaged: bool = False) -> None:
        """Take the family, the cards that bring it, and whether a file of it is here, damaged."""
        what = "damaged. Fetch it anew" if damaged else "not here. Fetch it"
        sentence = f"The font {family} is {what}: foveate models pull {' '.join(cards)}"
        super().__init__(sentence, public=sentence)


class WeightsCorrupt(ModelError):
    """A file does not have the sha256 of its card."""


class LicenceNotAcknowledged(ModelError):
    """A research-only licence that no setting acknowledges."""


class DownloadFailed(ModelError):
    """A package client or a server did not deliver."""


class UnknownModel(ModelError):
    """No card has that name."""


class BadSettings(FoveateError):
    """The settings have problems; the message lists all of them."""

    summary = "The settings are not valid."

    def __init__(self, detail: str = "", *, public: str | None = None) -> None:
        super().__init__(detail, public=public or detail or None)


class SealedCollection(BadSettings):
    """A collection is encrypted, and its key is not among those that the settings name."""

    def __init__(self, collection: str, key: str, have: tuple[str, ...]) -> None:
        public = f"The collection {collection} is sealed, and its key is not here."
        got = f"got {', '.join(have)}" if have else "got none"
        super().__init__(
            f"Expected key {key} to open {collection}, {got}. Set "
            "FOVEATE_PEOPLE__KEY_FILE or FOVEATE_PEOPLE__KEY_COMMAND to what gives that key.",
            public=public,
        )


class SealBroken(FoveateError):
    """What was sealed does not open: its file is damaged, or somebody changed it."""

    summary = "What is kept of a face was changed, and cannot be used."


class BadInstallation(FoveateError):
    """A package that this needs is missing, or is one that it does not work with."""

    summary = "The installation is not complete."


MET_AGAIN: Final = (BadInstallation, BadSettings, ModelError)
"""What every other picture would meet as well, whatever is done with it."""
