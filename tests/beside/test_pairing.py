"""结对帮扶: each household has one helper at any moment, by its pseudonym; one who leaves is replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Actor, Command, Engine, HandOver, NotAllowed, NotFound, Role
from govflow.beside import pairing_messages as p
from govflow.beside.campaign import CAMPAIGN
from govflow.beside.campaign_messages import AbandonCampaign, CloseCampaign, PlanCampaign, StartCampaign
from govflow.beside.pairing import FormerHelper, Pairing, PairingFigures, households_by_helper, pairing_figures
from govflow.messages import new_command_id
from govflow.testing import START, PinnedClock

AREA, VILLAGE, OTHER = "jinniu", "jinniu/chadianzi/huazhaobi", "jinniu/xihua/east"
HOUSE = "s-house"
YEAR = START + timedelta(days=365)
SOON = START + timedelta(days=10)
district = Actor.of("chief", Role.DISTRICT, level="district", area=AREA)
office = Actor.of("office-clerk", Role.LEAD_UNIT, unit="office")
community = Actor.of("community-1", Role.COMMUNITY, unit="u-huazhaobi", level="community", area=VILLAGE)
elsewhere = Actor.of("community-2", Role.COMMUNITY, unit="u-east", level="community", area=OTHER)
town = Actor.of("town-1", Role.TOWN, unit="u-town", level="town", area="jinniu/chadianzi")

ON: dict[str, Any] = {"id": "drive", "item": HOUSE, "by": community}
PAIR = p.PairHousehold(**ON, helper="cadre-1", until=YEAR, area=VILLAGE, members=("s-1", "s-2"))
LIST = p.ListHousehold(**ON, until=SOON, area=VILLAGE)
CHANGE = p.ChangeHelper(**ON, helper="cadre-2", reason="moved to another post")
RELEASE = p.ReleaseHelper(**ON, reason="retired", until=SOON)
PROLONG = p.ProlongPairing(**ON, reason="not out of need yet", until=YEAR + timedelta(days=365))
END = p.EndPairing(**ON, reason="out of need (脱贫)")
CLOSE = CloseCampaign(id="drive", by=office, summary="every household seen to")


class Drive:
    """A district-wide campaign under way, on a pinned clock."""

    def __init__(self, path: Any = ":memory:") -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[CAMPAIGN], now=self.clock)

    def begin(self) -> Drive:
        plan = {"title": "Help from house to house", "kind": "visits", "level": "district", "area": AREA}
        until = START + timedelta(days=900)
        return self.do(
            PlanCampaign(id="drive", by=district, lead_unit="office", until=until, **plan),
            StartCampaign(id="drive", by=office),
        )

    def do(self, *commands: Command) -> Drive:
        for command in commands:
            self.engine.handle(command.changed(command_id=new_command_id()))
        return self

    def days(self, number: int) -> Drive:
        self.clock.advance(days=number)
        return self

    def refused(self, command: Command) -> tuple[str, ...]:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command.changed(command_id=new_command_id()))
        assert self.engine.store.head() == head
        return caught.value.codes

    def loops(self) -> set[tuple[str, str, str | None, datetime | None]]:
        return {(each.region, each.item, each.owes, each.until) for each in self.engine.open_loops("drive")}

    @property
    def record(self) -> Any:
        return self.engine.get("drive")

    def pairing(self, key: str = HOUSE) -> Pairing:
        found: Pairing = self.record.item("pairing", key)
        return found


@pytest.fixture
def drive() -> Iterator[Drive]:
    made = Drive().begin()
    yield made
    made.engine.close()


# --- one helper ------------------------------------------------------------------------------------------------------


def test_a_household_has_the_helper_it_was_paired_with_who_owes_the_help_until_the_day_named(drive):
    drive.do(PAIR)
    pairing = drive.pairing()
    assert (pairing.status, pairing.helper, pairing.area, pairing.members) == (
        "paired",
        "cadre-1",
        VILLAGE,
        ("s-1", "s-2"),
    )
    assert drive.loops() == {("pairing", HOUSE, "cadre-1", YEAR)}


def test_a_household_that_has_its_helper_is_not_paired_a_second_time(drive):
    drive.do(PAIR)
    for again in (PAIR.changed(helper="cadre-2"), LIST):
        assert drive.refused(again) == ("step_is_in_the_table",)
    assert drive.pairing().helper == "cadre-1"


def test_nobody_of_a_household_stands_in_a_second_pairing_that_is_open(drive):
    drive.do(PAIR)
    codes = ("household_stands_once",)
    for twice in ({"item": "s-1"}, {"item": "s-h2", "members": ("s-2",)}, {"item": "s-h2", "members": (HOUSE,)}):
        for again in (PAIR.changed(helper="cadre-2", **{"members": (), **twice}), LIST.changed(**twice)):
            assert drive.refused(again) == codes
    drive.do(END, PAIR.changed(item="s-1", members=(), helper="cadre-2"))
    assert drive.refused(PAIR) == codes
    drive.do(PAIR.changed(members=("s-2",)))


def test_a_change_replaces_the_helper_and_keeps_the_former_ones_with_their_times_and_reasons(drive):
    drive.do(PAIR).days(30).do(CHANGE).days(20)
    drive.do(CHANGE.changed(helper="u-water", reason="the bureau takes it over", until=YEAR + timedelta(days=1)))
    pairing = drive.pairing()
    first, second = START + timedelta(days=30), START + timedelta(days=50)
    assert pairing.former == (
        FormerHelper(helper="cadre-1", since=START, until=first, reason="moved to another post"),
        FormerHelper(helper="cadre-2", since=first, until=second, reason="the bureau takes it over"),
    )
    assert (pairing.helper, pairing.helping_since, pairing.until) == ("u-water", second, YEAR + timedelta(days=1))
    moments = (START - timedelta(1), START, first - timedelta(seconds=1), first, second)
    assert [pairing.helper_at(at) for at in moments] == [None, "cadre-1", "cadre-1", "cadre-2", "u-water"]


def test_a_change_without_a_new_term_keeps_the_old_one_while_that_lies_ahead(drive):
    drive.do(PAIR, CHANGE)
    assert drive.pairing().until == YEAR
    drive.days(366)
    late = CHANGE.changed(helper="cadre-3")
    assert drive.refused(late) == ("new_due_is_named",)
    drive.do(late.changed(until=YEAR + timedelta(days=200)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"helper": None}, "one_helper_is_named"),
        ({"helper": "cadre-1"}, "another_helper_is_named"),
        ({"helper": "s-2"}, "helper_is_not_of_the_household"),
        ({"helper": HOUSE}, "helper_is_not_of_the_household"),
        ({"until": START}, "new_due_is_named"),
        ({"reason": " "}, "reason_given"),
        ({"reason": "call 13800138000"}, "reason_hides_people"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_by_that_rule_alone(drive, change: dict[str, Any], code: str):
    drive.do(PAIR)
    assert drive.refused(CHANGE.changed(**change)) == (code,)
    drive.do(CHANGE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"helper": None}, "one_helper_is_named"),
        ({"helper": HOUSE}, "helper_is_not_of_the_household"),
        ({"helper": "s-1"}, "helper_is_not_of_the_household"),
        ({"until": None}, "new_due_is_named"),
        ({"until": START}, "new_due_is_named"),
        ({"item": None}, "household_stands_by_its_pseudonym"),
        ({"item": "wang-wu"}, "household_stands_by_its_pseudonym"),
        ({"item": "s-13800138000"}, "household_stands_by_its_pseudonym"),
        ({"members": ("s-1", "wang")}, "household_stands_by_its_pseudonym"),
        ({"area": "elsewhere"}, "household_lives_in_their_area"),
        ({"area": OTHER}, "household_lives_in_their_area"),
        ({"area": ""}, "household_lives_in_their_area"),
    ],
)
def test_a_pairing_that_breaks_a_rule_is_refused_by_that_rule_alone(drive, change: dict[str, Any], code: str):
    assert drive.refused(PAIR.changed(**change)) == (code,)
    drive.do(PAIR)


# --- a helper who leaves ---------------------------------------------------------------------------------------------


def test_a_helper_who_leaves_without_a_successor_leaves_the_household_to_the_community(drive):
    drive.do(PAIR).days(3).do(RELEASE)
    pairing = drive.pairing()
    assert (pairing.status, pairing.helper) == ("without_helper", None)
    assert pairing.former == (
        FormerHelper(helper="cadre-1", since=START, until=START + timedelta(days=3), reason="retired"),
    )
    assert drive.loops() == {("pairing", HOUSE, "community", SOON)}
    assert drive.refused(RELEASE) == drive.refused(PROLONG) == ("step_is_in_the_table",)
    assert drive.refused(CHANGE) == ("new_due_is_named",)  # the day to find somebody by is no term of help
    drive.days(1).do(CHANGE.changed(until=YEAR))
    assert drive.loops() == {("pairing", HOUSE, "cadre-2", YEAR)}
    assert drive.pairing().helper_at(START + timedelta(days=3, hours=5)) is None


@pytest.mark.parametrize(
    ("command", "change", "code"),
    [
        (RELEASE, {"reason": ""}, "reason_given"),
        (RELEASE, {"until": None}, "new_due_is_named"),
        (RELEASE, {"reason": "a@b.cn"}, "reason_hides_people"),
        (PROLONG, {"until": START}, "new_due_is_named"),
        (PROLONG, {"reason": ""}, "reason_given"),
        (END, {"reason": ""}, "reason_given"),
        (END, {"reason": "a@b.cn"}, "reason_hides_people"),
    ],
)
def test_whoever_releases_prolongs_or_ends_says_why_and_until_when(drive, command: Command, change: Any, code: str):
    drive.do(PAIR)
    assert drive.refused(command.changed(**change)) == (code,)
    drive.do(command)


def test_a_pairing_is_prolonged_with_the_same_helper(drive):
    drive.do(PAIR, PROLONG)
    assert (drive.pairing().helper, drive.pairing().until, drive.pairing().former) == ("cadre-1", PROLONG.until, ())


def test_a_household_known_to_be_in_need_is_listed_first_and_waits_for_its_helper(drive):
    drive.do(LIST)
    assert drive.loops() == {("pairing", HOUSE, "community", SOON)}
    assert drive.refused(CLOSE) == ("no_loop_is_open",)
    drive.do(CHANGE.changed(until=YEAR))
    assert (drive.pairing().helper, drive.pairing().former) == ("cadre-2", ())


# --- who --------------------------------------------------------------------------------------------------------------


def test_the_community_or_the_town_where_the_household_lives_pairs_and_nobody_else(drive):
    for who in (office, Actor.of("cadre-1", Role.GRID_WORKER), Actor.of("s-1", Role.RESIDENT), district):
        assert drive.refused(PAIR.changed(by=who))[0] == "role_is_held"
    assert drive.refused(PAIR.changed(by=elsewhere)) == ("household_lives_in_their_area",)
    drive.do(PAIR.changed(by=town))
    for command in (CHANGE, RELEASE, PROLONG, END):
        assert drive.refused(command.changed(by=elsewhere)) == ("role_is_held",)
    drive.do(CHANGE.changed(by=town))


def test_nobody_decides_on_the_help_for_their_own_household_or_one_they_have_an_interest_in(drive):
    own = Actor.of("s-2", Role.COMMUNITY, area=VILLAGE)
    kin = community.model_copy(update={"id": "community-9", "interests": ("s-1",)})
    for who in (own, kin):
        assert drive.refused(PAIR.changed(by=who)) == ("household_is_anothers",)
    drive.do(PAIR)
    assert drive.refused(CHANGE.changed(by=own)) == ("household_is_anothers",)
    assert drive.refused(CHANGE.changed(by=kin)) == ("actor_has_no_interest", "household_is_anothers")


def test_a_community_within_the_area_sees_the_campaign_and_households_and_helpers_do_not(drive):
    drive.do(PAIR)
    for who in (community, elsewhere, town):
        assert drive.engine.seen_by(who).get("drive").id == "drive"
    outside = Actor.of("community-3", Role.COMMUNITY, area="wuhou/north")
    helper = Actor.of("cadre-1", Role.ORGANISATION, unit="u-water")
    for who in (Actor.of(HOUSE, Role.RESIDENT), Actor.of("s-1", Role.RESIDENT), helper, outside):
        with pytest.raises(NotFound):
            drive.engine.seen_by(who).get("drive")


# --- its end ---------------------------------------------------------------------------------------------------------


def test_the_campaign_closes_once_every_pairing_has_ended_and_names_those_that_have_not(drive):
    drive.do(PAIR, LIST.changed(item="s-other"))
    with pytest.raises(NotAllowed) as caught:
        drive.engine.handle(CLOSE)
    assert caught.value.codes == ("no_loop_is_open",)
    (first, second) = sorted(caught.value.broken[0].detail)
    assert (HOUSE in first and "cadre-1" in first, "s-other" in second and "community" in second) == (True, True)
    drive.do(END, END.changed(item="s-other", to="u-next"), CLOSE)
    assert drive.record.status == "closed"
    ended = drive.pairing()
    assert (ended.helper, ended.reason, [each.helper for each in ended.former]) == (None, END.reason, ["cadre-1"])
    assert drive.pairing("s-other").handed_to == "u-next"
    assert drive.refused(PAIR.changed(item="s-third")) == ("step_is_in_the_table",)


def test_a_household_that_falls_into_need_again_is_paired_again_and_its_past_is_kept(drive):
    drive.do(PAIR).days(5).do(END).days(5)
    assert drive.refused(CHANGE) == ("step_is_in_the_table",)
    drive.do(PAIR.changed(by=elsewhere, area=OTHER, members=(), helper="cadre-7"))
    pairing = drive.pairing()
    assert (pairing.helper, pairing.area, pairing.reason) == ("cadre-7", OTHER, "")
    assert [each.helper for each in pairing.former] == ["cadre-1"]
    assert pairing.helper_at(START + timedelta(days=7)) is None


def test_whoever_gives_the_campaign_up_says_who_goes_on_with_each_household(drive):
    drive.do(PAIR, LIST.changed(item="s-other"))
    leave = AbandonCampaign(id="drive", by=district, reason="merged")
    assert drive.refused(leave) == ("loops_are_handed_over",)
    over = (HandOver(region="pairing", item=HOUSE, reason="goes on", to="u-town"), HandOver(reason="falls away"))
    drive.do(leave.changed(hand_over=over))
    assert (drive.loops(), drive.pairing().handed_to, drive.pairing().reason) == (set(), "u-town", "goes on")
    assert drive.pairing("s-other").status == "ended"


# --- the book --------------------------------------------------------------------------------------------------------


def test_the_book_says_who_helps_whom_and_how_many_wait(drive):
    drive.do(*(PAIR.changed(item=f"s-h{n}", helper=f"cadre-{n % 2}", members=()) for n in range(4)))
    drive.do(LIST, RELEASE.changed(item="s-h0"), END.changed(item="s-h3"))
    assert pairing_figures(drive.record) == PairingFigures(households=4, paired=2, without_helper=2, ended=1)
    assert households_by_helper(drive.record) == {"cadre-0": ("s-h2",), "cadre-1": ("s-h1",)}


HOUSES, HELPERS = ("s-a", "s-b"), ("cadre-1", "cadre-2", "u-1")
ACTS = ("pair", "list", "change", "release", "prolong", "end")


def as_command(act: str, house: str, helper: str, now: datetime) -> Command:
    on: dict[str, Any] = {"id": "drive", "by": community, "item": house}
    until = now + timedelta(days=9)
    match act:
        case "pair":
            return p.PairHousehold(**on, helper=helper, until=until, area=VILLAGE)
        case "list":
            return p.ListHousehold(**on, until=until, area=VILLAGE)
        case "change":
            return p.ChangeHelper(**on, helper=helper, reason="a change", until=until)
        case "release":
            return p.ReleaseHelper(**on, reason="leaves", until=until)
        case "prolong":
            return p.ProlongPairing(**on, reason="goes on", until=until)
        case _:
            return p.EndPairing(**on, reason="over")


def helpers_told(drive: Drive, house: str, at: datetime) -> str | None:
    """Who was responsible at a moment, as the events of the log tell it one by one: a second opinion."""
    helper = None
    for each in drive.engine.history("drive"):
        body: Any = each.body
        if getattr(body, "item", None) == house and body.at <= at:
            if each.name in ("pairing.paired", "pairing.helper_changed"):
                helper = body.helper
            elif each.name in ("pairing.helper_released", "pairing.ended", "pairing.listed"):
                helper = None
    return helper


@settings(max_examples=30, deadline=None)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(HOUSES), st.sampled_from(HELPERS), st.booleans()), max_size=14
    )
)
def test_whatever_happens_each_household_has_one_helper_or_is_owed_one_at_every_moment(
    acts: list[tuple[str, str, str, bool]],
):
    drive = Drive().begin()
    moments = [drive.clock()]
    for act, house, helper, days_pass in acts:
        if days_pass:
            moments.append(drive.days(1).clock())
        with suppress(NotAllowed):
            drive.do(as_command(act, house, helper, drive.clock()))
    for house, pairing in drive.record.items_of("pairing").items():
        assert [pairing.helper_at(at) for at in moments] == [helpers_told(drive, house, at) for at in moments]
        assert (pairing.status == "paired") == (pairing.helper is not None)
        assert (pairing.status == "ended") == (pairing.owes is None)
        times = [(each.since, each.until) for each in pairing.former]
        assert all(since <= until for since, until in times)
        assert all(until <= since for (_, until), (since, _) in pairwise(times))
    assert drive.engine.as_of("drive", version=drive.record.version) == drive.record


def test_another_engine_folds_the_same_pairings_from_the_file(tmp_path):
    drive = Drive(tmp_path / "log.db").begin().do(PAIR, CHANGE, RELEASE)
    digest = drive.record.digest
    drive.engine.close()
    again = Drive(tmp_path / "log.db")
    assert again.record.digest == digest
    again.engine.close()
