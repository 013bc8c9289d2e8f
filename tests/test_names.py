"""Names of files and tags, from any title."""

import unicodedata

import pytest

from lecture.files.names import LONGEST_TAG, MAX_NAME_BYTES, safe_filename, tag
from tests.fixtures.study import HOSTILE, SCRIPTS


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Waves", "Waves.txt"),
        ("Einführung in die Ökologie – Ω Ж 語", "Einführung in die Ökologie – Ω Ж 語.txt"),
        ("../../etc/passwd", "etc passwd.txt"),
        ("C:\\Windows\\system32", "C Windows system32.txt"),
        ('a<b>c:d"e|f?g*h', "a b c d e f g h.txt"),
        ("a\x00b\nc\u202etxt.exe", "ab ctxt.exe.txt"),
        ("", "lecture.txt"),
        ("...", "lecture.txt"),
        (" . ~/-", "lecture.txt"),
        ("CON", "_CON.txt"),
        ("nul.tar", "_nul.tar.txt"),
        ("com¹ .x", "_com¹ .x.txt"),
        ("lpt9", "_lpt9.txt"),
        ("Console", "Console.txt"),
        ("-rf", "rf.txt"),
        (".hidden", "hidden.txt"),
        ("half \ud800", "half \ufffd.txt"),
        ("e\u0301", "é.txt"),
        ("می\u200cخواهم", "می\u200cخواهم.txt"),
    ],
)
def test_names_that_every_system_accepts(title, name):
    assert safe_filename(title, ".txt") == name


@pytest.mark.parametrize(
    "title", ["x" * 999, "語" * 999, "👩\u200d🔬" * 99, "e\u0323\u0301" * 999, "x." * 99, "x " * 99]
)
@pytest.mark.parametrize("before", ["", "a", "ab", "a" * 7, "a" * 10])
def test_long_names_are_cut_between_letters(before, title):
    title = before + title
    name = safe_filename(title, "-flashcards.csv")
    assert name.endswith("-flashcards.csv")
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert len(name.encode()) > MAX_NAME_BYTES - 20
    stem = name.removesuffix("-flashcards.csv")
    assert unicodedata.normalize("NFC", title).startswith(stem)
    left = unicodedata.normalize("NFC", title)[len(stem)]
    assert not unicodedata.combining(left)
    assert left != "\u200d"
    assert stem[-1] not in " .\u200d"


def test_a_suffix_may_begin_with_a_space():
    assert safe_filename("Waves ", " summary.md") == "Waves summary.md"


def test_a_suffix_is_no_way_out():
    assert safe_filename("a", "/../b.txt") == "a .. b.txt"
    assert safe_filename("con", "") == "_con"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("How memory works", "How_memory_works"),
        ("C++ :: a/b & \u3000 c", "C_a_b_c"),
        ("2026", "untitled_2026"),
        ("...", "untitled"),
        ("तरंग ऊर्जा", "तरंग_ऊर्जा"),
    ],
)
def test_tags_of_one_word(text, name):
    assert tag(text) == name


@pytest.mark.parametrize("text", [*HOSTILE, *SCRIPTS.values(), "x" * 500, "語" * 500, "ab " * 500])
def test_no_tag_ends_early_or_opens_a_hierarchy(text):
    name = tag(text)
    assert 0 < len(name) <= LONGEST_TAG
    assert all(c in "-_" or unicodedata.category(c)[0] in "LMN" for c in name)
    assert any(c.isalpha() for c in name)
