"""A project's page as a browser reads it, of a project with everything on it; and who must not stand on one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from govflow.cases.commands import ReportCase
from govflow.messages import RecordedEvent
from govflow.pages import project_page
from govflow.projects import JointProject
from govflow.projects import commands as c
from govflow.projects.expense import RecordExpense, VerifyExpense
from govflow.projects.feedback_model import ConfirmFeedback, RaiseFeedback, ResolveFeedback
from govflow.projects.figures import dispute_figures
from govflow.projects.milestone import AcceptMilestone, PlanMilestone, ReachMilestone, RefuseMilestone
from govflow.regions import supervision as sv
from govflow.regions.commitment import FulfilPartOfCommitment, MakeCommitment
from govflow.regions.ledger import RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from govflow.regions.link import AddLink
from govflow.regions.objection import RaiseObjection, ResolveObjection
from tests.pages.test_proposal_page import Page
from tests.projects.clerk import ACTORS
from tests.projects.site import acceptor, baker, community, lead, neighbour, resident, supervisor, town
from tests.projects.steps import a_yard
from tests.projects.yard import YUAN, Yard, finance

X: dict[str, Any] = {"id": "x"}
SNAIL: dict[str, Any] = {**X, "item": "eye"}
SHOWN: dict[str, Any] = {"evidence": ("photo",)}
NAMES = {"builder": "Builders of the lane", "bakery": "面包坊", "town-hall": "Town hall"}
SECRETS = ("dust in flat 7", "still dust in flat 7", "Sun Li, flat 9", "he shouts at night", "Zhang owes me")
PEOPLE = {each.id for each in ACTORS if each.id != "system"} | {"foreman", "s-9"}


def page_of(yard: Any, id: str = "x", language: str = "en", **more: Any) -> Page:
    """The page of a project, read as a browser reads it."""
    project, engine = yard.engine.get(id, JointProject), yard.engine
    return Page(
        project_page(
            project,
            engine.history(id),
            policy=engine.policy,
            at=yard.clock(),
            disputes=dispute_figures(project, engine.log.current),
            language=language,
            **more,
        )
    )


def people_on(page: Page, events: tuple[RecordedEvent, ...]) -> set[str]:
    """Every id of a person that is known to the tests or acted in the record and stands on the page, attributes too."""
    known = PEOPLE | {each.body.by for each in events} - {"system"}
    return {each for each in known if re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", page.source)}


# --- a project with everything on it ---------------------------------------------------------------------------------


def at_work() -> Yard:
    """On notice it was objected to; then the works began, with milestones, residents, a dispute, frost, a snail."""
    yard = a_yard()
    yard.project("approved", title="A pitched roof & <b>gutters</b>")
    yard.do(
        c.PublishProjectNotice(**X, by=community, public_text="The roof is going to be pitched."),
        RaiseObjection(**X, by=neighbour, item="o", reason="it takes the light", details="Sun Li, flat 9"),
        ResolveObjection(**X, by=town, item="o", upheld=False, reason="the ridge is low"),
    )
    yard.clock.advance(days=8)
    yard.do(c.StartWork(**X, by=lead))
    for moves in (_milestones(yard), _residents(yard), _disputes(yard), _money(yard)):
        for command in moves:
            yard.do(command)
    yard.do(
        c.SuspendProject(**X, by=town, cause="frost", review_at=yard.clock() + timedelta(days=30)),
        c.ResumeProject(**X, by=town, cause_is_over=True),
        c.ReportProgress(**X, by=lead, percent=40, text="rafters stand"),
    )
    return yard


def _milestones(yard: Yard) -> Iterator[Any]:
    due = yard.clock() + timedelta(days=30)
    yield PlanMilestone(**X, by=lead, item="m", what="scaffold", place="block 1", owner="builder", until=due)
    yield ReachMilestone(**X, by=lead, item="m", measure="it stands", **SHOWN)
    defects = {"shortcomings": ("no rail",), "until": due}
    yield RefuseMilestone(**X, by=acceptor, item="m", **defects)
    yield ReachMilestone(**X, by=lead, item="m", measure="railed", **SHOWN)
    yield AcceptMilestone(**X, by=acceptor, item="m")


def _residents(yard: Yard) -> Iterator[Any]:
    """Two say something; the answer to one comes late."""
    for key, about, text in (("a", "dust", "dust in flat 7"), ("b", "noise", "he shouts at night")):
        yield RaiseFeedback(**X, by=resident, item=key, text=text, concerns=about, place="flat 7")
    yield ResolveFeedback(**X, by=lead, item="a", measure="nets are hung", **SHOWN)
    yield ConfirmFeedback(**X, by=resident, item="a")
    yard.wait(days=30)
    yield ResolveFeedback(**X, by=lead, item="b", measure="no work before eight", **SHOWN)


def _disputes(yard: Yard) -> Iterator[Any]:
    said = {
        "channel": "walk_in",
        "level": "community",
        "category": "dispute",
        "kind": "dispute",
        "area": yard.get().area,
    }
    yield ReportCase(id="quarrel", by=resident, reporter="s-1", title="Zhang owes me", **said)
    yield AddLink(**X, by=community, other="quarrel", kind="dispute", awaited=True)


def _money(yard: Yard) -> Iterator[Any]:
    yield FulfilPartOfCommitment(**X, by=baker, item="3", measure="paid", amount=40 * YUAN, **SHOWN)
    yield RecordExpense(**X, by=lead, item="v1", line="roof", amount=250 * YUAN, papers=("receipt",))
    yield VerifyExpense(**X, by=finance, item="v1")
    yield RecordExpense(**X, by=lead, item="v2", line="roof", amount=10 * YUAN, papers=("receipt",))
    later = yard.clock() + timedelta(days=300)
    yield MakeCommitment(**X, by=lead, what="keep what was agreed secret", owner="builder", until=later)


def exposed() -> Yard:
    """Overdue, listed, and put before the public."""
    yard = at_work()
    due = yard.get().clocks["delivery"].due
    assert due is not None
    yard.clock.set(due)
    yard.wait(days=10)
    yard.do(
        sv.ListSupervision(
            **SNAIL,
            by=supervisor,
            reason_code="overdue_without_cause",
            reason="nobody works",
            number="2027-7",
            public_text="the roof is late",
        ),
        sv.ExposeSupervision(**SNAIL, by=supervisor, public_text="a snail of a roof"),
    )
    return yard


def finished() -> Yard:
    """Delivered, refused with a defect, put right, accepted; off the list of snails; judged, but by no neighbour."""
    yard = exposed()
    photo = {"measure": "sealed", **SHOWN}
    yard.do(
        c.DeliverProject(**X, by=lead, public_text="The roof is done."),
        c.RefuseAcceptance(
            **X, by=acceptor, shortcomings=("the gutter leaks",), until=yard.clock() + timedelta(days=9)
        ),
        RectifyLedgerItem(**X, by=lead, item="1", **photo),
        VerifyLedgerItem(**X, by=acceptor, item="1"),
        WriteOffLedgerItem(**X, by=acceptor, item="1"),
        c.DeliverProject(**X, by=lead, public_text="The roof is done, and tight."),
        sv.ConfirmFix(**SNAIL, by=acceptor, measure="rain stays out", **SHOWN),
        sv.LiftExposure(**SNAIL, by=supervisor),
        sv.LiftSupervision(**SNAIL, by=supervisor, reason="the roof is done"),
    )
    yard.on_to("accepted")
    return yard
