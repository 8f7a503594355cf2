"""The command line of the generated pages: exit status 1 where --check finds a page out of date."""

from __future__ import annotations

import argparse
import sys

from tools.reference import outdated, write


def main() -> int:
    """Write what is out of date, or name it."""
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
