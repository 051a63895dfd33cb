"""The fixtures that Dragoman brings to other people's tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CHECKOUT = Path(__file__).parents[2]
CONFTEST = (CHECKOUT / "conftest.py").read_text(encoding="utf-8")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Somebody's project, with the plug-in."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    pytester.makeconftest(CONFTEST)
    return pytester


def test_a_node_is_tried_and_held_to_its_promises(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from nodes.vad.energy import EnergyVad
        from tests.parts import Every

        def test_a_tone_is_one_segment(feed, media):
            assert len(feed(EnergyVad(), media.audio(media.tone(1.0))).speech) == 1

        def test_good(check_node):
            check_node(EnergyVad)

        def test_bad(check_node):
            check_node(Every)
    """)
    result = project.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*NodeError: Every: its outputs depend on how sound is cut*"])


def test_virtual_time_makes_waits_instant(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import anyio
        import pytest

        @pytest.fixture
        def anyio_backend(virtual_time):
            return virtual_time

        @pytest.mark.anyio
        async def test_an_hour():
            before = anyio.current_time()
            await anyio.sleep(3600)
            assert anyio.current_time() - before == 3600

        @pytest.mark.anyio
        async def test_a_deadlock_is_an_instant_error():
            with pytest.raises(TimeoutError), anyio.fail_after(3600):
                await anyio.Event().wait()
    """)
    project.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_the_fixtures_are_documented(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess("-p", "no:cacheprovider", "--fixtures", "-q")
    for name in ("feed", "check_node", "media", "virtual_time"):
        result.stdout.re_match_lines([rf"{name} --.*"])


def test_the_plugin_imports_nothing_before_it_is_used() -> None:
    """pytest loads it in every project, and before coverage is measured."""
    code = (
        "import sys, pipeline.pytest_plugin; "
        "print(*sorted(name for name in sys.modules if name.startswith(('pipeline', 'numpy', 'msgspec', 'anyio'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["pipeline", "pipeline.pytest_plugin"]
