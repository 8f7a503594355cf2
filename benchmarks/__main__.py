"""`python -m benchmarks [--rows N] [--large N] [--clocks N] [--ballots N] [--only PART]`: one JSON line per figure."""

from __future__ import annotations

import argparse
import json

from benchmarks.figures import PARTS, run


def main() -> None:
    """Run every figure and print each as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="rows in the log while commands are measured")
    parser.add_argument("--large", type=int, default=1_000_000, help="rows of the large log, for growth and memory")
    parser.add_argument("--clocks", type=int, default=100_000, help="running clocks that the tick is measured over")
    parser.add_argument(
        "--ballots",
        type=int,
        default=10_000,
        help="ballots of a vote that is counted; ten times as many of a large one",
    )
    parser.add_argument("--only", default="", choices=PARTS, help="one part alone")
    arguments = parser.parse_args()
    for line in run(arguments.rows, arguments.large, arguments.clocks, arguments.ballots, arguments.only):
        print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
