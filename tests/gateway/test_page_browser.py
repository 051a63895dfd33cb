"""The page as people meet it: in a real browser, with a microphone that plays a real recording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import Graph
from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import Keyring
from pipeline.gateway.limits import Limits
from pipeline.gateway.recipes import Operator, Recipes
from tests.gateway.browser import browser, driver, fake_camera, fake_microphone
from tests.gateway.conftest import POOR, TOKEN, Served, listening
from tests.gateway.recording import pause, speech
from tests.media import media_root, need_model, recordings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

EYES = """
nodes:
  caller: {uses: source.external}
  activity: {uses: vad.silero, inputs: {audio: caller.audio}}
  words: {uses: asr.whisper, inputs: {audio: caller.audio, speech: activity.activity}, with: {lang: en}}
  target: {uses: translate.firefox, inputs: {unit: words.transcript}, with: {from: en, to: pt}}
  signs: {uses: vision.gesture, inputs: {video: caller.video}}
"""
PATIENCE_MS = 40_000  # the machine may be busy
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with driver() as found:
        yield found


@pytest.fixture(scope="module")
def chrome(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    pcm = pause(0.5) + speech() + pause(60)
    with browser(playwright, *fake_microphone(tmp_path_factory.mktemp("sound"), pcm)) as found:
        yield found


@pytest.fixture
def page(chrome: Browser, served: Served) -> Iterator[Page]:
    """The page with the key of the server, ready to start; no script of it may fail."""
    found = opened(chrome, served, TOKEN)
    failed: list[str] = []
    found.on("pageerror", lambda error: failed.append(str(error)))
    yield found
    found.context.close()
    assert failed == []


def opened(chrome: Browser, served: Served, key: str, path: str = "/") -> Page:
    context = chrome.new_context(permissions=["microphone", "camera"], accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    found = context.new_page()
    found.goto(f"{served.http}{path}")
    found.fill("#key", key)
    found.press("#key", "Enter")
    found.wait_for_selector("#go:enabled")
    return found


def wait_for_text(page: Page, selector: str, pattern: str) -> str:
    page.wait_for_function(
        "([selector, pattern]) => new RegExp(pattern).test(document.querySelector(selector)?.textContent)",
        arg=[selector, pattern],
    )
    return str(page.text_content(selector))


def problem(page: Page) -> str:
    page.wait_for_selector("#problem", state="visible")
    return str(page.inner_text("#problem"))


def test_somebody_speaks_and_reads_and_saves_the_translation(page: Page) -> None:
    assert (page.input_value("#from"), page.input_value("#to")) == ("en", "pt")
    page.click("#go")
    assert "medo" in wait_for_text(page, "#turns", "medo")
    assert "afraid" in page.inner_text("#turns .source")
    wait_for_text(page, "#aloud", "medo")
    wait_for_text(page, "#ahead", r"\d s")
    assert re.fullmatch(r"\d+\.\d s", page.inner_text("#lag"))
    assert page.get_attribute("#turns .target", "lang") == "pt"
    page.click("#go")
    wait_for_text(page, "#state", "Ready")
    with page.expect_download() as download:
        page.click("#vtt-target")
    vtt = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename == "captions.pt.vtt"
    assert re.match(r"WEBVTT\nLanguage: pt\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\n", vtt)
    assert "medo" in vtt


def test_other_screens_see_the_same_lines_also_if_they_join_late(page: Page, served: Served) -> None:
    page.click("#go")
    wait_for_text(page, "#turns", "medo")
    address = f"{served.http}/{page.get_attribute('#screen', 'href')}"
    for show, word in (("target", "medo"), ("source", "afraid")):
        screen = page.context.new_page()
        screen.goto(f"{address}?show={show}")
        wait_for_text(screen, "#lines", word)
    size = "parseFloat(getComputedStyle(document.getElementById('lines')).fontSize)"
    before = screen.evaluate(size)
    screen.keyboard.press("+")
    assert screen.evaluate(size) > before
    page.click("#go")
    wait_for_text(screen, "#state", "The session is over")


def test_a_talk_goes_on_after_the_network_broke(page: Page) -> None:
    page.add_init_script(
        """const Real = WebSocket;
        window.WebSocket = class extends Real {
          constructor(...given) { super(...given); window.newest = this; }
        };"""
    )
    page.reload()
    page.wait_for_selector("#go:enabled")
    page.click("#go")
    page.wait_for_selector("#turns .source .unsure:not(:empty)")
    page.evaluate("newest.close(4999)")
    wait_for_text(page, "#state", "Connection lost")
    wait_for_text(page, "#state", "Listening")
    wait_for_text(page, "#turns", "medo")
    assert len(re.findall("afraid", page.inner_text("#turns"))) == 1


def test_a_key_that_is_wrong_is_said_to_be(chrome: Browser, served: Served) -> None:
    context = chrome.new_context()
    found = context.new_page()
    found.goto(served.http)
    found.fill("#key", "sk-wrong")
    found.press("#key", "Enter")
    assert "does not know that key" in problem(found)
    assert found.is_disabled("#go")
    context.close()


def test_a_browser_that_may_not_listen_says_what_to_do(chrome: Browser, served: Served) -> None:
    found = opened(chrome, served, TOKEN)
    found.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') } }"
    )
    found.click("#go")
    assert "Allow the microphone" in problem(found)
    assert found.inner_text("#go") == "Start"
    found.context.close()


def test_a_key_without_room_is_told_so(chrome: Browser, served: Served) -> None:
    first, second = opened(chrome, served, POOR), opened(chrome, served, POOR)
    first.click("#go")
    wait_for_text(first, "#state", "Listening")
    second.click("#go")
    assert "1 sessions at a time" in problem(second)
    wait_for_text(second, "#state", "Ready")
    first.context.close()
    second.context.close()


def test_the_graph_of_a_talk_is_seen_live(page: Page, served: Served) -> None:
    page.click("#go")
    wait_for_text(page, "#turns", "a")
    graph = page.context.new_page()
    graph.goto(f"{served.http}/graph")
    graph.fill("#key", TOKEN)
    graph.press("#key", "Enter")
    graph.wait_for_selector("svg .box")
    assert "asr.whisper" in wait_for_text(graph, "#nodes", "asr.whisper")


def test_all_of_the_page_is_reached_by_keyboard_and_has_a_name(page: Page) -> None:
    names = []
    for _ in range(12):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim().split('\\n')[0]"
            )
        )
    for wanted in (
        "To the captions",
        "Spoken",
        "Into",
        "Voice",
        "Listen to",
        "Names and terms",
        "Start",
        "Graph",
    ):
        assert any(name.startswith(wanted) for name in names), (wanted, names)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (768, 1024), (1440, 900)])
def test_nothing_is_cut_off_on_any_screen(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in ("#go", "footer a[href=graph]"):
        page.locator(button).scroll_into_view_if_needed()
        box = page.locator(button).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_what_the_camera_shows_is_looked_at_and_told(
    playwright: Playwright, warm: None, tmp_path: Path
) -> None:
    need_model("mediapipe-hand")
    film = media_root() / "c_gestures_faces/mediapipe/gesture_video.mp4"
    operator = Operator(graph=Graph.parse(EYES, file="eyes.yaml"), to="pt")
    gateway = Gateway(Recipes(operator), Keyring([]), Limits(max_load=2, max_lag_s=1000), cores=2)
    flags = [*fake_microphone(tmp_path, pause(60)), *fake_camera(tmp_path, film)]
    with listening(gateway) as served, browser(playwright, *flags) as chrome:
        page = chrome.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(served.http)
        page.wait_for_selector("#go:enabled")
        page.select_option("#input", "camera")
        page.click("#go")
        assert "thumb up" in wait_for_text(page, "#gestures-seen", "thumb up")
        assert page.evaluate("document.getElementById('preview').videoWidth") > 0


def test_a_file_is_interpreted_to_its_end(page: Page) -> None:
    [line] = [
        line for line in recordings("f_voices", lang="en") if line["file"].endswith("2609-156975-0000.flac")
    ]
    page.select_option("#input", "file")
    page.set_input_files("#file", str(line["path"]))
    page.click("#go")
    wait_for_text(page, "#state", "Finishing")
    wait_for_text(page, "#state", "Ready")
    assert "medo" in page.inner_text("#turns")
