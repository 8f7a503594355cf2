"""Steps of one's own that are done once, by the same rule as the shipped ones."""

from __future__ import annotations

from govflow import CASE, Case, Command, Event, Item, ItemCommand, ItemEvent, Region, Rest, Role, Status
from govflow import Step as Row
from govflow.cases.model import CaseStatus
from govflow.proposals import PROPOSAL
from govflow.rules import not_done_before
from govflow.workflow import Workflow
from tests.support import a_case, a_town, dispatcher


class ThankReporter(Command, wire="case.thank"):
    """Thank the reporter, once."""


class ReporterThanked(Event, name="case.reporter_thanked"):
    """The reporter was thanked."""


class ThankingCase(Case):
    thanked: bool = False


class NoteStatus(Status):
    PINNED = "pinned", "已贴", Rest.OUTCOME
    SHOWN = "shown", "已示", Rest.OUTCOME


class Note(Item):
    signed: bool = False


class PinNote(ItemCommand, wire="note.pin"):
    """Pin a note."""


class NotePinned(ItemEvent, name="note.pinned"):
    """A note was pinned."""


class SignNote(ItemCommand, wire="note.sign"):
    """Sign it, once."""


class NoteSigned(ItemEvent, name="note.signed"):
    """It was signed."""


class ShowNote(ItemCommand, wire="note.show"):
    """Show it, once."""


class NoteShown(ItemEvent, name="note.shown"):
    """It was shown."""


N = NoteStatus
NOTES = Region(
    Workflow(
        "note",
        N,
        zh="便条",
        on=("case",),
        steps=(
            Row("N1", PinNote, None, NotePinned, N.PINNED, Role.DISPATCHER),
            Row("N2", SignNote, tuple(N), NoteSigned, None, Role.DISPATCHER, (not_done_before("signed"),)),
            Row("N3", ShowNote, tuple(N), NoteShown, N.SHOWN, Role.DISPATCHER, (not_done_before(),)),
        ),
    ),
    Note,
    {
        NotePinned: lambda note, event: {"status": N.PINNED},
        NoteSigned: lambda note, event: {"signed": True},
        NoteShown: lambda note, event: {"status": N.SHOWN},
    },
)
OURS = CASE.extended(
    [
        Row(
            "Y01",
            ThankReporter,
            CaseStatus.ACCEPTED,
            ReporterThanked,
            None,
            Role.DISPATCHER,
            (not_done_before("thanked"),),
        )
    ],
    state=ThankingCase,
    fold={ReporterThanked: lambda case, event: {"thanked": True}},
    regions=[NOTES],
)


def test_a_step_of_ones_own_is_done_once_for_the_record_or_for_the_item():
    town = a_town(records=[OURS, PROPOSAL])
    a_case(town, "accepted", id="x")
    town.do(PinNote(id="x", by=dispatcher, item="a"), PinNote(id="x", by=dispatcher, item="b"))
    for once in (
        ThankReporter(id="x", by=dispatcher),
        SignNote(id="x", by=dispatcher, item="a"),
        ShowNote(id="x", by=dispatcher, item="a"),
    ):
        town.do(once)
        again = once.changed(command_id=f"{once.command_id}-again")
        (broken,) = town.engine.why_not(again)
        assert (broken.code, broken.zh) == ("not_done_before", "此前未办过同一步骤")
    town.do(SignNote(id="x", by=dispatcher, item="b"), ShowNote(id="x", by=dispatcher, item="b"))


def test_the_rule_reads_the_same_wherever_it_stands():
    rows = [step for flow in (CASE.workflow, *(each.workflow for each in CASE.regions.values())) for step in flow.steps]
    found = [rule for row in rows for rule in row.rules if rule.code == "not_done_before"]
    assert len(found) == 3
    assert {(rule.en, rule.zh, rule.basis, rule.version) for rule in found} == {
        ("The same step was not done before for the same item or person", "此前未办过同一步骤", "design", 1)
    }
