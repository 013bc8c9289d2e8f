"""Recording in a real browser: whatever happens to the network, the page or the server, no second of it is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lecture.audio import SAMPLE_RATE, Recording, Samples
from lecture.takes import Incoming, Takes
from tests.browser.conftest import ROOT, Server, Watch, launch
from tests.browser.steps import PATIENCE_MS, PHONE, expect_fits, expect_readable, expect_results
from tests.fixtures import media

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
SPOKEN_S = 66.0
"""Seconds of the demonstration lecture that this microphone hears whenever it is opened; then it is silent."""
LOST_AT_MOST_S = 0.4
"""Seconds that may pass between the opening of the microphone and the first sound that is kept."""
AWAY = (
    "ERR_",
    "Failed to load resource",
    "disconnected from server",
    "Client Error in reaching server",
    "server is not responding",
)
"""What the browser says of a program that cannot be reached."""
GONE = "The program cannot be reached. Recording goes on, and the rest is saved by itself later."


# ------------------------------------------------------------------------------------------------ browsers and pages


@pytest.fixture(scope="module")
def spoken() -> Samples:
    return media.excerpt(0.0, SPOKEN_S)


@pytest.fixture(scope="module")
def listening(chromium: Browser, spoken: Samples, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that hears a minute of the lecture."""
    heard = media.write(tmp_path_factory.mktemp("microphone") / "minute.wav", spoken, rate=48_000)
    browser = launch(chromium.browser_type, heard)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def _program(listening: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("program"))
    yield server
    server.kill()
    # A network that breaks while a page connects is no trouble of ours, but Streamlit's log has it.
    assert not re.search(rf'File "{ROOT}/(?!\.venv)', server.log()), server.log()


@pytest.fixture
def server(_program: Server) -> Iterator[Server]:
    """The program without any lecture."""
    yield _program
    _program.forget()


@pytest.fixture
def attend(listening: Browser, watch: Watch, server: Server) -> Iterator[Browse]:
    """Opens a page in the browser that hears the lecture; being asked whether to leave it, it leaves."""
    assert server  # it outlives the pages
    contexts: list[BrowserContext] = []

    def attend(server: Server, context: BrowserContext | None = None, lecture: str = "", **options: object) -> Page:
        if context is None:
            context = listening.new_context(permissions=["microphone", "screen-wake-lock"], **options)
            contexts.append(context)
        return opened(context, watch, f"{server.url}/?lecture={lecture}" if lecture else server.url)

    yield attend
    for context in contexts:
        context.close()


