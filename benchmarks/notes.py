"""How good the notes are: chapters, key sentences, the check of claims, and answers to questions.

python benchmarks/notes.py                     # on the project's own lectures
python benchmarks/notes.py --vtssum DIR        # and on lectures of VT-SSum (JSON; Lv et al. 2021, arXiv 2106.05606)
python benchmarks/notes.py --topics DIR        # and on texts with one sentence a line and ===== between topics

Pk (Beeferman et al. 1999, "Statistical Models for Text Segmentation") is the share of pairs of sentences, half a
chapter apart, of which it is wrongly said whether they are in one chapter; WindowDiff (Pevzner and Hearst 2002) asks
for the number of borders between them. Both: lower is better. F3 and F5: the harmonic mean of precision and recall of
the first 3 and 5 sentences among those whose words are on their slide; ch3: the precision of the first 3 of each
chapter that was found; near1: the share of chapters that begin within one sentence of a new slide.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lecture.chapters import chapter_titles, find_chapters
from lecture.ranking import rank_sentences

ROOT = Path(__file__).parent.parent
OWN = (ROOT / "samples" / "how-memory-works.md", *sorted((ROOT / "benchmarks" / "data" / "lectures").glob("*.md")))


# ------------------------------------------------------------------------------------------ measures


@dataclass(frozen=True)
class Borders:
    """How far the borders found in one text are from those that people set."""

    pk: float
    window_diff: float
    found: int
    true: int


def borders(true: Iterable[int], found: Iterable[int], sentences: int) -> Borders:
    """Compare chapter starts; a start at 0 is no border."""
    inner = [sorted({start for start in starts if 0 < start < sentences}) for starts in (true, found)]
    width = max(1, round(sentences / (2 * (len(inner[0]) + 1))))
    chapter = [[sum(start <= i for start in starts) for i in range(sentences)] for starts in inner]
    apart = [[c[i + width] - c[i] for i in range(sentences - width)] for c in chapter]
    pairs = list(zip(*apart, strict=True)) or [(0, 0)]
    return Borders(
        pk=mean((a > 0) != (b > 0) for a, b in pairs),
        window_diff=mean(a != b for a, b in pairs),
        found=len(inner[1]) + 1,
        true=len(inner[0]) + 1,
    )


def f_score(rankings: Sequence[tuple[Sequence[int], set[int]]], first: int) -> float:
    """Harmonic mean of mean precision and mean recall of the first few; each ranking comes with what is wanted."""
    hits = [len(wanted.intersection(order[:first])) for order, wanted in rankings]
    precision = mean(hit / min(first, len(order)) for hit, (order, _) in zip(hits, rankings, strict=True))
    recall = mean(hit / len(wanted) for hit, (_, wanted) in zip(hits, rankings, strict=True))
    return 2 * precision * recall / max(1e-9, precision + recall)


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / max(1, len(found))


def evenly(sentences: int, chapters: int) -> list[int]:
    return sorted({sentences * i // chapters for i in range(chapters)})


# ------------------------------------------------------------------------------------------ the project's own lectures


def own_lectures() -> str:
    """The chapters found in the project's lectures, beside the headings of their scripts."""
    table = []
    for path in OWN:
        sentences, headings = headed_text(path)
        chapters = find_chapters(sentences)
        titles = dict(zip(chapters, chapter_titles(sentences, chapters), strict=True))
        table.append(f"{path.stem}, {len(sentences)} sentences: {row(borders(headings, chapters, len(sentences)))}")
        for place in sorted({*headings, *titles}):
            table.append(f"{place:6}  {headings.get(place, '-'):44}{titles.get(place, '-')}")
        table.append("")
    return "\n".join(table)


def headed_text(path: Path) -> tuple[list[str], dict[int, str]]:
    """The sentences of a script, one a line, and the headings by the sentence that follows."""
    sentences: list[str] = []
    headings: dict[int, str] = {}
    for line in filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines())):
        if line.startswith("#"):
            headings[len(sentences)] = line.lstrip("# ")
        else:
            sentences.append(line)
    return sentences, headings


def row(found: Borders) -> str:
    return f"Pk {found.pk:.3f}, WindowDiff {found.window_diff:.3f}, {found.found} chapters, {found.true} headings"


# ------------------------------------------------------------------------------------------ people's topic marks


