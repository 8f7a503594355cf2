"""A record defined wholly outside the package works like the shipped ones, and cases turn into it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from examples import own_record
from examples.own_record import (
    PROPOSAL,
    AdoptProposal,
    AmendProposal,
    DeclineProposal,
    DeclineToSign,
    DraftProposal,
    FileProposal,
    InviteSupporter,
    SignProposal,
)
from govflow import (
    CASE,
    SYSTEM,
    Actor,
    CommandReused,
    Engine,
    HandOver,
    LogError,
    NotAllowed,
    NotFound,
    ProtectionError,
    Role,
)
from govflow.cases.commands import AcceptCase, ConvertToProposal, ReopenCase, ReportCase
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import Unlink

DESK = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
OFFICE = Actor.of("office", Role.SECRETARIAT)
WANG = Actor.of("s-wang", Role.RESIDENT, Role.REPORTER)
MEI = Actor.of("mei", Role.PROPOSER, Role.RESIDENT)
ANNA, BO = Actor.of("anna", Role.RESIDENT), Actor.of("bo", Role.RESIDENT)
ARCHIVE = Actor.of("archive", Role.ARCHIVIST)
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Ticking:
    """A clock that goes on one minute each time it is read."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def engine() -> Iterator[Any]:
    with Engine.open(records=[CASE, PROPOSAL], now=Ticking()) as opened:
        yield opened


def accepted_case(engine: Any) -> str:
    case = engine.handle(
        ReportCase(
            by=WANG,
            title="No bench",
            kind="suggestion",
            channel="app",
            level="community",
            area="a/b",
            reporter="s-wang",
        )
    )
    engine.handle(AcceptCase(id=case.id, by=DESK))
    return str(case.id)


def converting(case: str) -> ConvertToProposal:
    return ConvertToProposal(
        id=case,
        by=DESK,
        reason="residents should decide",
        told_by="phone",
        hand_over=(HandOver(reason="goes on as a proposal"),),
    )


def signed_proposal(engine: Any, id: str | None = None) -> str:
    if id is None:
        id = engine.handle(DraftProposal(by=MEI, title="Benches")).id
    engine.handle(SignProposal(id=id, by=ANNA))
    engine.handle(SignProposal(id=id, by=BO))
    return str(id)


# --- conversion ------------------------------------------------------------------------------------------------------


def test_a_conversion_creates_exactly_one_proposal_even_if_the_command_is_repeated(engine):
    case = accepted_case(engine)
    command = converting(case)

    first = engine.handle(command)
    again = engine.handle(command)

    assert first.digest == again.digest
    assert [record.id for record in engine.records() if record.kind_of_record == "proposal"] == [first.converted_to]
    assert engine.get(first.converted_to).title == "No bench"


def test_the_case_and_the_proposal_name_each_other(engine):
    case = engine.handle(converting(accepted_case(engine)))
    proposal = engine.get(case.converted_to)

    assert engine.get(case.id).item("link", f"converted.{proposal.id}").other == proposal.id
    assert proposal.item("link", f"converted_from.{case.id}").other == case.id


def test_a_conversion_is_one_transaction_of_one_command(engine):
    command = converting(accepted_case(engine))
    case = engine.handle(command)

    caused = engine.outcome(command.command_id)

    assert [event.name for event in caused] == [
        "case.converted_to_proposal",
        "proposal.drafted",
        "link.added",
        "link.added",
    ]
    assert {event.stream for event in caused} == {case.id, case.converted_to}
    assert {event.meta.correlation for event in caused} == {command.command_id}
    assert len({event.meta.recorded_at for event in caused}) == 1


def test_a_conversion_to_a_kind_that_is_not_served_is_refused_and_nothing_is_written():
    with Engine.open(records=[CASE]) as engine:
        case = accepted_case(engine)
        before = engine.store.head()
        with pytest.raises(NotAllowed) as refused:
            engine.handle(converting(case))

        assert "conversion_target_is_named" in refused.value.codes
        assert "no record of kind proposal is served here" in str(refused.value)
        assert engine.store.head() == before


