"""Names that file systems and note programs accept, from any text."""

from __future__ import annotations

import re
import unicodedata

from lecture.transcript import one_line

MAX_NAME_BYTES = 150
"""Of a download's name in UTF-8: file systems allow 255, encrypted ones fewer, and the folder counts on Windows."""
LONGEST_TAG = 60
"""Letters."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
_JOINERS = "\u200c\u200d"
"""Invisible, but Persian and Indic spelling and some emoji need them."""


def safe_filename(title: str, suffix: str) -> str:
    """Return a download's name that Windows, macOS and Linux accept, from any text.

    Args:
        title: any text, such as a lecture's title; letters of all scripts stay. Without any: "lecture".
        suffix: what the name ends in, such as ".srt" or " flashcards.csv".

    Returns:
        A name without folders, no reserved name, at most `MAX_NAME_BYTES` long in UTF-8 (suffix included).
    """
    stem, ending = _name_part(title).strip(" .-~"), _name_part(suffix).rstrip(" .")
    if suffix.startswith(" "):
        ending = f" {ending}"
    room = max(1, MAX_NAME_BYTES - len(ending.encode()))
    stem = _shortened(stem, room).rstrip(" .") or "lecture"
    if _RESERVED.match((stem + ending).split(".")[0].strip()):
        stem = f"_{stem}"
    return stem + ending


def tag(text: str) -> str:
    """Return a tag for Anki or Obsidian, from any text: letters of all scripts, their marks, digits, "-" and "_".

    Both end a tag at a space, and take "::" or "/" for a step down in a hierarchy. Without a letter: "untitled".
    """
    text = unicodedata.normalize("NFC", one_line(text))
    kept = "".join(c if c in "-_" or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    short = "_".join(kept.split())
    if len(short) > LONGEST_TAG:
        short = _shortened(short, len(short[:LONGEST_TAG].encode()))
    short = short.strip("_-")
    return short if any(c.isalpha() for c in short) else "_".join(filter(None, ("untitled", short)))


def _name_part(text: str) -> str:
    """Return the text without what some system forbids in a file's name."""
    text = unicodedata.normalize("NFC", one_line(text))
    text = _FORBIDDEN.sub(" ", text)
    return "".join(c for c in text if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def _shortened(text: str, room: int) -> str:
    """Cut to `room` bytes of UTF-8, not between a letter and its marks."""
    cut = text.encode()[:room].decode(errors="ignore")
    rest = text[len(cut) :]
    while cut and rest and (unicodedata.combining(rest[0]) or rest[0] in _JOINERS or cut[-1] in _JOINERS):
        rest, cut = cut[-1] + rest, cut[:-1]
    return cut
