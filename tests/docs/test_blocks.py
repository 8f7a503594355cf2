"""Every block of the documents runs: Python as it stands, console lines through the installed command.

A file's blocks run in order, in one namespace and one empty directory, as a reader would run them. A console block is
`$ govflow …` with the output it prints (`...` on a line of its own stands for any lines, inside a line for any text);
nothing is compared where no output is given. Two comments directly before a block change that:
`<!-- no-run: reason -->` leaves it out, `<!-- exit: 1 -->` expects its last command to end with that status.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from govflow.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MOST_LEFT_OUT = 6  # installing, cloning and the like; a document that cannot be run is a document nobody checks

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^(?P=indent)``` *$", re.MULTILINE | re.DOTALL
)
MARK = re.compile(r"<!--\s*(?P<word>no-run|exit):\s*(?P<value>.*?)\s*-->\s*\Z")
SHELLS = {"bash", "sh", "shell", "zsh"}


@dataclass(frozen=True)
class Block:
    """One fenced block: where it stands, its language and text, and what the comment before it says."""

    where: str
    line: int
    language: str
    text: str
    left_out: str | None
    status: int


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_block_of_a_document_runs(document: Path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_all(document)


def test_the_readme_shows_a_program_and_it_is_run():
    assert [block for block in blocks(ROOT / "README.md") if block.language == "python" and block.left_out is None]


def test_blocks_left_out_say_why_and_stay_few():
    left_out = [block for document in DOCUMENTS for block in blocks(document) if block.left_out is not None]
    assert not [block.where for block in left_out if not block.left_out], "no-run needs a reason"
    assert len(left_out) <= MOST_LEFT_OUT, [block.where for block in left_out]


def test_blocks_share_names_and_a_directory(page):
    page.write_text(
        "```python\nopen('f', 'w').close()\nx = 2\n```\n\n"
        "1. indented\n\n   ```pycon\n   >>> import os\n   >>> x, os.path.exists('f')\n   (2, True)\n   ```\n"
    )
    assert len(list(blocks(page))) == 2
    run_all(page)


def test_a_class_in_a_block_may_refer_to_a_later_one_by_name(page):
    page.write_text(
        "```python\nfrom __future__ import annotations\nfrom pydantic import BaseModel\n"
        "class A(BaseModel):\n    b: B\nclass B(BaseModel): ...\nA(b=B())\n```\n"
    )
    run_all(page)


def test_a_marked_block_is_left_out_and_an_expected_status_is_expected(page):
    page.write_text(
        "<!-- no-run: it would delete the page -->\n```bash\nrm page.md\n```\n"
        "<!-- exit: 2 -->\n\n```console\n$ govflow no-such-command\n...\n...no-such-command...\n...\n```\n"
    )
    assert [block.left_out for block in blocks(page)] == ["it would delete the page", None]
    run_all(page)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("\n```python\nx = 1\nassert x == 2\n```\n", r"page\.md:2", id="a failing assertion"),
        pytest.param("```pycon\n>>> 1 + 1\n3\n```\n", "Expected:\n    3\nGot:\n    2", id="another value"),
        pytest.param("```console\n$ govflow --version\nnot so\n```\n", "not so", id="another output"),
        pytest.param("```console\n$ govflow no-such-command\n```\n", "exit status", id="a failing command"),
        pytest.param("<!-- exit: 1 -->\n```console\n$ govflow --version\n```\n", "status 0, not 1", id="no failure"),
        pytest.param("```console\n$ ls\n```\n", "runs govflow only", id="another program"),
        pytest.param("```console\ngovflow --version\n```\n", "begins with", id="no prompt"),
        pytest.param("```bash\ngovflow --version\n```\n", "make it a console block", id="a shell script"),
    ],
)
def test_a_block_that_does_not_do_what_it_says_is_noticed(text: str, complaint: str, page):
    page.write_text(text)
    with pytest.raises(Exception, match=complaint):
        run_all(page)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document of one page, in the empty directory its blocks run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "page.md"


def blocks(document: Path) -> Iterator[Block]:
    """Every fenced block of a document that runs or has to say why it does not."""
    text = document.read_text(encoding="utf-8")
    for fence in FENCE.finditer(text):
        language = fence["language"].lower()
        if language not in {"python", "pycon", "console", *SHELLS}:
            continue
        line = text.count("\n", 0, fence.start()) + 1
        mark = MARK.search(text, 0, fence.start())
        says = {mark["word"]: mark["value"]} if mark else {}
        yield Block(
            f"{document.name}:{line}",
            line,
            language,
            textwrap.dedent(fence["text"]),
            says.get("no-run"),
            int(says.get("exit", 0)),
        )


def run_all(document: Path) -> None:
    """Run a document's blocks in the current directory; what goes wrong carries the place of its block.

    Those of `INSTALLED` go through the command as it was installed, those of the other documents through its program.
    """
    module = types.ModuleType(f"{document.stem}_blocks")
    sys.modules[module.__name__] = module  # where pydantic looks up the names in a class's annotations
    try:
        for block in blocks(document):
            if block.left_out is None:
                run(block, module, installed=document.name in INSTALLED)
    finally:
        del sys.modules[module.__name__]


def run(block: Block, module: types.ModuleType, *, installed: bool) -> None:
    try:
        match block.language:
            case "python":
                source = "\n" * block.line + block.text  # so that a traceback shows the line in the document
                exec(compile(source, block.where, "exec", dont_inherit=True), module.__dict__)
            case "pycon":
                test = doctest.DocTestParser().get_doctest(block.text, module.__dict__, block.where, None, block.line)
                doctest.DebugRunner(optionflags=doctest.ELLIPSIS).run(test, clear_globs=False)
            case "console":
                run_console(block, installed=installed)
            case _:
                raise AssertionError("a command in a document is checked: make it a console block")
    except doctest.DocTestFailure as failure:
        raise AssertionError(f"{block.where}: Expected:\n    {failure.example.want}Got:\n    {failure.got}") from None
    except Exception as error:
        error.add_note(f"in the block at {block.where}")
        raise


def run_console(block: Block, *, installed: bool) -> None:
    if not block.text.startswith("$ "):
        raise AssertionError("a console block begins with a command: $ govflow …")
    commands = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    for number, text in enumerate(commands, start=1):
        command, _, expected = re.sub(r"\\\n", " ", text).partition("\n")
        if "govflow" not in command.replace("|", " ").split():
            raise AssertionError(f"a console block runs govflow only, not: {command}")

        ended, printed = in_a_shell(command) if installed or NEEDS_A_SHELL.search(command) else here(command)
        status = block.status if number == len(commands) else 0
        if ended != status:
            raise AssertionError(f"$ {command}\nexit status {ended}, not {status}\n{printed}")
        if expected.strip() and not matches(expected, printed):
            raise AssertionError(f"$ {command}\nexpected:\n{expected}\ngot:\n{printed}")


INSTALLED = {"README.md", "tutorial-motion.md"}  # the motion's notice lasts a second: nobody types faster
NEEDS_A_SHELL = re.compile(r"[|<>;&$`*?~]|^(?!govflow )")


def in_a_shell(command: str) -> tuple[int, str]:
    """The exit status and the output of a command line, through the command as it was installed."""
    done = subprocess.run(
        command,
        shell=True,
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout


def here(command: str) -> tuple[int, str]:
    """The same in this process: the program is loaded once for hundreds of commands."""
    before = sys.stdin, sys.stdout, sys.stderr, sys.argv
    out = io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stdout = sys.stderr = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    sys.argv = shlex.split(command)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in ENVIRONMENT.items():
                patch.setenv(name, value)
            patch.delenv("FORCE_COLOR", raising=False)
            with pytest.raises(SystemExit) as ended:
                main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out.getvalue().decode()
    finally:
        sys.stdin, sys.stdout, sys.stderr, sys.argv = before


# For the command as it was installed beside this Python, at the width the documents are written for.
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "COLUMNS": "80",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
}


def matches(expected: str, printed: str) -> bool:
    """Whether the output is as shown: trailing blanks do not count, `...` stands for anything that may vary."""
    parts = []
    for line in expected.rstrip().splitlines():
        inline = ".*".join(re.escape(text) for text in line.rstrip().split("..."))
        parts.append(r"(?:.*\n)*" if line.strip() == "..." else rf"{inline} *\n")
    return re.fullmatch("".join(parts), printed.rstrip() + "\n") is not None


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\nb\n", "a  \nb\n\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nd\n", True),
        ("a\n...\nd\n", "a\nb\n", False),
        ("C-...-000001 (open)\n", "C-2026-000001 (open)\n", True),
        ("C-...-000001 (open)\n", "C-2026-000001 [open]\n", False),
        ("a\n", "a\nb\n", False),
    ],
)
def test_output_is_compared_line_by_line_with_gaps(expected: str, printed: str, same: bool):
    assert matches(expected, printed) is same
