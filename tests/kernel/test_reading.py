"""Who may read what of a log (可见范围): every query, count and error text, for every role and status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from govflow import CASE, SYSTEM, Actor, Engine, GovFlowError, NotAllowed, NotFound, Record, Role
from govflow.actors import Claim
from govflow.cases import commands as c
from govflow.cases.model import CaseStatus
from govflow.organisation import FoundDirectory
from govflow.organisation.appointments import Appoint
from govflow.organisation.interests import DeclareInterest, LiftInterest
from govflow.organisation.substitutions import ArrangeSubstitution
from govflow.organisation.units import AddUnit
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import AddLink
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from govflow.workflow import NEW
from tests.organisation.office import ANN, Office, an_office, on
from tests.support import (
    AREA,
    MATTER,
    Town,
    a_case,
    a_plan_decider,
    a_town,
    desk,
    dispatcher,
    lead,
    neighbour,
    verifier,
)

WHISTLE = "s-whistle"
BLOWN: dict[str, Any] = {
    "kind": "whistle_blowing",
    "confidential": True,
    "accused_unit": "power",
    "reporter": WHISTLE,
    "title": "Bribes at the power office",
}
MOLE = Actor(
    id="mole",
    claims=(
        *(Claim(role=role, unit="power") for role in Role if role != Role.SYSTEM),
        *(Claim(role=role) for role in Role if role != Role.SYSTEM),  # whatever else he holds, elsewhere
    ),
)
whistle_blower = Actor.of(WHISTLE, Role.RESIDENT, Role.REPORTER)


@pytest.fixture
def town() -> Town:
    clock = PinnedClock()
    town = Town(Engine.open(now=clock), clock)
    town.do(
        c.ReportCase(
            id="blown-1",
            by=whistle_blower,
            **{**MATTER, **BLOWN},
            reporter_name="Zhao Liu",
            description="The chief takes money.",
        ),
        c.AcceptCase(id="blown-1", by=desk),
        c.AssignCase(id="blown-1", by=dispatcher, lead_unit="water", unit_level="town", co_units=("parks",)),
    )
    a_case(town, "in_handling", id="open")
    return town


def told(ask: Callable[[], object]) -> str:
    """All that is said by what comes back or is raised: with the words of causes, notes and refusals in Chinese."""
    try:
        found = ask()
        return f"{type(found).__name__} {found!r} {[*found] if isinstance(found, Iterator) else ''}"
    except GovFlowError as error:
        zh = error.sentence("zh-CN") if isinstance(error, NotAllowed) else ""
        return f"{type(error).__name__} {error} {error.args} {zh} {error.__cause__} {getattr(error, '__notes__', '')}"


def queries(engine: Engine, id: str, by: Actor) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every way in which somebody may ask for one record by its id."""
    reader, now = engine.seen_by(by), engine.now()
    yield "get", lambda: reader.get(id)
    yield "get of a kind", lambda: reader.get(id, Record)
    yield "as of", lambda: reader.as_of(id, now)
    yield "as of long ago", lambda: reader.as_of(id, now.replace(year=2020))
    yield "as of a version", lambda: reader.as_of(id, version=1)
    yield "as of no version", lambda: reader.as_of(id, version=99)
    yield "known at", lambda: reader.known_at(id, now)
    yield "known long ago", lambda: reader.known_at(id, now.replace(year=2020))
    yield "history", lambda: reader.history(id)
    yield "loops", lambda: reader.open_loops(id)
    yield "why due", lambda: reader.why_due(id)
    yield "why one clock is due", lambda: reader.why_due(id, "handling")
    yield "allowed", lambda: engine.allowed(id, by)
    yield "allowed to others", lambda: engine.allowed(id, by, others=True)
    for field in ("reporter_name", "description", "nothing"):
        yield f"personal {field}", partial(engine.open_personal, id, field, by, why="to handle it")
    for command in commands(engine, id, by):
        yield f"why not {command.wire}", partial(engine.why_not, command)
        yield f"handle {command.wire}", partial(engine.handle, command)
        yield f"why not {command.wire} then", partial(engine.why_not, command, at=now)
        yield (
            f"why not {command.wire} long ago",
            partial(engine.why_not, command, at=now.replace(year=2020)),
        )
        yield f"why not {command.wire} at first", partial(engine.why_not, command, version=1)


