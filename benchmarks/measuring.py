"""How the figures are measured: rounds in which both sides take turns, medians of ratios, processes of their own."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Figure = dict[str, Any]
ROUNDS = 9
_ROOT = Path(__file__).parent.parent


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes, begun with the garbage collected."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def figure(name: str, ours: list[float], raw: list[float], budget: float | None = None, **more: Any) -> Figure:
    """One line: medians in µs, the median of the ratios and how far they spread, and whether it is in its budget."""
    ratios = [a / b for a, b in zip(ours, raw, strict=True)]
    ratio = statistics.median(ratios)
    line: Figure = {
        "figure": name,
        "ours_us": round(statistics.median(ours) * 1e6, 2),
        "raw_us": round(statistics.median(raw) * 1e6, 2),
        "ratio": round(ratio, 3),
        "from_to": [round(min(ratios), 3), round(max(ratios), 3)],
    }
    if budget is not None:
        line |= {"budget": budget, "met": ratio <= budget}
    return line | more


def printed(code: str, *arguments: object) -> str:
    """What a fresh process prints that runs `code`."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=_ROOT).stdout


# VmHWM, not ru_maxrss: that one keeps, across exec, the peak of the process that started this one
PRINT_PEAK = 'print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))'
"""Code that prints the peak memory of its process, in KiB."""
