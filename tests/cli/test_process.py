"""The command line as a process of its own: a closed pipe, a terminal, a core install, no traceback."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from importlib.resources import files

import govflow

PYTHON = [sys.executable, "-m", "govflow"]
ENVIRONMENT = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}


def test_the_version_is_printed():
    done = subprocess.run([*PYTHON, "--version"], capture_output=True, text=True, env=ENVIRONMENT)

    assert (done.returncode, done.stdout) == (0, f"govflow {govflow.__version__}\n")


def test_a_reader_who_has_seen_enough_hears_nothing(db):
    for command in (["list", "--json"], ["list"], ["export", "jsonl"], ["workflows"]):
        where = [] if command == ["workflows"] else ["--db", str(db)]
        running = subprocess.Popen(
            [*PYTHON, *command, *where], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        assert running.stdout is not None
        running.stdout.close()
        _, err = running.communicate(timeout=60)
        assert err == b"", command


def test_without_typer_one_line_says_what_to_install():
    program = "import sys; sys.modules['typer'] = None; from govflow.cli import main; main(['list'])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "govflow: the command line needs typer and rich; install them with: pip install 'govflow[cli]'"
    ]


def test_importing_on_a_terminal_shows_how_far_it_is(tmp_path):
    ours, theirs = pty.openpty()
    sample = str(files("govflow") / "data" / "boston311-sample.csv")
    command = [*PYTHON, "import", "boston311", sample, "--db", str(tmp_path / "city.db")]

    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, env=ENVIRONMENT)

    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "importing boston311-sample.csv" in shown
    assert "100%" in shown


def test_an_output_that_cannot_show_chinese_gets_escapes_and_no_error(db):
    latin = {**ENVIRONMENT, "PYTHONIOENCODING": "latin-1"}

    done = subprocess.run([*PYTHON, "list", "--db", str(db), "--lang", "zh"], capture_output=True, env=latin)

    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u529e\u7ed3" in done.stdout  # 办结


def test_a_log_that_cannot_be_written_is_one_line(tmp_path):
    done = subprocess.run(
        [*PYTHON, "handle", "{}", "--db", str(tmp_path / "no" / "such" / "folder.db")],
        capture_output=True, text=True, env=ENVIRONMENT,
    )  # fmt: skip

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("govflow: ")


def test_a_defect_is_one_line_that_says_where_and_nothing_of_the_data(tmp_path, db):
    (tmp_path / "broken.py").write_text(
        "import copy\nfrom govflow import CASE\nBROKEN = copy.copy(CASE)\nBROKEN.open_loops = lambda record: 1 / 0\n"
    )
    command = [*PYTHON, "list", "--db", str(db), "--records", "broken:BROKEN"]

    quiet = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path)
    loud = subprocess.run(
        command, capture_output=True, text=True, env={**ENVIRONMENT, "GOVFLOW_DEBUG": "1"}, cwd=tmp_path
    )

    assert quiet.returncode == 2
    assert quiet.stderr == (
        "govflow: an error inside govflow (ZeroDivisionError at broken.py:4); GOVFLOW_DEBUG=1 shows all of it\n"
    )
    assert "ZeroDivisionError: division by zero" in loud.stderr