def commands(engine: Engine, id: str, by: Actor) -> Iterator[Any]:
    """One of every command that is served, for a record, in whose words the record is named too.

    But for those that create one: an id that is free would be taken.
    """
    for decider in engine.deciders.values():
        for kind in decider.commands:
            if decider.workflow.rows(NEW, kind.wire):
                continue
            filled = {name: id for name in ("other", "master", "subject", "target") if name in kind.model_fields}
            try:
                yield kind(id=id, by=by, command_id="c-1", **filled)
            except ValidationError:
                continue


# --- the unit reported ------------------------------------------------------------------------------------------------


def test_to_the_unit_reported_a_case_is_what_never_was(town: Town):
    """Petitions §30: whatever is asked, the answer is the one for an id that nobody ever used."""
    head = town.engine.store.head()
    asked = 0
    for (what, ask), (_, ask_absent) in zip(
        queries(town.engine, "blown-1", MOLE), queries(town.engine, "absent", MOLE), strict=True
    ):
        assert told(ask) == told(ask_absent).replace("absent", "blown-1"), what
        asked += 1
    assert town.engine.store.head() == head
    assert asked > 300


def test_no_word_of_it_is_in_what_the_unit_reported_reads(town: Town):
    reader = town.engine.seen_by(MOLE)
    read = [
        *map(repr, reader.records()),
        *map(repr, reader.events()),
        *map(repr, reader.log_history()),
        *map(repr, reader.history("open")),
        *map(repr, reader.why_due("open")),
    ]
    for word in ("blown-1", WHISTLE, "Bribes", "Zhao", "takes money"):
        assert not [text for text in read if word in text], word
    assert [record.id for record in reader.records()] == ["open"]
    assert {event.stream for event in reader.events()} == {"log", "open"}


def test_the_reporter_in_person_reads_the_case_though_working_for_the_unit_reported(town: Town):
    own = (Claim(role=Role.RESIDENT), Claim(role=Role.REPORTER))
    insider = Actor(id=WHISTLE, claims=(Claim(role=Role.LEAD_UNIT, unit="power"), *own))
    reader = town.engine.seen_by(insider)
    assert [record.id for record in reader.records()] == ["blown-1"]
    assert reader.get("blown-1") == town.engine.get("blown-1")
    assert len(reader.history("blown-1")) == len(town.engine.history("blown-1"))
    assert {step.command for step in town.engine.allowed("blown-1", insider)} >= {"case.withdraw"}
    outsider = town.engine.seen_by(whistle_blower)
    assert [record.id for record in outsider.records()] == ["blown-1"]
    assert town.engine.open_personal("blown-1", "reporter_name", whistle_blower, why="to handle it") == "Zhao Liu"


def test_somebody_elses_being_a_reporter_opens_nothing(town: Town):
    other = Actor(id="s-2", claims=MOLE.claims)
    with pytest.raises(NotFound):
        town.engine.seen_by(other).get("blown-1")


NAMING = {
    "accepting": lambda other: c.AcceptCase(id="mine", by=MOLE, same_as=(other,)),
    "rejecting": lambda other: c.RejectCase(
        id="mine", by=MOLE, same_as=(other,), reason_code="terminated_same_facts", reason="r", told_by="t"
    ),
    "merging": lambda other: c.MergeCase(id="mine", by=MOLE, master=other, same_subject="the same"),
    "linking": lambda other: AddLink(id="mine", by=MOLE, other=other),
}


@pytest.mark.parametrize("way", NAMING)
def test_naming_it_in_a_command_on_another_case_tells_the_unit_reported_nothing(town: Town, way: str):
    a_case(town, "accepted" if way == "linking" else "reported", id="mine")
    answers = [told(partial(town.engine.why_not, NAMING[way](other))) for other in ("blown-1", "absent")]
    assert answers[0] == answers[1].replace("absent", "blown-1")
    assert "Broken" in answers[0]
    assert town.engine.why_not(NAMING[way]("blown-1")) != ()


def test_others_may_name_it(town: Town):
    a_case(town, "accepted", id="mine")
    assert town.engine.why_not(AddLink(id="mine", by=dispatcher, other="blown-1")) == ()