def test_a_refused_conversion_uses_up_no_number(engine):
    case = accepted_case(engine)
    with pytest.raises(NotAllowed):
        engine.handle(ConvertToProposal(id=case, by=DESK))

    assert engine.handle(converting(case)).converted_to == "P-2026-000001"


def test_an_adopted_proposal_gives_its_result_back_to_the_case(engine):
    case = engine.handle(converting(accepted_case(engine)))
    signed_proposal(engine, case.converted_to)

    adopt = AdoptProposal(id=case.converted_to, by=OFFICE, answer="four benches by May")
    assert engine.handle(adopt).status == "adopted"

    assert engine.get(case.id).status == "handled"
    taken_back = engine.outcome(adopt.command_id)[-1]
    assert (taken_back.stream, taken_back.body.measure) == (case.id, "four benches by May")
    assert taken_back.meta.causation == adopt.command_id
    assert taken_back.meta.role == Role.SYSTEM


def test_a_declined_proposal_reopens_the_case_as_a_new_round(engine):
    case = engine.handle(converting(accepted_case(engine)))
    assert (case.status, case.round) == ("converted", 1)

    engine.handle(
        DeclineProposal(
            id=case.converted_to,
            by=OFFICE,
            reason="no ground there is ours",
            hand_over=(HandOver(reason="the answer is no"),),
        )
    )

    after = engine.get(case.id)
    assert (after.status, after.round, after.converted_to) == ("accepted", 2, None)


def test_the_case_cannot_be_reopened_while_its_proposal_is_still_under_way(engine):
    case = engine.handle(converting(accepted_case(engine)))
    (broken,) = engine.why_not(ReopenCase(id=case.id, by=DESK, ground="impatience"))
    assert broken.code == "conversion_target_has_failed"


def test_a_tie_taken_back_on_one_side_is_taken_back_on_the_other(engine):
    case = engine.handle(converting(accepted_case(engine)))
    engine.handle(Unlink(id=case.converted_to, by=OFFICE, item=f"converted_from.{case.id}", reason="a mistake"))
    assert engine.get(case.id).item("link", f"converted.{case.converted_to}").status == "unlinked"


# --- its own guards --------------------------------------------------------------------------------------------------


def test_adoption_is_refused_with_every_reason_at_once(engine):
    proposal = engine.handle(DraftProposal(by=MEI, title="Benches")).id
    engine.handle(InviteSupporter(id=proposal, by=MEI, item="bo"))

    with pytest.raises(NotAllowed) as refused:
        engine.handle(AdoptProposal(id=proposal, by=OFFICE))

    assert refused.value.codes == ("enough_people_signed", "no_loop_is_open")
    assert "0 of 2" in refused.value.sentence("en")
    assert "联署人数达到要求" in refused.value.sentence("zh-CN")
    assert "proposal.adopt" in refused.value.allowed


def test_whoever_proposed_does_not_decide(engine):
    proposal = signed_proposal(engine)
    mei_in_the_office = Actor.of("mei", Role.SECRETARIAT)
    (broken,) = engine.why_not(AdoptProposal(id=proposal, by=mei_in_the_office))
    assert broken.code == "decided_by_another"


def test_only_the_proposer_amends_and_only_while_it_is_drafted(engine):
    proposal = signed_proposal(engine)
    other = Actor.of("li", Role.PROPOSER)
    assert [each.code for each in engine.why_not(AmendProposal(id=proposal, by=other, wording="x"))] == ["role_is_held"]
    assert engine.handle(AmendProposal(id=proposal, by=MEI, wording="four benches")).amendments == 1

    engine.handle(AdoptProposal(id=proposal, by=OFFICE, answer="yes"))
    with pytest.raises(NotAllowed) as refused:
        engine.handle(AmendProposal(id=proposal, by=MEI, wording="five"))
    assert refused.value.codes == ("step_is_in_the_table",)
    assert "proposal.file" in refused.value.allowed


