"""Text from lectures, files and models as Streamlit should show it: as it is."""

from __future__ import annotations


def plain(text: str) -> str:
    """Text for a Streamlit title, label or message, which would otherwise be read as Markdown."""
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and not c.isspace() else c for c in text)
