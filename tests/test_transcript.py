"""Transcripts and captions: what is written can be read back, and what people upload can be read at all."""

import json
import random
import time

import pytest

from lecture.captions import LONGEST_PIECE, MAX_BYTES, read_captions
from lecture.errors import CaptionError
from lecture.transcript import (
    Segment,
    Transcript,
    Word,
    format_time,
    from_json,
    provenance,
    to_json,
    to_srt,
    to_txt,
    to_vtt,
)


def transcript(*segments, recogniser="faster-whisper", model="base", language="en", **more):
    duration = max((s.end for s in segments), default=0.0)
    return Transcript(tuple(segments), language, recogniser, model, duration, **more)


def read(text, name="talk.srt"):
    return read_captions(text if isinstance(text, bytes) else text.encode(), name)


def cues(text, name="talk.srt"):
    return [(s.start, s.end, s.text) for s in read(text, name).segments]


def texts(text, name="talk.srt"):
    return [s.text for s in read(text, name).segments]


def failure(text, name="talk.srt"):
    with pytest.raises(CaptionError) as caught:
        read(text, name)
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".")
    return message


# Times


@pytest.mark.parametrize(
    ("seconds", "clock", "srt"),
    [
        (0, "00:00", "00:00:00,000"),
        (200, "03:20", "00:03:20,000"),
        (200.9, "03:20", "00:03:20,900"),
        (59.9996, "01:00", "00:01:00,000"),
        (3727.25, "1:02:07", "01:02:07,250"),
        (360_000, "100:00:00", "100:00:00,000"),
        (-1, "00:00", "00:00:00,000"),
    ],
)
def test_times_for_people_and_players(seconds, clock, srt):
    assert format_time(seconds) == clock
    assert format_time(seconds, "srt") == srt
    assert format_time(seconds, "vtt") == srt.replace(",", ".")


# Writing


HOSTILE = [
    "plain words",
    "a < b & c > d",
    "an arrow --> here",
    "00:00:01,000 --> 00:00:02,000",
    "the <b> tag, the <v Bob> tag, the <font color=red> tag",
    "&amp; &lt;b&gt; &nbsp; &#65; AT&T",
    "{\\an8} up",
    "WEBVTT",
    "NOTE this",
    "42",
    "é Ω Ж 語 – •",
    "<00:00:01.000>",
]


@pytest.mark.parametrize(("write", "name"), [(to_srt, "a.srt"), (to_vtt, "a.vtt")])
def test_captions_read_back_as_written(write, name):
    chance = random.Random(0)
    letters = ["<", ">", "&", "-", "--", "-->", "b", "i>", "/", ";", "lt;", "#", "1", ":", ",", " ", "é", "{\\an8}"]
    for _ in range(300):
        now, segments = 0.0, []
        for _ in range(chance.randint(1, 6)):
            start = now + chance.choice([0, 0.0004, 1.23456, 4000])
            now = start + chance.choice([0.5, 3.3333])
            text = chance.choice([*HOSTILE, "".join(chance.choices(letters, k=9))]).strip()
            segments.append(Segment(start, now, " ".join(text.split()) or "x"))
        back = read(write(transcript(*segments)), name)
        assert [s.text for s in back.segments] == [s.text for s in segments]
        for was, now_is in zip(segments, back.segments, strict=True):
            assert abs(was.start - now_is.start) <= 0.001
            assert abs(was.end - now_is.end) <= 0.001
        assert back.warnings == ()


@pytest.mark.parametrize("write", [to_srt, to_vtt])
def test_no_text_can_end_its_caption_or_begin_another(write):
    written = write(transcript(Segment(0, 1, "one\n\n2\n00:00:05,000 --> 00:00:06,000\nforged"), Segment(1, 2, " \n")))
    assert written.count("-->") == 1
    assert written.rstrip("\n").count("\n\n") == (0 if write is to_srt else 1)


def test_srt_stays_legible():
    assert "a < b & c > d" in to_srt(transcript(Segment(0, 1, "a < b & c > d")))