def test_nobody_signs_twice_or_for_somebody_else_or_their_own_proposal(engine):
    proposal = engine.handle(DraftProposal(by=MEI, title="Benches")).id
    engine.handle(SignProposal(id=proposal, by=ANNA))

    def codes(command: Any) -> list[str]:
        return [broken.code for broken in engine.why_not(command)]

    assert codes(SignProposal(id=proposal, by=ANNA)) == ["step_is_in_the_table"]
    assert codes(SignProposal(id=proposal, by=ANNA, item="bo")) == ["signs_for_oneself"]
    assert codes(SignProposal(id=proposal, by=MEI)) == ["supporter_is_not_the_proposer"]
    engine.handle(InviteSupporter(id=proposal, by=MEI, item="bo"))
    assert engine.handle(DeclineToSign(id=proposal, by=BO)).item("support", "bo").status == "declined"


def test_declining_ends_the_open_invitations_in_the_same_append(engine):
    proposal = engine.handle(DraftProposal(by=MEI, title="Benches")).id
    engine.handle(InviteSupporter(id=proposal, by=MEI, item="bo"))
    bare = DeclineProposal(id=proposal, by=OFFICE, reason="too late")
    assert [broken.code for broken in engine.why_not(bare)] == ["loops_are_handed_over"]

    given = (HandOver(region="support", item="bo", reason="decided without it"),)
    command = DeclineProposal(id=proposal, by=OFFICE, reason="too late", hand_over=given)
    after = engine.handle(command)

    assert (after.status, after.item("support", "bo").status) == ("declined", "lapsed")
    assert [event.name for event in engine.outcome(command.command_id)] == ["proposal.declined", "support.lapsed"]


def test_a_shared_region_works_on_it(engine):
    proposal = signed_proposal(engine)
    with_photo = engine.handle(AddEvidence(id=proposal, by=OFFICE, kind="photo", sha256="0" * 64))
    assert with_photo.item("evidence", "1").kind == "photo"


def test_a_command_of_the_other_kind_is_not_taken(engine):
    proposal = signed_proposal(engine)
    with pytest.raises(NotFound, match=r"is a proposal; it does not take case\.accept"):
        engine.handle(AcceptCase(id=proposal, by=DESK))


def test_the_final_state_takes_nothing_more(engine):
    proposal = signed_proposal(engine)
    engine.handle(AdoptProposal(id=proposal, by=OFFICE, answer="yes"))
    assert engine.handle(FileProposal(id=proposal, by=ARCHIVE)).status == "filed"
    assert engine.allowed(proposal, OFFICE) == ()


# --- the same engine -------------------------------------------------------------------------------------------------


def test_it_is_numbered_under_its_own_prefix_and_remembers_who_opened_it(engine):
    first, second = (engine.handle(DraftProposal(by=MEI, title=title)) for title in ("one", "two"))
    assert (first.id, second.id) == ("P-2026-000001", "P-2026-000002")
    assert first.title_line == "one"


def test_replay_from_the_file_gives_the_same_digest(tmp_path):
    with Engine.open(tmp_path / "log.db", records=[CASE, PROPOSAL], now=Ticking()) as engine:
        case: Any = engine.handle(converting(accepted_case(engine)))
        signed_proposal(engine, case.converted_to)
        engine.handle(AdoptProposal(id=case.converted_to, by=OFFICE, answer="yes"))
        live = {id: engine.get(id).digest for id in (case.id, case.converted_to)}

    with Engine.open(tmp_path / "log.db", records=[CASE, PROPOSAL]) as reopened:
        assert {record.id: record.digest for record in reopened.records()} == live


