"""苗头: so many similar signs within a time raise one risk signal, about things and never about persons."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, NotAllowed, NotFound, Role
from govflow.cases import commands as c
from govflow.cases.events import CaseReported
from govflow.errors import GovFlowError
from govflow.policy.default import DEFAULT_POLICY
from govflow.policy.model import Thresholds
from govflow.proposals import PROPOSAL
from govflow.regions.risk_signal import AssessRiskSignal, ClearRiskSignal, DismissRiskSignal, RaiseRiskSignal, RiskLevel
from govflow.watch import WATCH, NoteSign, RestWatch, Watch, noted_by, watch_id
from tests.support import AREA, MATTER, Town, a_town, community, district, grid_worker, lead, resident

NOTING = CASE.extended(reactions={CaseReported: noted_by})
ID = "watch.general.jinniu:huazhaobi"


def a_watched_town(path: Any = ":memory:", **options: Any) -> Town:
    return a_town(path, records=[NOTING, PROPOSAL, WATCH], **options)


@pytest.fixture
def town() -> Town:
    return a_watched_town()


def report(town: Town, count: int = 1, **more: Any) -> None:
    """So many cases with a sign, an hour apart, each by a reporter of its own."""
    for _ in range(count):
        town.clock.advance(hours=1)
        town.count += 1
        said = {**MATTER, "signal": "water comes up in the cellars", "reporter": f"s-r{town.count}", **more}
        town.do(c.ReportCase(id=f"c{town.count}", by=grid_worker, **said))


def watch(town: Town, id: str = ID) -> Watch:
    found = town.engine.get(id)
    assert isinstance(found, Watch)
    return found


def signals(town: Town, id: str = ID) -> dict[str, str]:
    return {key: str(item.status) for key, item in watch(town, id).items_of("risk_signal").items()}


def names(town: Town, id: str = ID) -> list[str]:
    return [event.name for event in town.engine.history(id)]


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def settle(town: Town, key: str = "1") -> None:
    """Assess and clear a signal."""
    item: dict[str, Any] = {"id": ID, "item": key}
    town.do(
        AssessRiskSignal(**item, by=community, risk_level=RiskLevel.LOW, ground="after the rain"),
        ClearRiskSignal(**item, by=community, reason="the drain is clear"),
    )


def test_the_third_similar_sign_within_thirty_days_raises_one_signal(town: Town):
    report(town, 2)
    assert (watch(town).status, signals(town)) == ("watching", {})
    report(town)
    assert signals(town) == {"1": "raised"}
    (loop,) = town.engine.open_loops(ID)
    assert (loop.owes, loop.what) == ("community", "3 similar signs within 30 days: general (同类苗头 3 起)")
    signal = watch(town).item("risk_signal", "1")
    assert (signal.by, signal.area, signal.concerning) == (SYSTEM.id, AREA, "similar_signs")


def test_further_signs_add_to_the_signal_that_is_open_and_raise_no_other(town: Town):
    report(town, 12)
    assert signals(town) == {"1": "raised"}
    assert names(town).count("risk_signal.raised") == 1
    assert names(town).count("watch.sign_noted") == 12
    during = [event.body.during for event in town.engine.history(ID) if event.name == "watch.sign_noted"]  # type: ignore[attr-defined]
    assert during == [None] * 3 + ["1"] * 9


def test_what_was_cleared_is_raised_again_by_three_new_signs_and_by_none_that_counted(town: Town):
    report(town, 9)
    settle(town)
    report(town, 2)
    assert signals(town) == {"1": "cleared"}
    report(town)
    assert signals(town) == {"1": "raised"}
    assert names(town).count("risk_signal.raised") == 2
    settle(town)
    report(town)
    assert signals(town) == {"1": "cleared"}


def test_after_a_false_alarm_three_new_signs_raise_another_signal(town: Town):
    report(town, 3)
    town.do(DismissRiskSignal(id=ID, item="1", by=community, reason="a film was being shot"))
    report(town, 2)
    assert signals(town) == {"1": "dismissed"}
    report(town)
    assert signals(town) == {"1": "dismissed", "2": "raised"}


def test_signs_older_than_the_window_do_not_count_and_stay_in_the_log(town: Town):
    report(town, 2)
    town.pass_days(31)
    report(town, 2)
    assert signals(town) == {}
    assert [sign.source for sign in watch(town).signs] == ["c3", "c4"]
    assert names(town) == ["watch.sign_noted"] * 4
    report(town)
    assert signals(town) == {"1": "raised"}


def test_a_sign_counts_for_thirty_days_to_the_second():
    for seconds, raised in ((0, {"1": "raised"}), (1, {})):
        town = a_watched_town()
        report(town, 2)
        town.clock.advance(days=30, hours=-2, seconds=seconds)  # the next report comes an hour later
        report(town)
        assert signals(town) == raised


def test_how_many_and_how_long_is_the_policys_to_say():
    quick = DEFAULT_POLICY.changed(version="quick", thresholds=Thresholds(similar_signals=2, similar_signal_days=1))
    town = a_watched_town(policy=quick)
    report(town, 2)
    assert signals(town) == {"1": "raised"}
    slow = a_watched_town(policy=quick)
    report(slow)
    slow.pass_days(1)
    report(slow)
    assert signals(slow) == {}


def test_signs_of_another_category_or_area_are_not_similar(town: Town):
    report(town)
    report(town, category="utility")
    report(town, area="jinniu/chadianzi")
    report(town, area="")
    ids = [ID, "watch.utility.jinniu:huazhaobi", "watch.general.jinniu:chadianzi", watch_id("general", "")]
    assert [len(watch(town, id).signs) for id in ids] == [1, 1, 1, 1]
    report(town, 2, area="")
    assert signals(town, watch_id("general", "")) == {"1": "raised"}


def test_a_case_without_a_sign_is_no_sign(town: Town):
    report(town, signal=None)
    report(town, signal="  ")
    with pytest.raises(NotFound):
        watch(town)


def test_where_no_watches_are_served_a_case_comes_in_as_ever():
    town = a_town(records=[NOTING, PROPOSAL])
    report(town, 3)
    assert [record.kind_of_record for record in town.engine.records()] == ["case"] * 3


def test_one_record_counts_once(town: Town):
    report(town)
    again = NoteSign(id=ID, by=SYSTEM, category="general", area=AREA, source="c1", signal="again")
    assert refused(town, again) == ("sign_is_new",)
    town.do(again.changed(source="c99"))


def test_no_reporter_stands_in_the_stream_of_a_watch(town: Town):
    report(town, 2)
    told = "call 13800138000", "s-0123456789abcdef01234567 says so", "as s-r5 says"
    for text in told:
        report(town, signal=text)
    report(town, signal="as old.chen says", reporter="old.chen")
    written = b"".join(_written(town))
    assert b"sign_noted" in written
    for word in (b"s-r", b"s-0123456789abcdef", b"13800138000", b"old.chen", resident.id.encode()):
        assert word not in written
    assert names(town).count("watch.sign_noted") == 6, "the sign counts, without its words"


def _written(town: Town) -> Iterable[bytes]:
    for event in town.engine.store.scan():
        if event.stream.startswith("watch."):
            yield b"\n".join((event.topic.encode(), event.state))


def test_a_sign_by_hand_names_no_person_either(town: Town):
    note = NoteSign(id=ID, by=SYSTEM, category="general", area=AREA, source="c1", signal="s-1 was there")
    assert refused(town, note) == ("signal_names_no_person",)
    town.do(note.changed(signal="it was seen"))
    more = NoteSign(id=ID, by=SYSTEM, category="general", area=AREA, source="c2", signal="s-1 was there")
    assert refused(town, more) == ("signal_names_no_person",)
    assert refused(town, more.changed(signal="", category="utility")) == ("watch_has_its_id",)


def test_a_secret_case_leaves_no_trace_on_a_watch(town: Town):
    report(town, kind="whistle_blowing", confidential=True, accused_unit="roads")
    report(town, confidential=True)
    with pytest.raises(NotFound):
        watch(town)


def test_only_the_system_notes_signs_and_ids_of_watches_are_its_own(town: Town):
    note = NoteSign(id=ID, by=community, category="general", area=AREA, source="c1")
    with pytest.raises(GovFlowError):
        town.engine.handle(note)
    assert refused(town, note.changed(by=SYSTEM, id="watch.other")) == ("watch_has_its_id",)
    taken = c.ReportCase(id="watch.mine", by=grid_worker, **MATTER)
    assert refused(town, taken) == ("id_is_not_reserved",)


def test_each_category_and_area_has_an_id_of_its_own():
    assert watch_id("general", AREA) == ID
    pairs = [
        ("general", ""),
        ("general", "a"),
        ("general", "a/b"),
        ("general", "a:b"),
        ("general.a", "b"),
        ("general", "a.b"),
        ("general", "金牛/花照壁"),
        ("general", "a/" * 40 + "b"),
        ("general:a", "b"),
    ]
    ids = [watch_id(*pair) for pair in pairs]
    assert len(set(ids)) == len(pairs)
    assert all(len(id) <= 64 and id.isascii() and id.startswith("watch.") for id in ids)


def test_officials_of_the_area_read_it_and_nobody_for_themselves(town: Town):
    report(town, 3)

    def reads(*roles: str, area: str = "") -> bool:
        seen = town.engine.seen_by(Actor.of("a-1", *roles, unit="u", area=area))
        return ID in [record.id for record in seen.records()]

    assert reads(Role.COMMUNITY, area=AREA)
    assert not reads(Role.COMMUNITY, area="jinniu/chadianzi")
    assert not reads(Role.RESIDENT)
    assert not reads(Role.ORGANISATION)


def test_nobody_leads_a_watch_or_acts_on_it_for_themselves(town: Town):
    report(town)
    by_hand = RaiseRiskSignal(id=ID, item="mine", by=lead, what="cracks", area=AREA, concerning="key_area")
    assert refused(town, by_hand) == ("role_is_held",)
    assert refused(town, by_hand.changed(by=Actor.of("o", Role.ORGANISATION, unit="u"))) == ("role_is_held",)
    town.do(by_hand.changed(by=grid_worker))


def test_a_watch_is_laid_to_rest_with_a_reason_and_wakes_with_the_next_sign(town: Town):
    rest = RestWatch(id=ID, by=district, reason="the sewer was rebuilt")
    report(town)
    assert refused(town, rest.changed(reason="")) == ("reason_given",)
    assert refused(town, rest.changed(reason="s-1 has left")) == ("signal_names_no_person",)
    report(town, 2)
    assert refused(town, rest.changed(by=lead)) == ("role_is_held",)
    town.do(rest)
    assert (watch(town).status, signals(town), town.engine.open_loops(ID)) == ("resting", {"1": "dismissed"}, ())
    report(town)
    assert (watch(town).status, len(watch(town).signs)) == ("watching", 1)


def test_the_sign_is_noted_in_the_transaction_of_its_report_and_a_repeated_command_adds_none(tmp_path: Path):
    town = a_watched_town(tmp_path / "log")
    given = c.ReportCase(id="c1", by=grid_worker, **{**MATTER, "signal": "smoke"})
    town.do(given, given)
    reported = next(iter(town.engine.history("c1")))
    (noted,) = town.engine.history(ID)
    assert (noted.meta.correlation, noted.meta.recorded_at) == (given.command_id, reported.meta.recorded_at)


def test_replay_gives_the_same_state(town: Town):
    report(town, 4)
    settle(town)
    report(town, 2)
    town.clock.advance(hours=1)
    assert town.engine.as_of(ID, town.clock()).digest == watch(town).digest