def test_it_is_merged_into_no_case_that_the_unit_reported_works_on(town: Town):
    a_case(town, "reported", id="blown", **{**BLOWN, "accused_unit": "water"})
    for master, allowed in (("open", False), ("free", True)):
        if allowed:
            a_case(town, "accepted", id="free")
        merge = c.MergeCase(id="blown", by=desk, master=master, same_subject="the same")
        codes = [each.code for each in town.engine.why_not(merge)]
        assert codes == ([] if allowed else ["master_is_open_and_same_subject"])


def test_a_part_split_off_is_hidden_like_the_whole(town: Town):
    parts = ({"title": "Bribes"}, {"title": "Threats"})
    town.do(c.SplitCase(id="blown-1", by=dispatcher, parts=parts, covers="both"))
    reader = town.engine.seen_by(MOLE)
    assert [record.id for record in reader.records()] == ["open"]
    assert len(list(town.engine.records())) == 4


def test_a_substitute_from_the_unit_reported_sees_no_more_than_the_unit(town: Town):
    standing_in = Actor(
        id="sub", claims=(Claim(role=Role.DISPATCHER), Claim(role=Role.LEAD_UNIT, unit="power", standing_in_for="chen"))
    )
    with pytest.raises(NotFound):
        town.engine.seen_by(standing_in).get("blown-1")


# --- every role, every status ----------------------------------------------------------------------------------------

MATTERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "confidential": {"confidential": True},
    "blown": {"kind": "whistle_blowing", "confidential": True, "accused_unit": "power"},
}


def readers() -> Iterator[Actor]:
    for role in Role:
        if role != Role.SYSTEM:
            yield Actor.of(f"of-{role}", role)
            yield Actor.of(f"of-{role}.water", role, unit="water")
            yield Actor.of(f"of-{role}.power", role, unit="power")
            yield Actor.of(f"of-{role}.here", role, area=AREA.partition("/")[0])
            yield Actor.of(f"of-{role}.elsewhere", role, area="jinniu/elsewhere")
    yield Actor.of("s-1", Role.RESIDENT, Role.REPORTER)
    yield Actor(id="nobody")


@pytest.mark.no_cover  # thousands of reads by the same few lines
def test_nobody_sees_in_any_status_what_no_claim_lets_them_read():
    town = a_town(records=[CASE, a_plan_decider()])  # a secret matter does not go on as a real proposal: that is public
    for status in CaseStatus:
        for name, matter in MATTERS.items():
            petition = status in ("under_review", "under_recheck", "terminated")
            a_case(town, status, id=f"{name}.{status}", **{**matter, **({"kind": "petition"} if petition else {})})
    records = [record for record in town.engine.records() if record.kind_of_record == "case"]
    assert len(records) >= 3 * len(CaseStatus)
    seen = 0
    for actor in readers():
        reader = town.engine.seen_by(actor)
        hidden = {record.id for record in records if any(map(record.hides_from, actor.claims))}
        may = {record.id for record in records if any(record.can_read(claim, actor.id) for claim in actor.claims)}
        if actor.id != "s-1" and not {Role.REPORTER, Role.RESIDENT} & {claim.role for claim in actor.claims}:
            may -= hidden
        found = [record.id for record in reader.records() if record.kind_of_record == "case"]
        assert sorted(found) == sorted(may), actor.id
        assert {event.stream for event in reader.events()} & {record.id for record in records} == may, actor.id
        for record in records:
            if record.id in may:
                got = reader.get(record.id)
                tied = not reader.shows_all_of(record.id)  # to what it became or went into, which not everybody may see
                assert got == record or (tied and (got.status, got.clocks) == (record.status, record.clocks))
                assert not tied or record.status in (CaseStatus.CONVERTED, CaseStatus.MERGED)
            else:
                with pytest.raises(NotFound):
                    reader.get(record.id)
        seen += len(may)
    assert seen


def test_the_confidential_is_for_those_who_handle_it_and_a_few_offices():
    town = a_town()
    a_case(town, "assigned", id="it", confidential=True, co_units=("parks",))
    allowed = {actor.id for actor in readers() if told(partial(town.engine.seen_by(actor).get, "it"))[:4] == "Case"}
    offices = {"acceptance_desk", "dispatcher", "supervisor", "review_body", "archivist"}
    everywhere = {f"of-{role}{place}" for role in offices for place in ("", ".water", ".power", ".here")}
    assert allowed == everywhere | {"of-lead_unit.water", "of-co_unit.water", "of-unit_head.water", "s-1"}
    assert told(lambda: town.engine.seen_by(Actor.of("sun", Role.CO_UNIT, unit="parks")).get("it"))[:4] == "Case"