def test_it_is_seen_as_of_a_moment_and_as_of_a_version(engine):
    proposal = signed_proposal(engine)
    adopted = engine.handle(AdoptProposal(id=proposal, by=OFFICE, answer="yes"))

    assert engine.as_of(proposal, adopted.at - timedelta(seconds=1)).status == "drafted"
    assert engine.as_of(proposal, adopted.at).status == "adopted"
    assert engine.as_of(proposal, version=1).items_of("support") == {}
    assert engine.known_at(proposal, START + timedelta(hours=5)).digest == adopted.digest


def test_an_unanswered_invitation_is_an_open_loop_with_its_debtor(engine):
    proposal = engine.handle(DraftProposal(by=MEI, title="Benches")).id
    engine.handle(InviteSupporter(id=proposal, by=MEI, item="bo"))
    (loop,) = engine.open_loops(proposal)
    assert (loop.region, loop.owes, loop.what) == ("support", "bo", "an answer to the invitation to sign")
    assert loop.sentence() == "support bo invited, owed by bo"

    engine.handle(SignProposal(id=proposal, by=BO))
    assert engine.open_loops(proposal) == ()


def test_allowed_names_what_an_actor_may_try_and_what_it_needs(engine):
    proposal = engine.handle(DraftProposal(by=MEI, title="Benches")).id
    steps = {step.command: step.needs for step in engine.allowed(proposal, MEI)}
    assert set(steps) == {"proposal.amend", "support.invite", "support.sign", "evidence.add"}
    assert steps["proposal.amend"] == ("wording",)
    assert {step.command for step in engine.allowed(proposal, SYSTEM)} == {"link.add"}


def test_the_same_command_id_for_another_command_is_refused(engine):
    proposal = signed_proposal(engine)
    with pytest.raises(CommandReused):
        engine.handle_all(
            [
                AdoptProposal(id=proposal, by=OFFICE, answer="yes", command_id="one"),
                FileProposal(id=proposal, by=ARCHIVE, command_id="one"),
            ]
        )
    assert engine.get(proposal).status == "drafted"


def test_its_wording_is_protected_and_only_some_may_read_it(engine):
    proposal = engine.handle(DraftProposal(by=MEI, title="Benches", wording="Old Mr Canary needs a seat")).id
    assert engine.open_personal(proposal, "wording", OFFICE, why="to handle it") == "Old Mr Canary needs a seat"
    assert engine.open_personal(proposal, "wording", MEI, why="to handle it") == "Old Mr Canary needs a seat"
    with pytest.raises(ProtectionError):
        engine.open_personal(proposal, "wording", ANNA, why="to handle it")
    assert all(b"Canary" not in row.state for row in engine.store.scan())

    engine.erase(engine.get(proposal).wording.subject, ARCHIVE, basis="asked for", authority="office")
    assert engine.open_personal(proposal, "wording", OFFICE, why="to handle it") is None


def test_its_table_is_adopted_into_the_log_when_it_is_first_used(engine):
    signed_proposal(engine)
    accepted_case(engine)
    adopted = [event.body for event in engine.log_history() if event.name == "workflow.adopted"]
    assert [table.workflow for table in adopted] == ["proposal", "case"]
    assert adopted[0].table == PROPOSAL.as_data()


def test_a_log_with_records_that_are_not_served_is_refused_plainly(tmp_path):
    with Engine.open(tmp_path / "log.db", records=[PROPOSAL]) as engine:
        proposal = signed_proposal(engine)
    with Engine.open(tmp_path / "log.db", records=[CASE]) as other, pytest.raises(LogError, match="not served"):
        other.get(proposal)


def test_the_story_runs_as_a_script_and_tells_what_happened():
    script = Path(own_record.__file__)
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60).stdout
    told = re.sub(r"-20\d\d-", "-2026-", told)
    assert "C-2026-000001 is converted; it goes on as P-2026-000001" in told
    assert "enough_people_signed: Enough people have signed: 1 of 2" in told
    assert "P-2026-000001 is adopted; C-2026-000001 is handled: resolved" in told
