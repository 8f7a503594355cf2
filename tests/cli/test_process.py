"""The command line as a process of its own: a closed pipe, a terminal, a core install, no traceback."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys
import time
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


def test_what_to_install_is_said_in_the_language_of_the_locale():
    program = "import sys; sys.modules['typer'] = None; from govflow.cli import main; main(['list'])"
    chinese = {**ENVIRONMENT, "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"}

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", env=chinese)

    assert "命令行需要 typer 和 rich" in done.stderr


def test_an_interrupted_start_ends_without_a_traceback():
    program = "import govflow.cli.run as run, govflow.cli as cli\ndef stopped(argv): raise KeyboardInterrupt\n"
    program += "run.run = stopped\ncli.main(['list'])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT)

    assert (done.returncode, done.stderr) == (130, "")


def interrupted(running: subprocess.Popen[str]) -> tuple[str, str]:
    """What it said until it ended."""
    running.send_signal(signal.SIGINT)
    try:
        return running.communicate(timeout=60)
    finally:
        running.kill()


WITHIN_A_CALLBACK = """
import os, signal, sys
from govflow.cli import main

def stopped(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "cb" and "importlib" in frame.f_code.co_filename:
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)

sys.setprofile(stopped)
main(["import", "boston311", *sys.argv[1:]])
"""


def test_an_interrupt_within_a_callback_of_pythons_own_is_not_lost(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    running = subprocess.Popen(
        [sys.executable, "-c", WITHIN_A_CALLBACK, str(tmp_path / "pipe.csv"), "--db", str(tmp_path / "city.db")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    try:
        out, err = running.communicate(timeout=60)  # nobody writes into the pipe: it would wait for ever
    finally:
        running.kill()

    assert (running.returncode, out, err) == (130, "", "")


def test_an_import_that_is_interrupted_ends_quietly_and_the_next_one_finishes_it(tmp_path):
    pipe, sample = tmp_path / "pipe.csv", files("govflow") / "data" / "boston311-sample.csv"
    os.mkfifo(pipe)
    city = ["--db", str(tmp_path / "city.db")]
    running = subprocess.Popen(
        [*PYTHON, "import", "boston311", str(pipe), *city],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    with pipe.open("wb") as slow:
        slow.write(sample.read_bytes()[:30_000])
        slow.flush()
        time.sleep(0.5)
        out, err = interrupted(running)
    again = subprocess.run([*PYTHON, "import", "boston311", str(sample), *city], capture_output=True, env=ENVIRONMENT)

    assert (running.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert (again.returncode, again.stdout.splitlines()[-1][:14]) == (0, b"100 rows read:")


def test_a_closed_stdout_is_no_error(db):
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m govflow list --db "{db}" >&-'],
        capture_output=True, text=True, env=ENVIRONMENT,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_an_export_that_does_not_fit_leaves_no_half_a_log(db, tmp_path):
    out = tmp_path / "a.jsonl"

    done = subprocess.run(
        [*PYTHON, "export", "jsonl", "--db", str(db), "--out", str(out)],
        capture_output=True, text=True, env=ENVIRONMENT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536)),
    )  # fmt: skip

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert not out.exists()


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