def test_exact_srt_and_vtt():
    spoken = transcript(Segment(0, 1.5, "One."), Segment(1.5, 3, "Two."))
    assert to_srt(spoken) == ("1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n00:00:01,500 --> 00:00:03,000\nTwo.\n")
    assert to_vtt(spoken) == (
        "WEBVTT\nLanguage: en\n\n00:00:00.000 --> 00:00:01.500\nOne.\n\n00:00:01.500 --> 00:00:03.000\nTwo.\n"
    )


def test_language_survives_vtt():
    assert read(to_vtt(transcript(Segment(0, 1, "Ja."), language="de")), "a.vtt").language == "de"


def test_a_draft_says_so_and_the_sentence_is_not_read_back_as_speech():
    draft = transcript(Segment(0, 1, "hello"), Segment(70, 71, "you"), recogniser="pocketsphinx", model="en-us")
    assert provenance(draft) == "Recognised by PocketSphinx (en-us): a draft. Expect wrong words and no punctuation."
    assert to_txt(draft).startswith(provenance(draft) + "\n")
    assert "\nNOTE " + provenance(draft) + "\n\n" in to_vtt(draft)
    for back in (read(to_txt(draft), "a.txt"), read(to_vtt(draft), "a.vtt"), read(to_txt(draft, times=False), "a.txt")):
        assert [s.text for s in back.segments] == ["hello", "you"]


def test_provenance_of_the_others():
    assert provenance(transcript()) == "Recognised by faster-whisper, model base, language en."
    assert provenance(transcript(recogniser="captions", model=None)) == "From the captions you uploaded."


def test_text_with_and_without_times():
    spoken = transcript(Segment(0, 2, "One."), Segment(3727, 3728, "Two."))
    assert to_txt(spoken) == "[00:00] One.\n[1:02:07] Two.\n"
    assert to_txt(spoken, times=False) == "One.\nTwo.\n"
    assert [(s.start, s.text) for s in read(to_txt(spoken), "a.txt").segments] == [(0, "One."), (3727, "Two.")]


# JSON


def test_json_reads_back_equal():
    full = transcript(
        Segment(0.1, 2.0000001, "Grüße \u2028 <b>", (Word(0.1, 0.5, "Grüße", 0.25), Word(0.5, 2, "x"))),
        Segment(2.5, 3.75, ""),
        reason="It is here.",
        warnings=("Short.", "Odd."),
    )
    assert from_json(to_json(full)) == full
    assert from_json(to_json(full).encode()) == full
    assert from_json(to_json(transcript(model=None, language=None))) == transcript(model=None, language=None)
    content = json.loads(to_json(full))
    assert {"language", "recogniser", "model", "duration", "segments"} <= content.keys()
    assert content["segments"][1] == {"start": 2.5, "end": 3.75, "text": ""}


def broken(**change):
    content = json.loads(to_json(transcript(Segment(0, 1, "a"), Segment(1, 2, "b"))))
    return json.dumps({**content, **change})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "JSON"),
        ("[]", "object"),
        (b"\xff\xfe\x00", "JSON"),
        (broken(segments=[{"start": 0, "end": 1}]), "segments 1 text"),
        (broken(segments=[{"start": "0", "end": 1, "text": "a"}]), "segments 1 start"),
        (broken(segments=[{"start": -1, "end": 1, "text": "a"}]), "segments 1 start"),
        (broken(segments=[{"start": 0, "end": 1, "text": "a"}, {"start": 3, "end": 2, "text": "a"}]), "segments 2"),
        (broken(duration=float("nan")), "duration"),
        (broken(duration=float("inf")), "duration"),
        (broken(recogniser=None), "recogniser"),
    ],
)
def test_json_that_is_no_transcript(content, says):
    with pytest.raises(CaptionError, match=says) as caught:
        from_json(content, "old.json")
    assert str(caught.value).startswith("old.json is not a transcript")
    assert "\n" not in str(caught.value)


# SRT as people have it


SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello\nthere.\n\n2\n00:00:03,000 --> 00:00:04,000\nBye.\n"
SRT_CUES = [(1, 2.5, "Hello there."), (3, 4, "Bye.")]


@pytest.mark.parametrize(
    "text",
    [
        SRT,
        SRT.replace("\n", "\r\n"),
        SRT.replace("\n", "\r"),
        "\ufeff" + SRT,
        "\n\n" + SRT + "\n\n\n",
        SRT.replace(",", "."),
        SRT.replace("\n\n", "\n \t\n"),
        SRT.replace("\n\n", "\n\n\n\n"),
        SRT.replace("\n\n", "\n"),  # blank line missing
        SRT.replace("1\n00", "00", 1).replace("2\n00", "00"),  # counters missing
        SRT.replace("1\n00", "00", 1).replace("\n\n2\n00", "\n00"),  # both missing
        SRT.replace("Hello\n", "Hello\n\n"),  # blank line inside a caption
        SRT.replace("Hello", "<i>Hel</i>lo").replace("Bye", '<font color="#ff0000">{\\an8}Bye</FONT>'),
        SRT.replace("02,500", "02,500  X1:10 X2:20 Y1:1 Y2:2"),
        SRT.replace("00:00:01,000", "0:00:1,0"),
        SRT + "\n3\n",  # cut off after the counter
        SRT + "\n3\n00:00:09,000 --> 00:00:10,000\n",  # cut off before the words
    ],
)
def test_srt_variants(text):
    back = read(text)
    assert [(s.start, s.end, s.text) for s in back.segments] == SRT_CUES
    assert (back.recogniser, back.model, back.language, back.duration) == ("captions", None, None, 4)
    assert back.warnings == ()


def test_numbers_that_are_words_stay():
    assert texts("1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n1984\n") == ["42", "1984"]
    for gap in ("\n", "\n\n"):
        text = f"00:00:01,000 --> 00:00:02,000\nThe answer:\n42{gap}00:00:03,000 --> 00:00:04,000\nx\n"
        assert texts(text) == ["The answer: 42", "x"]


def test_what_is_no_tag_stays():
    assert texts("1\n00:00:01,000 --> 00:00:02,000\nif a<b and c>d then 3 --> 4 &c.\n") == [
        "if a<b and c>d then 3 --> 4 &c."
    ]


@pytest.mark.parametrize(
    ("content", "warned"),
    [
        (SRT.replace("Bye", "Café – тест").encode("utf-8-sig"), False),
        (SRT.replace("Bye", "Café – тест").encode("utf-16"), False),
        (b"\xfe\xff" + SRT.replace("Bye", "Café – тест").encode("utf-16-be"), False),
        (SRT.replace("Bye", "Café – “test”").encode("cp1252"), True),
    ],
)
def test_encodings(content, warned):
    back = read(content)
    assert back.segments[1].text in ("Café – тест.", "Café – “test”.")
    assert ["Windows-1252" in warning for warning in back.warnings] == [True] * warned


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_letters_that_were_lost_before_the_file_was_written_are_no_damage_of_the_file(encoding):
    back = read_captions(SRT.replace("Bye", "Caf\ufffd").encode(encoding), "a.srt")
    assert back.segments[-1].text == "Caf\ufffd."
    assert back.warnings == ()


def test_utf8_cut_inside_a_letter_is_still_utf8():
    back = read((SRT + "\n3\n00:00:05,000 --> 00:00:06,000\n" + "čaj " * 20 + "č").encode()[:-1])
    assert back.segments[2].text.startswith("čaj čaj")
    assert "damaged" in back.warnings[0]


# VTT as people have it