# --- keeping away 回避 -----------------------------------------------------------------------------------------------


def test_an_interest_that_the_host_vouches_for_keeps_its_holder_away():
    town = a_town()
    a_case(town, "fed_back", id="it")
    check = PassVerification(id="it", by=verifier, item="r1")
    assert town.engine.why_not(check) == ()
    for concerned in ("s-1", "water", "it"):  # the reporter, the lead unit, the very case
        kin = verifier.model_copy(update={"interests": ("somebody", concerned)})
        assert [each.code for each in town.engine.why_not(check.changed(by=kin))] == ["actor_has_no_interest"]
        assert "case.pass_verification" not in {step.command for step in town.engine.allowed("it", kin)}
    stranger = verifier.model_copy(update={"interests": ("s-2", "roads")})
    assert town.engine.why_not(check.changed(by=stranger)) == ()


def test_an_interest_in_ones_own_matter_is_no_reason_to_keep_away_from_it():
    town = a_town()
    a_case(town, "reported", id="it")
    self_interested = Actor(id="s-1", claims=(Claim(role=Role.REPORTER),), interests=("s-1", "it"))
    assert town.engine.why_not(c.WithdrawCase(id="it", by=self_interested, reason="settled")) == ()


def test_a_new_case_about_whom_one_has_an_interest_in_is_taken_in_by_somebody_else():
    town = a_town()
    kin = Actor(id="desk-9", claims=desk.claims, interests=("s-1",))
    report = c.ReportCase(id="it", by=kin, **MATTER)
    assert [each.code for each in town.engine.why_not(report)] == ["actor_has_no_interest"]
    assert town.engine.why_not(report.changed(reporter="s-2")) == ()


STAFF = {"recep": Role.ACCEPTANCE_DESK, "disp": Role.DISPATCHER, "disp2": Role.DISPATCHER, "ver": Role.VERIFIER}


@pytest.fixture
def office() -> Office:
    office = an_office()
    for actor, role in STAFF.items():
        office.appoint(actor, role, "bureau" if role == Role.VERIFIER else "desk")
    office.appoint("li", Role.LEAD_UNIT, "water")
    report = c.ReportCase(id="it", by=Actor(id="s-1"), **{**MATTER, "level": "town", "area": "jinniu/east"})
    office.do(report, c.AcceptCase(id="it", by=Actor(id="recep")))
    return office


def test_a_declared_interest_keeps_away_from_now_on_until_another_lifts_it(office: Office):
    assign = c.AssignCase(id="it", by=Actor(id="disp"), lead_unit="water", unit_level="town")
    office.do(DeclareInterest(by=Actor(id="disp"), actor="disp", subject="s-1", ground="kin"))
    assert office.refused(assign) == {"actor_has_no_interest"}
    office.do(DeclareInterest(by=ANN, actor="ann", subject="s-1", ground="other"))
    his, anns = office.directory.items_of("interest")
    assert office.refused(LiftInterest(by=Actor(id="disp"), item=his)) >= {"lifted_by_another"}
    assert office.refused(LiftInterest(by=ANN, item=anns)) == {"lifted_by_another"}
    office.do(LiftInterest(by=ANN, item=his), assign)


def test_a_substitute_may_not_judge_what_the_one_stood_in_for_has_done(office: Office):
    office.appoint("li", Role.VERIFIER, "bureau")
    office.appoint("wu", Role.VERIFIER, "bureau")
    office.do(
        c.AssignCase(id="it", by=Actor(id="disp"), lead_unit="water", unit_level="town"),
        ArrangeSubstitution(by=ANN, actor="sub", absent="li", valid_from=on(0), valid_to=on(9)),
        ArrangeSubstitution(by=ANN, actor="sub2", absent="wu", valid_from=on(0), valid_to=on(9)),
    )
    li = Actor(id="li")
    office.do(
        LogContact(id="it", by=li, reached=True, way="phone"),
        c.StartHandling(id="it", by=li),
        AddEvidence(id="it", by=li, item="e1", kind="photo", sha256="0" * 64),
        c.SubmitResult(id="it", by=li, measure="done", evidence=("e1",)),
        c.GiveFeedback(id="it", by=li, to_level="town", to_reporter=True, public_text="done"),
    )
    for actor in ("li", "sub"):  # sub stands in for li as verifier, and li has handled it
        assert "verified_by_another" in office.refused(PassVerification(id="it", by=Actor(id=actor), item="r1"))
    event = office.engine.handle(PassVerification(id="it", by=Actor(id="sub2"), item="r1"))
    assert office.engine.history(event.id)[-1].meta.standing_in_for == "wu"


