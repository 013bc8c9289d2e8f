"""Why a part of a recording is not taken. Each says it in the student's words; HTTP has a status for each."""

from __future__ import annotations

from lecture.errors import LectureError

LARGEST = {"live": 1_000_000_000, "upload": 4_000_000_000}
"""Bytes of a whole recording: days of compressed speech; hours of film or of uncompressed sound."""


class UnknownRecording(LectureError):
    """There is nothing to be added to: it never was, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("There is no recording at this address. It may have been deleted.")


class WrongKey(LectureError):
    """Whoever asks may look at the lecture at most."""

    def __init__(self) -> None:
        super().__init__("This recording belongs to another browser. Go on with it there.")


class Closed(LectureError):
    """Nothing is added any more: the recording has ended, or a later take has begun."""

    def __init__(self, said: str = "This recording has ended. Begin another one.") -> None:
        super().__init__(said)


class OutOfOrder(LectureError):
    """Something before it is missing.

    Attributes:
        chunks: how many are stored of the take that was asked for; of each take where the whole was to end.
    """

    def __init__(self, chunks: int | list[int]) -> None:
        super().__init__("A part of the recording is missing. It has to be sent again before what follows.")
        self.chunks = chunks


class TooLarge(LectureError):
    """More bytes than are taken."""


def make_sure_it_is_no_larger(kind: str, size: int, declared: int | None = None) -> None:
    """Take no more bytes than a recording may have.

    Args:
        kind: "live" or "upload".
        size: bytes that it has.
        declared: bytes that it was said to have, if that is known.

    Raises:
        TooLarge: it has more.
    """
    largest = LARGEST[kind]
    if kind == "live" and size > largest:
        raise TooLarge(f"This recording has reached {largest / 1e9:.0f} GB. End it, and begin another one.")
    if size > largest:
        raise TooLarge(f"A file may have at most {largest / 1e9:.0f} GB. Make it smaller, or divide it.")
    if declared is not None and size > declared:
        raise TooLarge("More has arrived than this file should have. Begin its upload again.")
