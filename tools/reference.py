"""Generated reference pages: `python -m tools.reference --write` writes them, `--check` says which are out of date.

A page is a function that returns its text, entered in PAGES under its path. What a page says comes from one source in
the project (a table, the code itself), so that the page can never say something else.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MECHANISMS = ROOT / "docs" / "mechanisms.toml"

KINDS = ("capability", "theme", "not_software")


def mechanisms() -> dict[str, dict[str, Any]]:
    """The table of mechanisms by id, in order, as docs/mechanisms.toml has it."""
    entries = _mechanisms_file()
    return {key: entry for key, entry in entries.items() if key not in ("sections", "themes")}


def mechanisms_markdown() -> str:
    """The page of the field's mechanisms: per section, each with what shows it or when it will be shown."""
    file = _mechanisms_file()
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

    for section, title in file["sections"].items():
        lines += ["", f"## {section}. {title}", "", "| | Mechanism | What it means | In govflow |", "|---|---|---|---|"]
        lines += [
            f"| {key} | {_cell(entry['term'])} | {_cell(entry['meaning'])} | {_cell(_shown_by(entry))} |"
            for key, entry in entries.items()
            if entry["section"] == section
        ]
    return "\n".join(lines) + "\n"


def _mechanisms_file() -> dict[str, Any]:
    return tomllib.loads(MECHANISMS.read_text(encoding="utf-8"))


def _shown_by(entry: Mapping[str, Any]) -> str:
    if "capability" in entry:
        tests = ", ".join(f"`{test}`" for test in entry["tests"])
        return f"{entry['capability']} ({tests})"
    if "theme" in entry:
        return f"to come: {entry['theme']}"
    return f"not software: {entry['not_software']}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/mechanisms.md": mechanisms_markdown,
}


def outdated() -> list[str]:
    """The paths of all pages that are missing or differ from what would be written now."""
    return [path for path, page in PAGES.items() if _text(ROOT / path) != page()]


def write() -> list[str]:
    """Write every page that is out of date; the paths of those written."""
    changed = outdated()
    for path in changed:
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(PAGES[path](), encoding="utf-8")
    return changed


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> int:
    """The command line: exit status 1 where --check finds a page out of date."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description="Generated reference pages.")
    do = parser.add_mutually_exclusive_group(required=True)
    do.add_argument("--write", action="store_true", help="write the pages that are out of date")
    do.add_argument("--check", action="store_true", help="name the pages that are out of date, write nothing")
    asked = parser.parse_args()

    if asked.write:
        for path in write():
            print(f"written: {path}")
        return 0
    stale = outdated()
    for path in stale:
        print(f"out of date: {path} (python -m tools.reference --write)", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
