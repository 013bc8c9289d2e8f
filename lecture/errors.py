"""What can go wrong, in the user's words: each message says in a sentence or two what is wrong and what to do."""


class LectureError(Exception):
    """Base of all errors that a user may meet; `str(error)` is fit to be shown as it is."""


class SourceError(LectureError):
    """The uploaded or recorded file cannot be used: empty, not audio, damaged, without sound."""


class NoSpeechError(LectureError):
    """The recording was read to its end and nobody speaks in it."""


class CaptionError(LectureError):
    """A caption or transcript file cannot be read; the message names the line."""


class ModelError(LectureError):
    """A model is missing, damaged, cannot be downloaded, or does not fit what was asked of it."""


class WriterError(LectureError):
    """The chosen writer could not do its work."""


class StorageError(LectureError):
    """The disk or data folder refuses: full, read-only, gone."""


class ClusterError(LectureError):
    """The cluster that does the work cannot be used now: its scheduler is away, or it has no workers."""


class Cancelled(LectureError):
    """The user stopped the work."""


def in_one_sentence(error: Exception) -> str:
    """What went wrong, fit to be shown, whether or not anybody thought of it."""
    if isinstance(error, LectureError):
        return str(error)
    return f"Something unexpected went wrong ({type(error).__name__}: {error}). The program's log has the details."
