"""Meetings on a case: M076, M081, M082, M096, M101, and M080 as far as a record tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import Personal
from govflow.policy import DEFAULT_POLICY, Category, Policy
from govflow.proposals import PROPOSAL
from govflow.regions import invitation as iv
from govflow.regions import meeting as m
from govflow.regions.commitment import COMMITMENT, KeepCommitment
from govflow.regions.evidence import AddEvidence
from govflow.regions.meeting.model import MeetingForm, RefusedToSign, Undertaking
from govflow.regions.supervision import SUPERVISION
from tests.support import Town, a_case, a_town, community, lead, supervisor, verifier

WITH_MEETINGS = CASE.extended(regions=(COMMITMENT, m.MEETING, iv.INVITATION, SUPERVISION))
X: dict[str, Any] = {"id": "x"}
RESULT = c.SubmitResult(**X, by=lead, measure="stalls moved to the square", evidence=("e1",))


def refusal(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def a_policy(*meetings: str) -> Policy:
    """The default one, with a class of matters that needs these meetings before its result."""
    vendors = Category(id="vendors", en="Street vendors", zh="流动摊贩", meetings=meetings)
    content = DEFAULT_POLICY.model_dump()
    return Policy.model_validate(
        {**content, "version": "own", "categories": [*content["categories"], vendors.model_dump()]}
    )


def a_vendors_town(*meetings: str) -> Town:
    """Case x about street vendors, in handling, with evidence on file."""
    town = a_town(records=[WITH_MEETINGS, PROPOSAL], policy=a_policy(*meetings))
    a_case(town, "in_handling", id="x", category="vendors", reporter=None)
    filed = ("e1", "minutes")
    town.do(*(AddEvidence(**X, by=lead, item=key, kind="photo", sha256="0" * 64) for key in filed))
    return town


def announce(town: Town, form: str, roll: tuple[str, ...], key: str | None = None) -> None:
    where = {"subject": "the stalls", "place": "station hall", "at_time": town.clock() + timedelta(days=1)}
    town.do(m.AnnounceMeeting(**X, item=key or form, by=community, form=form, roll=roll, **where))


def hold(town: Town, key: str, *attended: str) -> None:
    town.pass_days(1)
    town.do(m.HoldMeeting(**X, item=key, by=community, attended=attended))


def record(town: Town, key: str, *signed: str, **more: Any) -> None:
    said = {"minutes": ("minutes",), "signed_by": ("community-1", *signed), "consensus": "mornings only", **more}
    town.do(m.RecordMeeting(**X, item=key, by=community, **said))


def test_nobody_enforces_before_those_concerned_were_heard():  # M076 城管 micro-class dialogue
    town = a_vendors_town("coordination")
    vendors = ("s-11", "s-12")

    def still_waits() -> None:
        error = refusal(town, RESULT)
        assert error.codes == ("meetings_asked_for_are_recorded",)
        assert error.broken[0].detail == ("no coordination is on record",)

    still_waits()
    announce(town, "coordination", vendors)
    still_waits()
    hold(town, "coordination", *vendors)
    still_waits()  # held, but nobody has signed what was said
    announce(town, "hearing", vendors)
    hold(town, "hearing", *vendors)
    record(town, "hearing", *vendors)
    still_waits()  # another kind of meeting does not stand for it
    record(town, "coordination", *vendors)
    assert town.do(RESULT).status == "handled"


def test_a_new_round_hears_them_anew():  # M076
    town = a_vendors_town("coordination")
    announce(town, "coordination", ("s-11",))
    hold(town, "coordination", "s-11")
    record(town, "coordination", "s-11")
    town.do(RESULT, c.OrderRework(**X, by=verifier, reason="they are back"))
    assert refusal(town, RESULT.changed(command_id="again")).codes == ("meetings_asked_for_are_recorded",)
    announce(town, "coordination", ("s-11",), key="second")
    hold(town, "second", "s-11")
    record(town, "second", "s-11")
    assert town.do(RESULT.changed(command_id="again")).status == "handled"


def test_who_invites_and_who_is_invited_sign_as_equals_and_each_owes_what_it_undertook():  # M081 平等协商, 合作处置
    town = a_vendors_town()
    units = ("market", "traffic")
    announce(town, "joint_conference", units)
    for unit in units:
        clerk = Actor.of(f"clerk-of-{unit}", Role.ORGANISATION, unit=unit)
        town.do(iv.IssueInvitation(**X, by=community, unit=unit, meeting="joint_conference"))
        # nobody answers for the other side, the inviter least of all
        accept = iv.AcceptInvitation(**X, item=f"{unit}.joint_conference", by=community)
        assert refusal(town, accept).codes == ("role_is_held",)
        town.do(accept.changed(by=clerk))
    hold(town, "joint_conference", *units)
    until = town.clock() + timedelta(days=9)
    each_its_part = tuple(Undertaking(unit=unit, what=f"what {unit} can do", until=until) for unit in units)
    signing = {"minutes": ("minutes",), "consensus": "shared", "undertakings": each_its_part}
    one_sided = m.RecordMeeting(**X, item="joint_conference", by=community, **signing)
    for signed in (units, ("community-1",), ("community-1", "market")):
        assert "record_is_signed" in refusal(town, one_sided.changed(signed_by=signed)).codes
    unsigned = one_sided.changed(
        signed_by=("community-1", "market"), refused_to_sign=(RefusedToSign(who="traffic", reason="no money for it"),)
    )
    assert refusal(town, unsigned).codes == ("undertakings_are_signed_by_those_who_give_them",)
    town.do(one_sided.changed(signed_by=("community-1", *units)))

    owed = {(loop.owes, loop.what) for loop in town.engine.open_loops("x") if loop.region == "commitment"}
    assert owed == {(unit, f"what {unit} can do") for unit in units}
    keep = KeepCommitment(**X, item="joint_conference.1", by=Actor.of("market", Role.COMMUNITY))
    assert refusal(town, keep).codes == ("decided_by_another",)  # who promised does not confirm
    town.do(keep.changed(by=supervisor))


def test_what_a_matter_needs_before_during_and_after_is_three_kinds_of_meeting():  # M082 听证会, 协调会, 评议会
    town = a_vendors_town("hearing", "coordination", "appraisal")
    people = ("s-11", "s-12", "s-13")
    for form, attended in (("hearing", people[:1]), ("coordination", people[:2]), ("appraisal", people[:2])):
        assert "meetings_asked_for_are_recorded" in refusal(town, RESULT).codes
        announce(town, form, people)
        if form == "appraisal":  # the town's rule asks for more than half of those on the roll
            town.pass_days(1)
            few = m.HoldMeeting(**X, item=form, by=community, attended=people[:1])
            assert refusal(town, few).codes == ("meeting_quorum_is_met",)
        hold(town, form, *attended)
        record(town, form, *attended)
    assert town.do(RESULT).status == "handled"


def test_a_hearing_leaves_opinions_consensus_and_dissent_on_record():  # M096 听证会 → consensus
    town = a_vendors_town()
    announce(town, "hearing", ("s-11", "s-12"))
    hold(town, "hearing", "s-11", "s-12")
    words = Personal(text="Mr Zhao has sold noodles there for ten years", subject="s-11")
    told = {"dissent": "on the fee", "opinions_for": 14, "opinions_against": 3, "opinions_open": 2}
    record(town, "hearing", "s-11", "s-12", **told, opinions_text=words)
    event: Any = town.engine.history("x")[-1].body
    assert {name: getattr(event, name) for name in told} == told
    assert event.consensus == "mornings only"
    assert "noodles" not in event.model_dump_json()
    assert not any(b"noodles" in each.state for each in town.engine.store.scan())


@pytest.mark.parametrize("form", MeetingForm)
def test_every_kind_of_meeting_the_field_knows_is_called_by_its_name(form: MeetingForm):  # M101
    town = a_vendors_town()
    announce(town, form.value, ("s-11", "market"))
    hold(town, form.value, "s-11", "market")
    record(town, form.value, "s-11", "market")
    meeting = town.engine.get("x").item("meeting", form.value)
    assert (meeting.form, meeting.status) == (form, "recorded")
    assert form.zh.endswith("会")


def test_the_kinds_of_meeting_are_those_of_the_handbook():  # M082, M101
    terms = {form.zh for form in MeetingForm}
    assert {"听证会", "协调会", "评议会", "联席会", "恳谈会", "交流会", "联谊会"} <= terms
    assert len(terms) == len(MeetingForm)
    assert {rule.id for rule in DEFAULT_POLICY.meetings} <= set(MeetingForm)