def test_vtt_with_everything():
    text = """WEBVTT - a talk
Kind: captions
Language: en-GB

NOTE
not --- spoken
nor this

STYLE
::cue(.loud) { color: red }

REGION
id:fred

intro
00:01.000 --> 00:02.000 align:start position:0% line:-1
<v.loud Mary Ann>Fish &amp; <b>chips</b></v> 2&nbsp;&lt; 3 &lt;b&gt;
and <c.yellow.bg_blue>more</c> <00:00:01.500>now <i.x>so</i> <lang de>ja</lang>

NOTE one line

2
100:00:03.000 --> 100:00:04.000
- yes
- no
"""
    back = read(text, "talk.vtt")
    assert back.language == "en"
    assert [(s.start, s.end, s.text) for s in back.segments] == [
        (1, 2, "Fish & chips 2 < 3 <b> and more now so ja"),
        (360003, 360004, "- yes - no"),
    ]
    assert back.warnings == ()


def test_vtt_says_what_it_leaves_out():
    back = read("WEBVTT\n\n00:01.000 --> 00:02.000\nin\n\nstray\nmore\n\n00:03.000 --> 00:04.000\nin too", "a.vtt")
    assert [s.text for s in back.segments] == ["in", "in too"]
    assert back.warnings == ("Line 6 and 1 more of a.vtt belongs to no caption and was left out.",)


def test_kinds_are_told_by_content_where_the_name_misleads():
    assert cues(SRT, "talk.txt") == SRT_CUES
    assert cues(SRT, "talk.vtt") == SRT_CUES
    assert cues("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bob>a &amp; b\n", "talk.SRT") == [(1, 2, "a & b")]


def test_vtt_without_blank_lines():
    assert texts("WEBVTT\n00:01.000 --> 00:02.000\none\n00:02.000 --> 00:03.000\ntwo", "a.vtt") == ["one", "two"]


YOUTUBE = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.000 align:start position:0%
 
hello<00:00:00.500><c> and</c><00:00:01.000><c> welcome</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
hello and welcome
 

00:00:02.010 --> 00:00:04.000 align:start position:0%
hello and welcome
to<00:00:02.500><c> the</c> lecture

00:00:04.000 --> 00:00:04.010 align:start position:0%
to the lecture
 