def test_what_only_others_may_do_is_told_with_the_role_and_who_holds_it(office: Office):
    steps = {step.command: step for step in office.engine.allowed("it", Actor(id="recep"), others=True)}
    assign = steps["case.assign"]
    assert (assign.missing, assign.held_by) == (("dispatcher",), ("disp", "disp2"))
    assert steps["case.redirect"].missing == ()  # the desk may do that itself
    assert "case.assign" not in {step.command for step in office.engine.allowed("it", Actor(id="recep"))}
    (broken,) = office.engine.why_not(c.AssignCase(id="it", by=Actor(id="recep"), lead_unit="water", unit_level="town"))
    assert "dispatcher" in broken.en
    assert broken.detail == ("held here by disp, disp2",)
    assert "disp、disp2" in broken.sentence("zh")


# --- before there is a directory, and after ---------------------------------------------------------------------------


def test_what_an_actor_claims_counts_until_a_directory_is_founded_and_then_no_more():
    clock = PinnedClock()
    town = Town(Engine.open(now=clock), clock)
    a_case(town, "accepted", id="it")
    assign = c.AssignCase(id="it", by=dispatcher, lead_unit="water", unit_level="town")
    assert town.engine.why_not(assign) == ()
    assert town.engine.seen_by(dispatcher).get("it").status == "accepted"

    town.engine.handle(FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"))

    assert "role_is_held" in [each.code for each in town.engine.why_not(assign)]
    with pytest.raises(NotFound):
        town.engine.seen_by(dispatcher).get("it")
    assert [step.command for step in town.engine.allowed("it", lead)] == [
        step.command for step in town.engine.allowed("it", Actor(id="li"))
    ]
    town.engine.handle_all(
        [
            AddUnit(by=SYSTEM, item="desk", title="Desk", kind="station", area="jinniu"),
            AddUnit(by=SYSTEM, item="water", title="Water", kind="department", area="jinniu"),
            Appoint(by=SYSTEM, actor="dispatch-1", role=Role.DISPATCHER, unit="desk", level="community"),
        ]
    )
    assert town.engine.why_not(assign) == ()
    assert (
        town.engine.seen_by(Actor(id="s-1")).get("it").status == "accepted"
    )  # anybody may be the reporter of their own matter
    with pytest.raises(NotFound):
        town.engine.seen_by(neighbour).get("it")


def test_interests_too_are_the_directorys_once_there_is_one():
    clock = PinnedClock()
    town = Town(Engine.open(now=clock), clock)
    a_case(town, "accepted", id="it")
    town.engine.handle_all(
        [
            FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"),
            AddUnit(by=SYSTEM, item="desk", title="Desk", kind="station", area="jinniu"),
            AddUnit(by=SYSTEM, item="water", title="Water", kind="department", area="jinniu"),
            Appoint(by=SYSTEM, actor="dispatch-1", role=Role.DISPATCHER, unit="desk", level="community"),
        ]
    )
    kin = dispatcher.model_copy(update={"interests": ("s-1",)})
    assign = c.AssignCase(id="it", by=kin, lead_unit="water", unit_level="town")
    assert town.engine.why_not(assign) == ()
    town.engine.handle(DeclareInterest(by=SYSTEM, actor="dispatch-1", subject="s-1", ground="kin"))
    assert [each.code for each in town.engine.why_not(assign)] == ["actor_has_no_interest"]


def test_the_name_of_the_system_gives_nobody_its_right():
    town = a_town()
    a_case(town, "assigned", id="it")
    posing = Actor(id="system")
    with pytest.raises(NotAllowed, match="only the system acts under its name"):
        town.engine.handle(c.SignOrder(id="it", by=posing))
    assert list(town.engine.seen_by(posing).records()) == []
    assert [record.id for record in town.engine.seen_by(SYSTEM).records()] == ["it"]
