"""What holds for the program as a whole."""

import subprocess
import sys
from pathlib import Path

from whisper.tokenizer import LANGUAGES as WHISPERS_LANGUAGES

from lecture.languages import LANGUAGES

ROOT = Path(__file__).parent.parent


def modules_after(*imports: str) -> set[str]:
    script = f"import sys, {', '.join(imports)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_only_the_page_knows_streamlit():
    paths = [path.relative_to(ROOT) for path in (ROOT / "lecture").rglob("*.py") if "migrations" not in path.parts]
    names = [".".join(path.with_suffix("").parts) for path in paths if not path.stem.startswith("__")]
    assert len(names) > 50
    assert "streamlit" not in modules_after(*names, "models", "report")


def test_starting_the_command_line_loads_no_model_library():
    assert not modules_after("lecture.__main__") & {"torch", "transformers", "whisper", "ctranslate2"}


def test_the_languages_are_whispers():
    assert {code: name.lower() for code, name in LANGUAGES.items()} == WHISPERS_LANGUAGES
