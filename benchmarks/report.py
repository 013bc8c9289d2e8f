"""How long the PDF study report of a long lecture takes, in a script that needs no shaping and in one that does.

python benchmarks/report.py                       # three hours, in Latin and in Arabic letters
python benchmarks/report.py --hours 1 --out DIR   # keeps the reports

The lectures are the project's own texts, repeated to that length, with the notes, cards and quiz that the built-in
writer makes of them: in Arabic next to no cards. Only the report is timed. The exit status is 1 where one takes longer
than it should.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from pypdf import PdfReader

from lecture.captions import read_captions
from lecture.chapters import find_chapters
from lecture.flashcards import quoting_cards
from lecture.learning.definitions import key_terms
from lecture.learning.quality import good_cards
from lecture.quiz import make_quiz
from lecture.sentences import sentences
from lecture.transcript import Segment, Transcript
from lecture.writers import Extractive
from report import study_report

ROOT = Path(__file__).parent.parent
LONGEST_S = 15.0
LETTERS_PER_S = 15.0
PAUSE_S = 0.4
COLUMNS = {"sentences": 10, "chapters": 9, "cards": 6, "questions": 10, "pages": 6, "MB": 6, "CPU s": 7, "s": 7}
"""What is printed, and how wide."""
ARABIC = (
    "الذاكرة هي القدرة على حفظ ما نتعلمه واسترجاعه عند الحاجة إليه.",
    "تحتفظ الذاكرة العاملة بعدد قليل من الأفكار لبضع ثوان فقط.",
    "ننسى معظم ما نقرؤه في اليوم الأول إذا لم نعد إليه مرة أخرى.",
    "في سنة 1885 قاس عالم ألماني سرعة النسيان على نفسه.",
    "المراجعة المتباعدة تثبت المعلومة لأن الدماغ يعيد بناءها في كل مرة.",
    "النوم يساعد على نقل المعلومات الجديدة إلى الذاكرة الطويلة الأمد.",
    "اختبر نفسك بدلا من أن تقرأ الصفحة مرتين، فالاسترجاع هو التعلم.",
    "يربط الطالب الفكرة الجديدة بما يعرفه من قبل فتصبح أسهل في التذكر.",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=3.0, help="of the lecture")
    parser.add_argument("--out", type=Path, help="a folder for the reports")
    options = parser.parse_args()
    slow = False
    print(
        f"{'':8}{'sentences':>10}{'chapters':>9}{'cards':>6}{'questions':>10}{'pages':>6}{'MB':>6}{'CPU s':>7}{'s':>7}"
    )
    for name, texts, language in (("Latin", own_texts(), "en"), ("Arabic", arabic(), "ar")):
        pdf, figures, work, took = timed(spoken(texts, language, options.hours * 3600))
        pages = len(PdfReader(io.BytesIO(pdf)).pages)
        values = (*figures, pages, f"{len(pdf) / 1e6:.1f}", f"{work:.1f}", f"{took:.1f}")
        print(f"{name:8}" + "".join(f"{v:>{w}}" for v, w in zip(values, COLUMNS.values(), strict=True)), flush=True)
        slow |= work > LONGEST_S
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / f"{name.lower()}.pdf").write_bytes(pdf)
    return slow


def own_texts() -> list[str]:
    """The sentences of the project's own lectures."""
    captions = ROOT / "samples" / "how-memory-works.vtt"
    lines = [s.text for s in sentences(read_captions(captions, captions.name))]
    for path in sorted((ROOT / "benchmarks" / "data" / "lectures").glob("*.md")):
        lines += [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return lines


def arabic() -> list[str]:
    """Sentences of Arabic words in any order, so that no line is like another; nobody reads them."""
    words, chance = " ".join(ARABIC).replace(".", "").split(), Random(1)
    return [f"{' '.join(chance.choices(words, k=11))}." for _ in range(3_000)]


def spoken(texts: Sequence[str], language: str, seconds: float) -> Transcript:
    """The sentences, again and again, for so long."""
    said: list[Segment] = []
    start = 0.0
    for text in cycle(texts):
        end = start + len(text) / LETTERS_PER_S
        if end > seconds:
            break
        said.append(Segment(start, end, f" {text}"))
        start = end + PAUSE_S
    return Transcript(tuple(said), language, "faster-whisper", "base", seconds)


def timed(transcript: Transcript) -> tuple[bytes, tuple[int, ...], float, float]:
    """The report, what stands in it, and the processor's and the clock's seconds for it."""
    said = sentences(transcript)
    chapters = find_chapters([s.text for s in said], [s.start for s in said])
    notes = Extractive().notes(said, chapters, "medium", lambda share: None, lambda statement: None)
    notes = replace(notes, key_terms=key_terms(said))
    cards, _ = good_cards(quoting_cards(said, notes), said, notes)
    questions = make_quiz(said, notes, cards)
    begun, worked = time.perf_counter(), time.process_time()
    made = study_report(
        "A long lecture", "long.mp3", transcript, notes, cards, datetime(2026, 1, 1, tzinfo=UTC), questions=questions
    )
    work, took = time.process_time() - worked, time.perf_counter() - begun
    return made.pdf, (len(said), len(notes.chapters), len(cards), len(questions)), work, took


if __name__ == "__main__":
    sys.exit(main())
