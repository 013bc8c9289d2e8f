"""Markdown for Obsidian and others: what was said shows as it was said."""

import html
import re
from dataclasses import replace

import markdown_it
import pytest
import yaml

from lecture.files.markdown import notes_markdown
from lecture.flashcards import Flashcard
from lecture.notes import Chapter, Evidence, KeyTerm, Notes, Statement
from lecture.transcript import Segment, Transcript
from tests.fixtures.study import ALL_KINDS, CHAPTERED, CREATED, HOSTILE, HOSTILE_NOTES, NOTES, SCRIPTS, TRANSCRIPT

DRAFT = "Recognised by PocketSphinx (en-us): a draft. Expect wrong words and no punctuation."


def written(title="Waves", source="waves.mp3", transcript=TRANSCRIPT, notes=NOTES, cards=(), **options):
    return notes_markdown(title, source, transcript, notes, cards, created=CREATED, **options)


def parted(content):
    """The front matter as YAML reads it, and the rest."""
    _, front, body = re.split(r"^---\n", content, maxsplit=2, flags=re.MULTILINE)
    return yaml.safe_load(front), body


def page(body):
    return markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body)


def test_notes_with_front_matter():
    assert written() == (
        '---\ntitle: "Waves"\ndate: 2026-03-09\nsource: "waves.mp3"\nlanguage: "en"\nlength: "12:40"\n'
        'tags:\n  - lecture\n  - "lecture/Waves"\n---\n\n'
        f"# Waves\n\n- **Transcript:** {DRAFT}\n- **Notes:** Worded by the model tiny-model. "
        "The notes cover 80 \\% of the lecture. Left out because the transcript does not support them: 2.\n"
        "- **Please note:** The recording is cut short.\n- **Please note:** The end is not covered.\n"
        "\n## Summary\n\n- [00:00] Waves carry energy.\n"
        "\n## Key points\n\n- [03:20] Matter stays.\n\n  > They do not carry matter.\n"
    )


def test_chapters_key_terms_cards_and_transcript():
    body = parted(written(notes=CHAPTERED, cards=ALL_KINDS, with_transcript=True))[1]
    headings = re.findall(r"<h2>(.*?)</h2>", page(body))
    assert headings == [
        "Summary",
        "Chapter 1: Energy (00:00–03:00)",
        "Chapter 2: Matter: what stays (03:00–12:40)",
        "Key terms",
        "Flashcards",
        "Transcript",
    ]
    assert "- **Wave** [00:06] A wave is a moving swing.\n" in body
    assert "**Q:** ★ Waves carry \\_\\_\\_\\_\\_.  \n**A:** energy [00:00]\n" in body
    assert body.endswith("\n[00:00] Waves carry energy.\n\n[03:20] They do not carry matter.\n")
    assert "## Transcript" not in written(notes=CHAPTERED, cards=ALL_KINDS)


def test_empty_notes_make_no_empty_sections():
    body = parted(written("", "", notes=Notes((), (), "extractive")))[1]
    assert re.findall(r"^#+ .*", body, re.MULTILINE) == ["# Lecture"]


@pytest.mark.parametrize("text", [*HOSTILE, *HOSTILE_NOTES, *SCRIPTS.values()])
def test_words_show_as_they_were_said(text):
    notes = Notes((Statement(text, Evidence(text, 0, 1)),), (Statement("x", Evidence(text, 2, 3)),), "extractive")
    content = written(text, text, notes=notes)
    shown = " ".join(re.sub(r"[\x00\x1b]", "", text).replace("\ud800", "\ufffd").split())
    front, body = parted(content)
    assert front["title"] == front["source"] == shown
    assert set(front) == {"title", "date", "source", "language", "length", "tags"}
    rendered = page(body)
    assert [html.unescape(t) for t in re.findall(r"<h1>(.*?)</h1>", rendered)] == [shown]
    assert html.unescape(re.search(r"<li>\[00:00\] (.*?)</li>", rendered, re.DOTALL)[1]) == shown
    assert html.unescape(re.search(r"<blockquote>\n<p>(.*?)</p>\n</blockquote>", rendered, re.DOTALL)[1]) == shown
    assert set(re.findall(r"<(\w+)", rendered)) == {"h1", "h2", "ul", "li", "strong", "p", "blockquote"}
    for bare in (r"https?://", r"(?i)www\.", r"mailto:", r"\w@\w"):  # GitHub makes links of these
        assert not re.search(bare, body)
    for mark in (r"\[\[", r"(?<!\\)#\w", r"==", r"%%", r"(?<!\\)\^\w", "::"):  # and Obsidian more of these
        assert not re.search(mark, body)


@pytest.mark.parametrize("text", [*HOSTILE, *HOSTILE_NOTES])
def test_nothing_else_of_a_lecture_is_mark_up_either(text):
    said = Evidence(text, 0, 1)
    statement = Statement(text, said)
    chapters = (Chapter(text, 0, 5, summary=(statement,)), Chapter(text, 5, 9, key_points=(statement,)))
    notes = Notes((), (), text, text, warnings=(text,), chapters=chapters, key_terms=(KeyTerm(text, statement),))
    transcript = Transcript((Segment(0, 1, text),), None, "whisper", text, 9.0, warnings=(text,))
    cards = (Flashcard(text, text, said), replace(ALL_KINDS[1], question=text))
    rendered = page(parted(written(transcript=transcript, notes=notes, cards=cards, with_transcript=True))[1])
    assert set(re.findall(r"<(\w+)", rendered)) <= {"h1", "h2", "ul", "li", "strong", "p", "br"}
    assert rendered.count("<h2") == 5