00:00:04.010 --> 00:00:06.000 align:start position:0%
to the lecture
to the lecture
"""  # noqa: W293 - the blanks are YouTube's


def test_rolling_captions_are_said_once():
    back = read(YOUTUBE, "a.vtt")
    assert [(s.start, s.text) for s in back.segments] == [
        (0.16, "hello and welcome"),
        (2.01, "to the lecture"),
        (4.01, "to the lecture"),
    ]
    as_srt = "1\n00:00:00,000 --> 00:00:02,000\none\n\n2\n00:00:02,000 --> 00:00:04,000\none\ntwo\n\n"
    as_srt += "3\n00:00:04,000 --> 00:00:06,000\ntwo\nthree\n"
    assert texts(as_srt) == ["one", "two", "three"]


def test_what_is_truly_said_twice_stays_twice():
    twice = transcript(*(Segment(i, i + 1, "Yes.") for i in range(4)), Segment(4, 5, "Yes. I see."))
    short = transcript(*(Segment(i / 100, (i + 1) / 100, "Yes.") for i in range(4)))
    for name, write in (("a.srt", to_srt), ("a.vtt", to_vtt)):
        assert texts(write(twice), name) == ["Yes."] * 4 + ["Yes. I see."]
        assert texts(write(short), name) == ["Yes."] * 4
    assert texts(to_srt(twice).replace("Yes. I see.", "Yes.\nI see.")) == ["Yes."] * 4 + ["Yes. I see."]


# Times that are wrong


def test_a_caption_that_ends_before_it_starts_names_the_line():
    text = SRT + "\n\n\n3\n00:01:05,000 --> 00:01:02,000\nWrong.\n"
    assert failure(text.replace("\n", "\r\n")) == (
        "Line 13 of talk.srt: the caption ends before it starts (00:01:05,000 --> 00:01:02,000). "
        "Correct the times and upload again."
    )
    assert failure("WEBVTT\n\n00:05.000 --> 00:02.000\nx", "a.vtt").startswith("Line 3 of a.vtt: the caption ends")
    assert failure("x\n[00:05 --> 00:02] y", "a.txt").startswith("Line 2 of a.txt: the caption ends")


@pytest.mark.parametrize("times", ["00:00:0x,000 --> 00:00:02,000", "00:00:01,000 -->", "-0:01:00,0 --> 0:01:01,0"])
def test_times_that_cannot_be_read_name_the_line(times):
    assert failure(f"1\n{times}\nx\n").startswith(f"Line 2 of talk.srt: the times cannot be read ({times})")


def test_captions_out_of_order_are_sorted_with_a_warning():
    text = "1\n00:00:05,000 --> 00:00:06,000\nlast\n\n2\n00:00:01,000 --> 00:00:02,000\nfirst\n"
    assert cues(text) == [(1, 2, "first"), (5, 6, "last")]
    assert read(text).warnings == ("The captions in talk.srt were not in order of time and have been sorted.",)


def test_overlapping_captions_are_shortened_with_a_warning():
    text = "1\n00:00:01,000 --> 00:00:04,000\na\n\n2\n00:00:03,000 --> 00:00:09,000\nb\n\n"
    text += "3\n00:00:03,000 --> 00:00:05,000\nc\n\n4\n00:00:09,000 --> 00:00:10,000\nd\n"
    assert cues(text) == [(1, 3, "a"), (3, 9, "b c"), (9, 10, "d")]
    assert read(text).warnings == (
        "Captions in talk.srt overlapped in 2 places; each now ends when the next one begins.",
    )


def test_times_never_run_backwards():
    chance = random.Random(1)
    for _ in range(200):
        spans = [(s := chance.randint(0, 50), s + chance.randint(0, 20)) for _ in range(8)]
        back = cues("\n\n".join(f"00:00:{a:02} --> 00:00:{b:02}\nw{i}" for i, (a, b) in enumerate(spans)))
        now = 0.0
        for start, end, _ in back:
            assert now <= start <= end
            now = end
        assert sorted(" ".join(text for *_, text in back).split()) == [f"w{i}" for i in range(8)]


# Plain text


@pytest.mark.parametrize(
    "text",
    [
        "[00:12] Hello there.\n[01:02:03] Bye.",
        "00:12 Hello there.\n1:02:03 Bye.",
        "(0:12) Hello there.\n(1:02:03) - Bye.",
        "00:12\nHello\nthere.\n\n1:02:03\nBye.",
        "[00:12.0]Hello\n\nthere.\n[62:03] Bye.",
        "00:12 - Hello there.\n1:02:03: Bye.",
    ],
)
def test_times_in_plain_text_are_used(text):
    assert cues(text, "a.txt") == [(12, 3723, "Hello there."), (3723, 3723.4, "Bye.")]
    assert read(text, "a.txt").warnings == ()


def test_whisper_command_line_output():
    assert cues("[00:00.000 --> 00:04.000]  One.\n[00:05.000 --> 00:06.000]  Two.", "a.txt") == [
        (0, 4, "One."),
        (5, 6, "Two."),
    ]


def test_words_before_the_first_time_are_kept():
    assert cues("Waves\n[00:10] Hello.\n[00:20] Bye.", "a.txt")[0] == (0, 10, "Waves")
    assert cues("Waves\n[00:00] Hello.\n[00:20] Bye.", "a.txt") == [
        (0, 0, "Waves"),
        (0, 20, "Hello."),
        (20, 20.4, "Bye."),
    ]


def test_a_time_of_day_in_a_sentence_is_no_timestamp():
    text = "We meet again tomorrow.\nLunch is at noon and then, at\n12:30 we go on.\nBring a pen.\nAnd paper."
    assert texts(text, "a.txt")[2] == "12:30 we go on."


def test_lines_without_times_are_estimated_and_it_is_said():
    back = read(" ".join(["word"] * 50) + "\n" + " ".join(["word"] * 25) + "\n", "a.txt")
    assert [(s.start, s.end) for s in back.segments] == [(0, 20), (20, 30)]
    assert back.duration == 30
    assert len(back.warnings) == 1
    assert "150 words per minute" in back.warnings[0]


def test_paragraphs_are_kept_together_and_long_ones_cut_at_sentences():
    assert texts("One\nline\nafter another.\n\nNext.", "a.txt") == ["One line after another.", "Next."]
    long = "It is so. " * 40 + "word " * 200
    pieces = texts(long, "a.txt")
    assert pieces[0] == "It is so."
    assert max(len(piece.split()) for piece in pieces) <= LONGEST_PIECE
    assert " ".join(pieces).split() == long.split()
    timed = cues("[00:10] " + "It is so. " * 40 + "\n[00:50] Bye.", "a.txt")
    assert timed[0][:2] == (10, 11)
    assert timed[39][:2] == (49, 50)


def test_text_without_spaces_takes_time_too():
    assert read("今日は物理学の講義です。", "a.txt").duration > 1


# What cannot be used


@pytest.mark.parametrize("name", ["a.srt", "a.vtt", "a.txt"])
def test_empty_files(name):
    for content in (b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\r\n", "\u2028\ufeff\x85".encode()):
        assert failure(content, name).startswith(f"{name} is empty.")


@pytest.mark.parametrize(
    "content",
    [
        b"ID3\x04\x00\x00\x00\x00" + bytes(range(256)) * 4,
        b"%PDF-1.7\nplain enough",
        b"{\\rtf1 hello}",
        bytes(range(1, 32)) * 9,
        b"\x81\x8d\x8f words",
    ],
)
def test_what_is_not_text(content):
    for name in ("a.srt", "a.vtt", "a.txt"):
        assert failure(content, name).startswith(f"{name} is not a text file.")


def test_no_captions_no_words_wrong_kind_too_large(tmp_path):
    assert failure("Hello").startswith("talk.srt has no captions")
    assert failure("WEBVTT\n\nNOTE x\n", "a.vtt").startswith("a.vtt has no captions")
    assert "no words" in failure("1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n")
    assert "no words" in failure("[00:01]\n[00:02]", "a.txt")
    assert failure("x", "a.mp3").startswith("a.mp3 is not a caption file.")
    assert failure("x", "").startswith("The file is not a caption file.")
    assert "10 MB" in failure(b"a" * (MAX_BYTES + 1))
    with pytest.raises(CaptionError, match=r"^gone\.srt cannot be opened \(No such file"):
        read_captions(tmp_path / "gone.srt")


def test_a_draft_without_words():
    assert "no words" in failure("Recognised by PocketSphinx (en-us): a draft.\n", "a.txt")


def test_a_path_and_the_name_it_had(tmp_path):
    stored = tmp_path / "source.bin"
    stored.write_bytes(SRT.encode())
    assert read_captions(stored, "C/../talk.srt").reason == "The words are those of talk.srt."
    assert read_captions(tmp_path / "source.bin", "talk.srt").segments[1].text == "Bye."


@pytest.mark.parametrize(
    "line",
    [
        "<b " * 300_000,
        "&" * 900_000,
        " " * 900_000 + "x",
        "00:00:01,000" + " " * 900_000,
        "1" * 900_000 + "-->",
        "[1:00" * 200_000,
    ],
)
@pytest.mark.parametrize("name", ["a.srt", "a.vtt", "a.txt"])
def test_no_line_takes_long(line, name):
    began = time.process_time()
    read(f"WEBVTT\n\n00:01.000 --> 00:02.000\nx {line}\n{line}\n" if name != "a.txt" else f"{line}\n{line} x", name)
    assert time.process_time() - began < 5


LONG_CAPTION = "\n00:00:01,000 --> 00:00:02,000\n" + "x\n" * 20_000


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nsame\n\n" * 20_000, "a.srt"),
        ((LONG_CAPTION + "y\n" + LONG_CAPTION + "z\n") * 10, "a.srt"),
        ("[00:01] so it is.\n" * 100_000, "a.txt"),
        ("so it is. " * 100_000, "a.txt"),
    ],
)
def test_large_files_take_time_in_proportion(content, name):
    began = time.process_time()
    read(content, name)
    assert time.process_time() - began < 10
