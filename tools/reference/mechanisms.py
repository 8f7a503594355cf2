"""The page of the field's mechanisms: each with what shows it in govflow, or when it will be shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.reference.markdown import page, table

MECHANISMS = Path(__file__).resolve().parents[2] / "docs" / "mechanisms.toml"

KINDS = ("capability", "theme", "not_software")


def mechanisms() -> dict[str, dict[str, Any]]:
    """The table of mechanisms by id, in order, as docs/mechanisms.toml has it."""
    return {key: entry for key, entry in _file().items() if key not in ("sections", "themes")}


def mechanisms_markdown() -> str:
    """Per section, each mechanism with what shows it or when it will be shown."""
    file = _file()
    entries = mechanisms()

    count = {kind: sum(kind in entry for entry in entries.values()) for kind in KINDS}
    lines = [
        "# Mechanisms of the field 机制对照",
        "",
        "The working mechanisms that Chinese sources on community governance describe, and what shows each in govflow.",
        f"Of {len(entries)}, {count['capability']} are shown by tests, {count['theme']} belong to a theme to come,",
        f"and {count['not_software']} are not software.",
    ]
    waiting = {entry["theme"] for entry in entries.values() if "theme" in entry}
    if waiting:
        lines += ["", "Themes still to come, in their order:", ""]
        lines += [f"- **{theme}**: {brings}" for theme, brings in file["themes"].items() if theme in waiting]

    parts = ["\n".join(lines)]
    for section, title in file["sections"].items():
        rows = [
            (key, entry["term"], entry["meaning"], _shown_by(entry))
            for key, entry in entries.items()
            if entry["section"] == section
        ]
        parts += [f"## {section}. {title}", table(("", "Mechanism", "What it means", "In govflow"), rows)]
    return page(*parts)


def _file() -> dict[str, Any]:
    return tomllib.loads(MECHANISMS.read_text(encoding="utf-8"))


def _shown_by(entry: Mapping[str, Any]) -> str:
    if "capability" in entry:
        tests = ", ".join(f"`{test}`" for test in entry["tests"])
        return f"{entry['capability']} ({tests})"
    if "theme" in entry:
        return f"to come: {entry['theme']}" + (f" ({entry['reason']})" if "reason" in entry else "")
    return f"not software: {entry['not_software']}"
