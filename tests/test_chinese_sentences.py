"""Chinese sentences are set as Chinese is: with 。，：；（） and no half-width mark beside a Chinese character."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "govflow"
FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))
_MARK = re.compile(r"[\u3400-\u9fff”》）」}][,;:()!?]|[,;:()!?][\u3400-\u9fff“《「{]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ENGLISH = re.compile(r"(?:[A-Za-z']{2,}[ ,]+){3}")  # names what it means in Chinese besides

# What these say stands in events of every log that there is, and what was stored is never said otherwise.
STORED = ("voting/", "matching/", "surveys/counting.py", "policy/default.py", "policy/tracks.py", "duties/plan.py")
STORED_WORDS = {
    "evaluating/composite.py": ("{} 分,{}合格分 {}",),
    "projects/expense.py": ("{} 元 (voucher {}) 退回",),
    "proposals/commands.py": ("无须实施,直接办结",),
    "studios/matter.py": ("转办有果,待答复",),
}
# Ways to write something down, not sentences.
NOTATION = ("时:分:秒", "社区(村)", "{file}:{line}", "govflow: ", "镇(街道)")


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line, `{}` for what is put in; no docstring, pattern, or rule of the handbook."""
    tree = ast.parse(path.read_text("utf-8"))
    left = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and each.args]
    left |= {id(each.args[0]) for each in calls if ast.unparse(each.func) in ("rule", "re.compile")}
    left |= {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in each.values}
    for each in ast.walk(tree):
        if id(each) in left:
            continue
        if isinstance(each, ast.JoinedStr):
            yield each.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in each.values)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.lineno, each.value


def half_width(text: str) -> bool:
    for each in NOTATION:
        text = text.replace(each, "")
    return bool(_CHINESE.search(text) and not _ENGLISH.search(text) and _MARK.search(text))


def test_no_half_width_mark_stands_beside_a_chinese_character():
    found = [
        f"{name}:{line}: {text}"
        for name in FILES
        if not name.startswith(STORED)
        for line, text in sentences(ROOT / name)
        if half_width(text) and text not in STORED_WORDS.get(name, ())
    ]

    assert found == []


@pytest.mark.parametrize("text", ["规则不成立:{}", "{} 到期,却记为按期完成", "化名编号(将以明文写入日志)"])
def test_a_half_width_mark_is_seen(text):
    assert half_width(text)