def opened(context: BrowserContext, watch: Watch, url: str) -> Page:
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # before anybody else is asked
    page.on("pageerror", lambda error: watch.problems.append(f"exception: {error}"))
    page.on("console", lambda line: watch.problems.append(line.text) if line.type == "error" else None)
    page.goto(url, timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    return page


def forgive(watch: Watch) -> None:
    """The browser complained of a program that was away, as it should."""
    watch.problems[:] = [problem for problem in watch.problems if not any(said in problem for said in AWAY)]


def begin(page: Page) -> str:
    """Start recording; returns the lecture's id once it is the page's."""
    page.get_by_role("button", name="Start recording").click()
    expect(state(page)).to_have_text("Recording")
    page.wait_for_url("**/?lecture=*", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Live captions")).to_be_visible()
    expect(page.locator(".recorder")).to_have_count(1)  # that of the page before is gone
    return lecture_of(page)


def lecture_of(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["lecture"][0]


def part(page: Page, name: str, of: str = "recorder") -> Locator:
    """A part of the recorder, such as its "state" or the "hint" below it; or of what sends a file in "parts".

    Of the first one: while one view takes the place of another, the recorder stands in both for a moment.
    """
    return page.locator(f".{of}").first.locator(f"[data-part={name}]")


def state(page: Page) -> Locator:
    return part(page, "state")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def wait_for_clock(page: Page, seconds: float) -> None:
    """Until so much is recorded, going by what the page says."""
    page.wait_for_function(
        """seconds => {
            const roots = [...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot).filter(Boolean);
            const clock = roots.map((root) => root.querySelector("[data-part=clock]")).find(Boolean);
            return clock?.textContent.split(":").reduce((total, part) => 60 * total + Number(part), 0) >= seconds;
        }""",
        arg=seconds,
        timeout=90_000,
    )


def saved_s(page: Page) -> float:
    """Up to where everything is saved, going by what the page says."""
    found = re.search(r"Saved up to (\d+):(\d+)", part(page, "saved").text_content() or "")
    return 60.0 * int(found[1]) + int(found[2]) if found else 0.0


def all_saved_s(page: Page) -> float:
    """Seconds of the recording, once all of it is saved."""
    length = part(page, "clock").text_content() or ""
    expect(part(page, "saved")).to_have_text(f"Saved up to {length}")
    return saved_s(page)


def in_the_middle_of_a_chunk_s(page: Page) -> float:
    """Wait until half of a chunk is recorded that the browser has not given out yet; returns the seconds until then."""
    recorder = 'window[Symbol.for("lecture-recorder")]'
    made = page.evaluate(f"{recorder}.recording.takes[0].made")
    page.wait_for_function(f"made => {recorder}.recording.takes[0].made > made", arg=made)
    page.wait_for_timeout(500)
    return float(page.evaluate(f"{recorder}.taken + (performance.now() - {recorder}.since) / 1000"))


def finish(page: Page) -> None:
    press(page, "Finish, and make study notes")
    expect_results(page)


def incoming(server: Server, lecture: str) -> Incoming:
    library = server.library()
    try:
        found = Takes(library).of(lecture)
        assert found
        return found
    finally:
        library.close()


def recorded(server: Server, lecture: str) -> Samples:
    """The sound of the finished recording."""
    library = server.library()
    try:
        entry = library.entry(lecture)
        assert entry and entry.source.recording
        return np.concatenate(list(Recording(entry.source.recording.path)))
    finally:
        library.close()


def offsets(heard: Samples, spoken: Samples, window_s: float = 2.0) -> list[float]:
    """By how many seconds each window of what was spoken comes later in what was heard; infinite where it is not there.

    It is there where the two sound alike: with a coefficient of correlation above 0.8.
    """
    length = round(window_s * SAMPLE_RATE)
    return [_offset(heard, spoken[at : at + length], at) for at in range(0, len(spoken) - length + 1, length)]


def _offset(heard: Samples, window: Samples, at: int) -> float:
    padded = np.concatenate([np.zeros(len(window), np.float32), heard, np.zeros(len(window), np.float32)])
    size = 1 << (len(padded) + len(window)).bit_length()
    product = np.fft.irfft(np.fft.rfft(padded, size) * np.conj(np.fft.rfft(window, size)), size)[: len(heard) + 1]
    energy = np.concatenate([[0.0], np.cumsum(padded.astype(np.float64) ** 2)])
    energies = energy[len(window) : len(window) + len(product)] - energy[: len(product)]
    alike = product / np.sqrt(np.maximum(energies * float(np.sum(window**2)), 1e-9))
    best = int(np.argmax(alike))
    return (best - len(window) - at) / SAMPLE_RATE if alike[best] > 0.8 else float("inf")


def expect_all_of_it(heard: Samples, spoken: Samples) -> None:
    """Everything that was spoken was heard, nothing of it twice, and each word at its moment."""
    found = np.array(offsets(heard, spoken))
    assert np.all(np.isfinite(found)), f"not there: the windows {np.flatnonzero(~np.isfinite(found))}"
    print(f"\nHeard {found.min():+.2f} to {found.max():+.2f} s later than it was spoken")
    assert found.min() > -LOST_AT_MOST_S
    assert found.max() < 0.5
    assert np.ptp(found) < 0.15


# ------------------------------------------------------------------------------------------- a minute, and bad networks


def test_a_minute_is_whole_although_the_network_is_gone_for_15_seconds(
    attend: Browse, server: Server, spoken: Samples, watch: Watch
) -> None:
    page = attend(server)
    lecture = begin(page)
    wait_for_clock(page, 12)
    page.keyboard.press("m")
    page.keyboard.press("m")
    wait_for_clock(page, 14)
    press(page, "Mark this")
    expect(page.get_by_text("2 marks", exact=True)).to_be_visible()
    assert page.evaluate('window[Symbol.for("lecture-recorder")].awake.released') is False  # the screen stays on

    page.context.set_offline(True)
    away = time.monotonic()
    expect(part(page, "hint")).to_have_text(GONE)
    page.wait_for_timeout(12_000)
    saved = saved_s(page)
    assert 12 <= saved <= 17
    expect(part(page, "saved")).to_contain_text("waits in this browser")
    page.keyboard.press("M")
    page.wait_for_timeout(1000 * max(0.0, 15 - (time.monotonic() - away)))
    assert saved_s(page) == saved
    page.context.set_offline(False)
    expect(part(page, "hint")).to_have_text("")

    wait_for_clock(page, 60)
    first, second, third = incoming(server, lecture).marks
    assert 12 <= first < 14 <= second < 17
    assert 26 <= third < 36
    length_s = in_the_middle_of_a_chunk_s(page)
    finish(page)
    heard = recorded(server, lecture)
    assert 60 < length_s - 0.1 < len(heard) / SAMPLE_RATE < length_s + 1
    expect_all_of_it(heard, spoken[: len(heard)])
    forgive(watch)


def test_a_refreshed_page_and_a_killed_server_cost_nothing(
    attend: Browse, server: Server, spoken: Samples, watch: Watch
) -> None:
    page = attend(server)
    lecture = begin(page)
    wait_for_clock(page, 6)
    server.kill()
    wait_for_clock(page, 9)
    server.start()
    expect(part(page, "hint")).to_have_text("", timeout=60_000)
    expect(state(page)).to_have_text("Recording")
    server.kill()  # what comes now is in the browser alone
    before = saved_s(page)
    page.wait_for_timeout(3_000)
    server.start()
    with page.expect_event("dialog") as asked:
        page.reload()
    assert asked.value.type == "beforeunload"
    expect(state(page)).to_have_text("The recording was interrupted", timeout=60_000)
    expect(part(page, "hint")).to_contain_text("What was recorded is kept.")
    first_s = all_saved_s(page)
    assert first_s >= before + 2

    press(page, "Go on recording")
    expect(state(page)).to_have_text("Recording")
    wait_for_clock(page, first_s + 8)
    assert [take.number for take in incoming(server, lecture).takes] == [0, 1]
    finish(page)
    heard = recorded(server, lecture)
    cut = round((first_s + 0.5) * SAMPLE_RATE)
    expect_all_of_it(heard[:cut], spoken[: round((first_s - 1) * SAMPLE_RATE)])
    again = heard[round((first_s - 0.5) * SAMPLE_RATE) :]
    assert np.ptp(offsets(again, spoken[: 6 * SAMPLE_RATE])) < 0.15
    forgive(watch)


# --------------------------------------------------------------------------------------------------------- many tabs


def test_two_tabs_record_two_lectures_and_neither_takes_the_other_s(
    attend: Browse, server: Server, spoken: Samples, watch: Watch
) -> None:
    one = attend(server)
    other = attend(server, one.context)
    first, second = begin(one), begin(other)
    assert first != second
    looking = attend(server, one.context, lecture=first)
    expect(state(looking)).to_have_text("This lecture is being recorded in another tab of this browser.")
    expect(part(looking, "buttons")).to_be_hidden()

    wait_for_clock(other, 8)
    finish(other)
    one.close()  # as a crash does
    expect(state(looking)).to_have_text("The recording was interrupted")
    stranger = attend(server, lecture=first)
    expect(state(stranger)).to_have_text("This lecture is being recorded in another browser.")
    expect(part(stranger, "buttons")).to_be_hidden()
    stranger.context.close()
    finish(looking)
    for lecture in (first, second):
        heard = recorded(server, lecture)
        assert len(heard) > 7 * SAMPLE_RATE
        expect_all_of_it(heard, spoken[: len(heard) - SAMPLE_RATE])
    forgive(watch)


# ---------------------------------------------------------------------------------------------------- no microphone


def test_without_a_microphone_one_sentence_says_what_to_do(
    chromium: Browser, server: Server, watch: Watch, attend: Browse, tmp_path: Path
) -> None:
    def expect_refused(page: Page, says: str) -> None:
        press(page, "Start recording")
        expect(part(page, "trouble")).to_have_text(says)
        expect(page.get_by_role("button", name="Start recording")).to_be_visible()

    page = attend(server)
    page.evaluate(
        """() => navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException("Could not start audio source", "NotReadableError"))"""
    )
    expect_refused(
        page,
        "The microphone does not answer; another program may be using it. Close that program, then start again.",
    )

    heard = media.write(tmp_path / "heard.wav", media.silence(1.0), rate=48_000)
    strict = launch(chromium.browser_type, heard, "--use-fake-ui-for-media-stream=deny")
    try:
        page = opened(strict.new_context(), watch, server.url)
        expect_refused(
            page,
            "The browser does not let this page use the microphone. "
            "Allow it with the sign in the address bar, then start again.",
        )
    finally:
        strict.close()

    deaf = launch(chromium.browser_type, None)
    try:
        page = opened(deaf.new_context(permissions=["microphone"]), watch, server.url)
        expect_refused(page, "No microphone was found. Plug one in, then start again.")
        context = deaf.new_context()
        context.add_init_script("delete Navigator.prototype.mediaDevices")  # as where the page is not secure
        page = opened(context, watch, server.url)
        expect(part(page, "trouble")).to_contain_text("https:// or http://localhost")
        expect(part(page, "buttons")).to_be_hidden()
        context = deaf.new_context()
        context.add_init_script("delete window.MediaRecorder")
        page = opened(context, watch, server.url)
        expect(part(page, "trouble")).to_contain_text("This browser cannot record.")
        context = deaf.new_context()
        context.add_init_script("MediaRecorder.isTypeSupported = () => false")
        page = opened(context, watch, server.url)
        expect(part(page, "trouble")).to_contain_text("This browser cannot record.")
    finally:
        deaf.close()


def test_silence_and_a_lost_microphone_are_said_and_recording_goes_on_after_a_pause(
    chromium: Browser, server: Server, watch: Watch, tmp_path: Path
) -> None:
    sounds = np.concatenate([media.excerpt(0.0, 3.0), media.silence(40.0)])
    heard = media.write(tmp_path / "short.wav", sounds, rate=48_000)
    browser = launch(chromium.browser_type, heard)
    try:
        context = browser.new_context(permissions=["microphone"], viewport=PHONE)
        context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")  # a private window
        page = opened(context, watch, server.url)
        lecture = begin(page)
        expect(part(page, "note")).to_contain_text("This browser keeps nothing for this page")
        wait_for_clock(page, 3)
        press(page, "Pause")
        expect(state(page)).to_have_text("Paused")
        stands = part(page, "clock").text_content()
        page.wait_for_timeout(2_000)
        expect(part(page, "clock")).to_have_text(stands)
        expect(part(page, "hint")).to_have_text("")
        press(page, "Go on recording")
        expect(part(page, "hint")).to_have_text("No sound is coming in: is the right microphone chosen?")
        expect_fits(page)
        page.evaluate(
            """() => window[Symbol.for("lecture-recorder")].recorder.stream.getTracks()
                .forEach((track) => track.dispatchEvent(new Event("ended")))"""
        )
        expect(part(page, "trouble")).to_contain_text("The microphone is gone.")
        expect(part(page, "select").locator("option")).not_to_have_count(0)
        press(page, "Go on recording")
        expect(state(page)).to_have_text("Recording")
        expect(part(page, "trouble")).to_be_hidden()
        page.wait_for_timeout(3_000)
        assert len(incoming(server, lecture).takes) == 2
        finish(page)
        assert 15 < len(recorded(server, lecture)) / SAMPLE_RATE < 20
    finally:
        browser.close()


# ------------------------------------------------------------------------------------------------------- large files


def test_a_file_is_sent_in_parts_over_a_bad_network_or_not_at_all(
    attend: Browse, server: Server, tmp_path: Path, watch: Watch
) -> None:
    large = media.write(tmp_path / "memory.wav", media.excerpt(0.0, 20.0), rate=192_000, layout="stereo")
    assert large.stat().st_size > 15_000_000
    page = attend(server)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
    slow.send("Network.emulateNetworkConditions", speed)
    page.get_by_text("Send it in parts").click()
    choose_file(page, large)
    expect(page.get_by_text(re.compile(r"^(4|8) MB of 15 MB$"))).to_be_visible()
    press(page, "Cancel")
    expect(page.get_by_text("Choose a file")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    wait_until(lambda: not server.kept_files())

    choose_file(page, tmp_path / "notes.pdf")
    expect(part(page, "trouble", "parts")).to_contain_text("notes.pdf is not a recording.")
    choose_file(page, large)
    expect(page.get_by_text(re.compile(r"^(4|8) MB of 15 MB$"))).to_be_visible()
    slow.send("Network.emulateNetworkConditions", {**speed, "offline": True})
    expect(part(page, "hint", "parts")).to_contain_text("The program cannot be reached.")
    slow.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": -1})
    expect_results(page)
    library = server.library()
    entry = library.entry(lecture_of(page))
    library.close()
    assert entry and entry.source.recording
    assert entry.source.recording.path.read_bytes() == large.read_bytes()
    assert entry.source.recording.name == "memory.wav"
    forgive(watch)


def choose_file(page: Page, path: Path) -> None:
    if not path.exists():
        path.write_text("not a recording")
    part(page, "input", "parts").set_input_files(path)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert true()


# ------------------------------------------------------------------------------------------------------ how it looks


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_recorder_fits_a_phone_and_can_be_read(attend: Browse, server: Server, theme: str, watch: Watch) -> None:
    page = attend(server, viewport=PHONE, color_scheme=theme)
    expect_fits(page)
    begin(page)
    page.context.set_offline(True)
    expect(part(page, "hint")).to_have_text(GONE)
    page.wait_for_timeout(3_000)
    expect_fits(page)
    expect_readable(page)
    page.context.set_offline(False)
    press(page, "Pause")
    expect(state(page)).to_have_text("Paused")
    expect_fits(page)
    expect_readable(page)
    page.reload()
    expect(state(page)).to_have_text("The recording was interrupted", timeout=60_000)
    expect_fits(page)
    expect_readable(page)
    finish(page)
    forgive(watch)


# ------------------------------------------------------------------------------------------------ what is not taken


def test_what_the_program_does_not_take_can_be_saved_and_what_was_left_is_found_again(
    attend: Browse, server: Server, spoken: Samples, watch: Watch, tmp_path: Path
) -> None:
    page = attend(server)
    lecture = begin(page)
    expect(part(page, "saved")).to_contain_text("Saved up to")
    full = {"error": "The disk is full. Free some space and try again."}
    page.route("**/incoming/*/0/*", lambda route: route.fulfill(status=507, json=full))
    expect(part(page, "trouble")).to_have_text(full["error"])
    wait_for_clock(page, 6)
    press(page, "Finish, and make study notes")
    expect(state(page)).to_have_text("Finishing")
    expect(page.get_by_role("button", name="Finish with what is saved")).to_be_visible()
    with page.expect_download() as file:
        press(page, "Save what is here as a file")
    assert file.value.suggested_filename == "Recording, part 1.webm"
    file.value.save_as(tmp_path / "saved.webm")
    found = offsets(np.concatenate(list(Recording(tmp_path / "saved.webm"))), spoken[4 * SAMPLE_RATE : 6 * SAMPLE_RATE])
    assert np.all(np.isfinite(found))

    page.goto(server.url)
    expect(part(page, "left")).to_contain_text("was not finished.")
    page.unroute_all()
    press(page, "Open it")
    expect_results(page)
    heard = recorded(server, lecture)
    expect_all_of_it(heard, spoken[: 6 * SAMPLE_RATE])
    page.goto(server.url)
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()

    lecture = begin(page)
    wait_for_clock(page, 2)
    library = server.library()
    library.delete(lecture)
    library.close()
    expect(part(page, "trouble")).to_contain_text("It may have been deleted. What was not saved can still be saved")
    press(page, "■ Stop")
    expect(state(page)).to_have_text("Stopped")
    press(page, "Forget it")
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()
    expect(part(page, "left")).to_be_hidden()
    forgive(watch)
