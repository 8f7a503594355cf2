"""What the law takes over or has ended: M066, M072."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from tests.support import MATTER, PETITION, TOLD, Town, a_case, a_town, desk, resident

X: dict[str, Any] = {"id": "x"}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.mark.parametrize("channel", ["arbitration", "administrative adjudication", "reconsideration", "litigation"])
def test_a_channel_takes_over_by_name_its_outcome_is_recorded_and_what_it_declines_comes_back(channel: str):  # M066
    town = a_town()
    a_case(town, "accepted", id="x", kind="dispute")
    redirect = c.RedirectCase(**X, by=desk, statutory_channel=channel, reason="§31", told_by=TOLD)
    assert refused(town, redirect.changed(statutory_channel=" ")) == ("statutory_channel_named",)
    assert refused(town, redirect.changed(told_by="")) == ("asker_is_told",)
    case = town.do(redirect)
    assert (case.status, case.channel_redirected_to) == ("redirected", channel)
    assert "step_is_in_the_table" in refused(town, c.AcceptCase(**X, by=desk))

    town.pass_days(40)  # the window for reopening is over by then
    outcome = c.RecordExternalOutcome(
        **X, by=desk, statutory_channel=channel, external_outcome="no competence", declined=True
    )
    assert refused(town, outcome.changed(external_outcome=" ", declined=False)) == ("external_outcome_is_told",)
    told = town.do(outcome)
    assert (told.status, told.external_outcome, told.external_declined) == ("redirected", "no competence", True)
    recorded: Any = town.engine.history("x")[-1].body
    assert (recorded.statutory_channel, recorded.external_outcome, recorded.declined) == (
        channel,
        "no competence",
        True,
    )
    back = c.ReopenCase(**X, by=resident, ground="the channel declined")
    assert refused(town, back) == ("reopen_window_is_open_or_facts_are_new",)
    again = town.do(back.changed(facts_are_new=True))
    assert (again.status, again.round, again.reopenings) == ("reported", 2, 1)


def test_a_petition_decided_for_the_last_time_is_refused_again_while_help_goes_on():  # M072 信访终结
    town = a_town()
    a_case(town, "terminated", id="x")
    for step in (
        c.ReopenCase(**X, by=resident, ground="still not satisfied", facts_are_new=True),
        c.RequestReview(**X, by=resident, reason="still not satisfied"),
        c.RequestRecheck(**X, by=resident, reason="still not satisfied"),
        c.AcceptCase(**X, by=desk),
    ):
        assert "step_is_in_the_table" in refused(town, step)

    town.do(c.ReportCase(id="again", by=resident, **{**MATTER, **PETITION}))
    same = c.AcceptCase(id="again", by=desk, same_as=("x",))
    assert refused(town, same) == ("matter_is_not_terminated_or_open_elsewhere",)
    reject = c.RejectCase(id="again", by=desk, reason_code="terminated_same_facts", reason="§36", told_by=TOLD)
    assert refused(town, reject) == ("reason_is_coded",)  # which case was terminated must be named
    assert refused(town, reject.changed(same_as=("again",))) == ("reason_is_coded",)  # and must be terminated
    assert town.do(reject.changed(same_as=("x",))).status == "rejected"

    welfare = {**MATTER, "kind": "service", "title": "Winter coal for the petitioner"}
    visitor = Actor.of("visitor", Role.GRID_WORKER)
    helped = town.do(c.ReportCase(id="coal", by=visitor, **welfare), c.AcceptCase(id="coal", by=desk))
    assert helped.status == "accepted"