def topics(folder: Path) -> str:
    """Chapters against people's own marks, beside none at all and evenly spaced ones."""
    texts = [marked_text(path) for path in sorted(folder.iterdir()) if path.is_file()]
    texts = [(sentences, marks) for sentences, marks in texts if marks]
    if not texts:
        return f"No text with ===== between topics in {folder}."
    ways: dict[str, Callable[[list[str], list[int]], list[int]]] = {
        "found here": lambda sentences, _: find_chapters(sentences),
        "no chapters": lambda _, __: [],
        "evenly, as many as people": lambda sentences, marks: evenly(len(sentences), len(marks) + 1),
        "evenly, one in 36 sentences": lambda sentences, _: evenly(len(sentences), max(1, len(sentences) // 36)),
    }
    table = [f"{len(texts)} texts of {folder}", f"{'':30}{'Pk':>8}{'WindowDiff':>12}{'chapters':>10}{'people':>8}"]
    for name, way in ways.items():
        all_borders = [borders(marks, way(sentences, marks), len(sentences)) for sentences, marks in texts]
        table.append(
            f"{name:30}{mean(b.pk for b in all_borders):8.3f}{mean(b.window_diff for b in all_borders):12.3f}"
            f"{mean(b.found for b in all_borders):10.1f}{mean(b.true for b in all_borders):8.1f}"
        )
    return "\n".join(table)


def marked_text(path: Path) -> tuple[list[str], list[int]]:
    """The sentences of a text, and the indices of those before which a topic begins."""
    sentences: list[str] = []
    marks = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("====="):
            marks.append(len(sentences))
        elif line.strip():
            sentences.append(line.strip())
    return sentences, sorted({mark for mark in marks if 0 < mark < len(sentences)})


# ------------------------------------------------------------------------------------------ VT-SSum


@dataclass(frozen=True)
class Slides:
    """One lecture: `starts` of its slides, `on_slide` the sentences whose words are on their slide, `clips` to rank."""

    sentences: list[str]
    starts: list[int]
    on_slide: set[int]
    clips: list[tuple[int, int]]


def vtssum(folder: Path) -> str:
    """Key sentences and chapters of lectures with slides, beside chance, the first ones, and evenly spaced chapters."""
    lectures = [read for path in sorted(folder.glob("*.json")) if (read := read_slides(path))]
    if not lectures:
        return f"No VT-SSum lecture in {folder}."
    began = time.perf_counter()
    chapters = []
    for lecture in lectures:
        chapters.append(find_chapters(lecture.sentences))
        for begin, end in [*lecture.clips, *spans(chapters[-1], lecture.sentences)]:
            rank_sentences(lecture.sentences, begin, end)
    took = 1000 * (time.perf_counter() - began) / len(lectures)

    chance = random.Random(0)
    ways: dict[str, Callable[[list[str], int, int], list[int]]] = {
        "ranked here": rank_sentences,
        "at random": lambda _, begin, end: chance.sample(range(begin, end), end - begin),
        "the first ones": lambda _, begin, end: list(range(begin, end)),
    }
    table = [
        f"{len(lectures)} lectures of {folder}, {took:.0f} ms each",
        f"{'key sentences':30}{'F3':>6}{'F5':>6}{'ch3':>6}",
    ]
    for name, way in ways.items():
        rankings = [
            (way(lecture.sentences, begin, end), lecture.on_slide.intersection(range(begin, end)))
            for lecture in lectures
            for begin, end in lecture.clips
        ]
        in_chapters = mean(
            place in lecture.on_slide
            for lecture, starts in zip(lectures, chapters, strict=True)
            for begin, end in spans(starts, lecture.sentences)
            for place in way(lecture.sentences, begin, end)[:3]
        )
        table.append(
            f"{name:30}{100 * f_score(rankings, 3):6.1f}{100 * f_score(rankings, 5):6.1f}{100 * in_chapters:6.1f}"
        )
    table.append(f"{'chapters':30}{'near1':>6}{'Pk':>7}{'chapters':>10}{'slides':>8}")
    spaced = [evenly(len(of.sentences), len(starts)) for of, starts in zip(lectures, chapters, strict=True)]
    for name, found in (("found here", chapters), ("evenly spaced, as many", spaced)):
        near = mean(
            not {start - 1, start, start + 1}.isdisjoint(lecture.starts)
            for lecture, starts in zip(lectures, found, strict=True)
            for start in starts[1:]
        )
        far = [borders(of.starts, starts, len(of.sentences)) for of, starts in zip(lectures, found, strict=True)]
        table.append(
            f"{name:30}{100 * near:6.1f}{mean(b.pk for b in far):7.3f}{mean(b.found for b in far):10.1f}"
            f"{mean(b.true for b in far):8.1f}"
        )
    return "\n".join(table)


def spans(starts: Sequence[int], sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
    return zip(starts, [*starts[1:], len(sentences)], strict=True)


def read_slides(path: Path) -> Slides | None:
    """One file; None where its slides and its labelled clips are not the same sentences, or there is only one."""
    read = json.loads(path.read_text(encoding="utf-8"))
    sentences: list[str] = []
    starts = []
    for slide in filter(None, read["segmentation"]):
        starts.append(len(sentences))
        sentences += slide
    on_slide: set[int] = set()
    clips = []
    begin = 0
    for clip in read["summarization"].values():
        end = begin + len(clip["summarization_data"])
        labels = [int(labelled["label"]) for labelled in clip["summarization_data"]]
        if clip["is_summarization_sample"] and any(labels):
            clips.append((begin, end))
            on_slide.update(begin + place for place, label in enumerate(labels) if label)
        begin = end
    return Slides(sentences, starts, on_slide, clips) if begin == len(sentences) > 1 else None


# ------------------------------------------------------------------------------------------ all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vtssum", type=Path, metavar="DIR", help="a folder of VT-SSum's JSON files")
    parser.add_argument("--topics", type=Path, metavar="DIR", help="a folder of texts with ===== between topics")
    options = parser.parse_args()
    from benchmarks import claims, questions  # here, so that the measures above can be had without them

    print(own_lectures())
    if options.topics:
        print(topics(options.topics), end="\n\n")
    if options.vtssum:
        print(vtssum(options.vtssum), end="\n\n")
    print(claims.report())
    for half in questions.HALVES:
        print("\n".join(questions.report(half)), end="\n\n")


if __name__ == "__main__":
    main()
