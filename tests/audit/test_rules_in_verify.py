"""`verify` with every rule judged again: what held, what did not, what nobody can say; and `govflow verify --rules`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govflow.audit.explaining.rules_again import Judged, Verdict
from govflow.audit.explaining.rules_of_log import Verdicts
from govflow.audit.findings import Code
from govflow.audit.verifying import judging as judging_module
from govflow.audit.verifying.evidence import verify_log
from govflow.audit.verifying.verify import Verified
from govflow.errors import Detail
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from tests.audit.forging import saying
from tests.audit.past import rows, written_to
from tests.cli.conftest import run


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_to(tmp_path_factory.mktemp("rules") / "town.db")


def written(path: Path, kept: list[StoredEvent]) -> Path:
    """These rows as a log of their own."""
    store = SQLiteStore(path)
    with store.transaction() as transaction:
        transaction.append(kept)
    store.close()
    return path


def without_tail(found: Verified) -> dict[Code, int]:
    return {code: count for code, count in found.counts.items() if code is not Code.UNCOVERED_TAIL}


def test_every_rule_of_a_lawful_log_is_judged_or_said_why_not(log):
    found = verify_log(log, rules=True)

    assert without_tail(found) == {}
    assert found.rules is not None
    assert found.rules.held > 300
    assert (found.rules.broken, found.rules.unread) == (0, 0)
    assert found.rules.total == found.rules.held + sum(found.rules.not_judged.values())
    assert all(en and zh for en, zh in found.rules.not_judged)


def test_several_processes_come_to_the_same(log, monkeypatch):
    monkeypatch.setattr(judging_module, "WITH_RULES", 10)
    heard: list[tuple[int, int]] = []

    alone = verify_log(log, rules=True, workers=1)
    shared = verify_log(log, rules=True, workers=2, progress=lambda done, total: heard.append((done, total)))

    assert alone.rules is not None
    assert shared.rules is not None
    assert vars(alone.rules) == vars(shared.rules)
    assert without_tail(shared) == {}
    assert heard == sorted(heard)
    assert heard[-1] == (2 * shared.events, 2 * shared.events)


def test_a_rule_that_did_not_hold_is_found_only_where_rules_are_asked_for(tmp_path):
    def by_its_handler(row: StoredEvent) -> StoredEvent:
        return saying(row, {"unit": "water"}, {"by": "li"}) if row.topic.startswith("verification.passed@") else row

    forged = written(tmp_path / "forged.db", list(map(by_its_handler, rows())))

    tables_alone, with_rules = verify_log(forged), verify_log(forged, rules=True)

    assert tables_alone.rules is None
    assert without_tail(tables_alone).keys() == {Code.CONSTRAINT}  # four eyes are asked for by a constraint too
    assert with_rules.rules is not None
    assert with_rules.rules.broken == with_rules.counts[Code.SEMANTIC] > 0
    assert {each.basis for each in with_rules.findings if each.code is Code.SEMANTIC} >= {"verified_by_another"}


def test_a_log_that_no_engine_can_open_is_told_and_the_rest_goes_on(tmp_path):
    first, *others = rows()
    forged = written(tmp_path / "forged.db", [first._replace(leaf=bytes(32)), *others])

    found = verify_log(forged, rules=True)

    assert found.rules is None
    assert found.records > 5
    assert {Code.EDIT, Code.DAMAGED} <= found.counts.keys()
    assert any(each.en.startswith("no rule could be judged again") for each in found.findings)


def test_a_record_that_cannot_be_read_to_its_end_is_counted(tmp_path):
    broken = next(row.position for row in rows() if row.topic.startswith("case.accepted@"))
    kept = [row._replace(state=row.state[:-9]) if row.position == broken else row for row in rows()]

    found = verify_log(written(tmp_path / "forged.db", kept), rules=True)

    assert found.rules is not None
    assert found.rules.unread >= 1


def test_causes_beyond_number_are_summed():
    verdicts, other = Verdicts(), Verdicts()
    for number in range(200):
        what = (Detail(f"cause {number}", f"原因 {number}"),)
        verdicts.add(Judged("code", "en", "zh", "", Verdict.NOT_JUDGED, what))
    other.merge(verdicts)

    assert len(verdicts.not_judged) == len(other.not_judged) == 101
    assert other.not_judged["other causes", "其他原因"] == 100
    assert other.total == 200


def test_the_command_line_tells_how_many_and_why(log):
    chinese = run("verify", "--db", log, "--rules", "--lang", "zh-CN")
    told = json.loads(run("verify", "--db", log, "--rules", "--json").out)
    plain = json.loads(run("verify", "--db", log, "--json").out)

    assert chinese.status == 0
    assert "规则复核 " in chinese.out
    assert told["rules"]["verdicts"] == told["rules"]["hold"] + told["rules"]["not_judged"] > 300
    assert sum(each["count"] for each in told["rules"]["causes"]) == told["rules"]["not_judged"]
    assert "rules" not in plain
