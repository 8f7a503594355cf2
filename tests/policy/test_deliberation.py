"""Bodies, quorum rules and tracks of a policy: what cannot hold together is told, whatever else is wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Policy
from govflow.adoption import misfits
from govflow.engine import shipped
from govflow.interchange.policy_files import policy_from
from govflow.policy import (
    Body,
    DecisionProcedure,
    Filing,
    Share,
    StageRule,
    SupportRule,
    VoteRule,
)

HALF, TWO_THIRDS = {"numerator": 1, "denominator": 2, "inclusive": False}, {"numerator": 2, "denominator": 3}
NOTHING = {"numerator": 0, "denominator": 3}
PERSONS = {"id": "persons", "en": "p", "zh": "p", "decision": [{"share": HALF}], "basis": "test"}
OWNERS = {
    **PERSONS,
    "id": "owners",
    "presence": [[{"share": HALF}, {"base": "area", "share": TWO_THIRDS}]],
    "decision": [{"share": HALF}, {"base": "area", "share": HALF}],
}
VILLAGE = {
    **PERSONS,
    "id": "village",
    "presence": [[{"share": HALF}], [{"base": "households", "share": TWO_THIRDS}]],
}
NOTICE = {"id": "n", "clock": "notice", "length": 3, "unit": "day", "basis": "test"}
CONTACT = {**NOTICE, "id": "c", "clock": "contact"}
TRACK = {"id": "t", "en": "t", "zh": "t", "vote": {"quorum": "persons"}, "basis": "test"}
STAGE = {"id": "s", "en": "s", "zh": "s", "body": "council"}
COUNCIL = {"id": "council", "en": "c", "zh": "c", "kind": "council", "members": 9, "unit": "u"}


def document(**parts: Any) -> dict[str, Any]:
    return {
        "version": "1",
        "effective_from": "2026-01-01",
        "quorum_rules": [PERSONS, OWNERS, VILLAGE],
        "time_limits": [NOTICE, CONTACT],
        **parts,
    }


def told(lang: str = "en", **parts: Any) -> list[str]:
    return [each.sentence(lang) for each in policy_from(document(**parts)).problems]


def vote(**more: Any) -> dict[str, Any]:
    return {"procedures": [{**TRACK, "vote": {"quorum": "persons", **more}}]}


def track(**more: Any) -> dict[str, Any]:
    return {"procedures": [{**TRACK, **more}]}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "a rule that ends before it begins",
        {"quorum_rules": [{**PERSONS, "effective_from": "2026-02-01", "effective_to": "2026-01-31"}]},
        "quorum_rules[0] (persons).effective_to: it ends on 2026-01-31, before it begins on 2026-02-01; "
        "expected 2026-02-01 or later",
        "终止 2026-01-31 早于起始 2026-02-01",
    ),
    (
        "an alternative without a test",
        {"quorum_rules": [{**PERSONS, "presence": [[{"share": HALF}], []]}]},
        "quorum_rules[0] (persons).presence[1]: an alternative that asks for nothing is always met",
        "空的一项始终满足",
    ),
    (
        "a presence of at least nobody",
        {"quorum_rules": [{**PERSONS, "presence": [[{"share": HALF}, {"share": NOTHING}]]}]},
        "quorum_rules[0] (persons).presence[0][1].share: at least nothing is always reached",
        "“零以上”始终达到",
    ),
    (
        "a majority of at least nobody",
        {"quorum_rules": [{**PERSONS, "decision": [{"share": NOTHING}]}]},
        "quorum_rules[0] (persons).decision[0].share: at least nothing is always reached",
        "“零以上”始终达到",
    ),
    (
        "a quorum rule without a source",
        {"quorum_rules": [{**PERSONS, "basis": " "}]},
        "quorum_rules[0] (persons).basis: no source is named",
        "未注明出处",
    ),
    (
        "two quorum rules of one name",
        {"quorum_rules": [PERSONS, PERSONS]},
        "quorum_rules[1] (persons): quorum rule persons stands twice",
        "法定人数规则 persons 重复",
    ),
    (
        "a body below one that is not there",
        {"bodies": [{**COUNCIL, "above": "moon"}]},
        "bodies[0] (council).above: body moon is not defined; expected council",
        "议事机构 moon 未定义",
    ),
    (
        "a body below itself",
        {"bodies": [{**COUNCIL, "above": "council"}]},
        "bodies[0] (council).above: it stands above itself: council → council",
        "上下级成环：council → council",
    ),
    (
        "two bodies of one unit",
        {"bodies": [COUNCIL, {**COUNCIL, "id": "other"}]},
        "bodies[1] (other).unit: u is the unit of council already; expected a unit of its own",
        "单位 u 已属 council",
    ),
    (
        "a body for a category that is not there",
        {"bodies": [{**COUNCIL, "subjects": ["moon"]}], "categories": [{"id": "sun", "en": "s", "zh": "s"}]},
        "bodies[0] (council).subjects: category moon is not in the catalogue; expected sun",
        "类别 moon 不在目录内",
    ),
    (
        "a track without a source",
        track(basis=""),
        "procedures[0] (t).basis: no source is named",
        "未注明出处",
    ),
    (
        "a vote by a rule that is not there",
        vote(quorum="moon"),
        "procedures[0] (t).vote.quorum: quorum rule moon is not defined; expected persons, owners, village",
        "法定人数规则 moon 未定义",
    ),
    (
        "a vote by a rule that was over before the policy begins",
        {"quorum_rules": [{**PERSONS, "effective_to": "2025-12-31"}], **vote()},
        "procedures[0] (t).vote.quorum: quorum rule persons ended on 2025-12-31, before this policy begins on 2026-"
        "01-01; expected a rule that is in force",
        "法定人数规则 persons 已于 2025-12-31 终止",
    ),
    (
        "a notice that is not there",
        vote(notice="moon"),
        "procedures[0] (t).vote.notice: time limit moon is not defined; expected n",
        "时限 moon 未定义",
    ),
    (
        "a notice that is another limit",
        vote(notice="c"),
        "procedures[0] (t).vote.notice: time limit c is for contact, not notice; expected n",
        "时限 c 不是公告期限",
    ),
    (
        "a secret ballot that decides by area",
        vote(quorum="owners", form="secret"),
        "procedures[0] (t).vote.form: nobody knows whose secret ballots are, and owners decides by area",
        "无记名投票不知票属何人，而 owners 按面积计算多数",
    ),
    (
        "a lot between yes and no",
        vote(tie="lot"),
        "procedures[0] (t).vote.tie: yes or no is decided by a majority: no tie is left to lot; expected fails",
        "赞成反对式表决按多数决定，没有并列",
    ),
    (
        "the first listed of yes and no",
        vote(tie="listed_first"),
        "procedures[0] (t).vote.tie: yes or no is decided by a majority: no tie is left to listed_first",
        "赞成反对式表决按多数决定，没有并列",
    ),
    (
        "what the winner needs where nobody wins",
        vote(support=HALF),
        "procedures[0] (t).vote.support: it goes with a choice between options, not with yes or no",
        "仅用于在备选项中选择",
    ),
    (
        "a bound on options that there are none of",
        vote(max_choices=2),
        "procedures[0] (t).vote.max_choices: it goes with a choice between options, not with yes or no",
        "仅用于在备选项中选择",
    ),
    (
        "a winner who needs at least nobody",
        vote(method="approval", support=NOTHING),
        "procedures[0] (t).vote.support: at least nothing is always reached",
        "“零以上”始终达到",
    ),
    (
        "a stage by a rule that is not there",
        track(stages=[{**STAGE, "quorum": "moon"}]),
        "procedures[0] (t).stages[0].quorum: quorum rule moon is not defined",
        "法定人数规则 moon 未定义",
    ),
    (
        "a stage by a rule of households",
        track(stages=[{**STAGE, "quorum": "village"}]),
        "procedures[0] (t).stages[0].quorum: a stage counts people alone, and village asks for households",
        "审议阶段只计人数，而 village 按户数计",
    ),
    (
        "two stages alike",
        track(stages=[STAGE, {**STAGE, "id": "s2"}]),
        "procedures[0] (t).stages[1]: s2 is s over again; expected each stage once",
        "s2 与 s 完全相同",
    ),
    (
        "a stage of a kind of body that is not listed",
        {"bodies": [COUNCIL], **track(stages=[{**STAGE, "body": "concil"}])},
        "procedures[0] (t).stages[0].body: no body of kind concil is listed; expected council",
        "未列有 concil 类议事机构",
    ),
    (
        "an electorate that is not listed",
        {"bodies": [COUNCIL], **track(electorate="citizens")},
        "procedures[0] (t).electorate: no body of kind citizens is listed; expected council",
        "未列有 citizens 类议事机构",
    ),
    (
        "a share of a body that is not listed",
        {"bodies": [COUNCIL], **track(support=[{"share": HALF, "of": "citizens"}])},
        "procedures[0] (t).support[0].of: no body of kind citizens is listed; expected council",
        "未列有 citizens 类议事机构",
    ),
    (
        "a share of a body whose size is not given",
        {"bodies": [{**COUNCIL, "members": 0}], **track(support=[{"share": HALF, "of": "council"}])},
        "procedures[0] (t).support[0].of: no body of kind council has members: nobody could reach the share",
        "council 类议事机构均未载明人数",
    ),
    (
        "a share of a body whose members nobody knows",
        {"bodies": [{**COUNCIL, "unit": None}], **track(support=[{"share": HALF, "of": "council"}])},
        "procedures[0] (t).support[0].of: no body of kind council has unit: nobody could reach the share",
        "council 类议事机构均未载明单位",
    ),
    (
        "a share of at least nobody",
        track(support=[{"share": NOTHING, "of": "council"}]),
        "procedures[0] (t).support[0].share: at least nothing is always reached",
        "“零以上”始终达到",
    ),
    (
        "a threshold of nobody",
        track(support=[{"least": 3}, {"least": 0}]),
        "procedures[0] (t).support[1]: it asks for nobody",
        "未要求任何人附议",
    ),
    (
        "a slip in the name of who proposes",
        track(proposers=["resident", "residnet"]),
        "procedures[0] (t).proposers: there is no role residnet; expected resident",
        "没有角色 residnet",
    ),
    (
        "a slip in what supporters sign as",
        track(support=[{"capacity": "organization", "least": 2}]),
        "procedures[0] (t).support[0].capacity: there is no role organization; expected organisation",
        "没有角色 organization",
    ),
    (
        "a filing by nobody",
        track(filings=[{"en": "f", "zh": "f", "by": "county"}]),
        "procedures[0] (t).filings[0].by: there is no role county",
        "没有角色 county",
    ),
    (
        "an appraisal to which nobody has to come",
        track(appraisal={"quorum": NOTHING}),
        "procedures[0] (t).appraisal.quorum: at least nothing is always reached",
        "“零以上”始终达到",
    ),
    (
        "a stage that stands twice",
        track(stages=[STAGE, {**STAGE, "zh": "another"}]),
        "procedures[0] (t): a stage stands twice",
        "审议阶段重复",
    ),
    (
        "more than all",
        track(appraisal={"quorum": {"numerator": 3, "denominator": 2}}),
        "procedures[0] (t).appraisal.quorum: nobody reaches more than all",
        "比例不得超过全部",
    ),
    (
        "a show of hands by proxy",
        vote(form="hands", proxies=1),
        "procedures[0] (t).vote: a show of hands answers yes or no, by those who are there, once",
        "举手表决只用于赞成反对",
    ),
    (
        "a share of nothing in particular",
        track(support=[{"share": HALF}]),
        "procedures[0] (t).support[0]: a share and the kind of body it is of go together",
        "share 与 of（机构类别）须同时填写",
    ),
]


@pytest.mark.parametrize(("parts", "en", "zh"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG])
def test_what_cannot_hold_together_is_told_alone_in_both_languages(parts, en, zh):
    (line,), (chinese,) = told(**parts), told("zh-CN", **parts)

    assert line.startswith(en)
    assert zh in chinese
    assert line.partition(": ")[0] == chinese.partition(": ")[0]


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("proxies in a secret ballot", vote(form="secret", proxies=1)),
    ("a secret ballot whose presence is of households", vote(quorum="village", form="secret")),
    ("a secret choice between options by a rule of area", vote(quorum="owners", form="secret", method="score")),
    ("a lot between options", vote(method="ranked", tie="lot")),
    ("a bound and a least share for options", vote(method="approval", max_choices=2, support=HALF)),
    ("a rule that ends on the day the policy begins", {
        "quorum_rules": [{**PERSONS, "effective_to": "2026-01-01"}], **vote()}),
    ("bodies of kinds where none is listed", track(stages=[STAGE], electorate="citizens")),
    ("a share of a body where none is listed", track(support=[{"share": HALF, "of": "citizens"}])),
    ("two stages of one body that differ in their papers", track(stages=[STAGE, {
        **STAGE, "id": "s2", "papers": ["minutes"]}])),
    ("a role of the town's own", track(proposers=["deputy"], support=[{"capacity": "deputy", "least": 2}])),
    ("three bodies one below the other", {"bodies": [
        COUNCIL, {**COUNCIL, "id": "b", "unit": None, "above": "council"},
        {**COUNCIL, "id": "c", "unit": None, "above": "b"}]}),
    ("a share where one body of several has a size", {"bodies": [
        {**COUNCIL, "id": "x", "unit": None, "members": 0}, COUNCIL],
        **track(support=[{"share": HALF, "of": "council"}])}),
]  # fmt: skip


@pytest.mark.parametrize("parts", [each[1] for each in RIGHT], ids=[each[0] for each in RIGHT])
def test_what_holds_together_is_taken(parts):
    assert told(**parts) == []


def test_a_circle_of_bodies_is_told_of_each_of_them_and_not_of_those_below():
    ring = [{**COUNCIL, "id": id, "unit": None, "above": above} for id, above in ("ab", "bc", "ca", "da")]

    found = told(bodies=ring)

    assert [line.split(";")[0] for line in found] == [
        "bodies[0] (a).above: it stands above itself: a → b → c → a",
        "bodies[1] (b).above: it stands above itself: b → c → a → b",
        "bodies[2] (c).above: it stands above itself: c → a → b → c",
    ]


def test_an_entry_that_cannot_be_read_neither_hides_the_others_nor_makes_them_wrong():
    found = told(
        time_limits=[{**NOTICE, "length": -1}],
        quorum_rules=[{**PERSONS, "decision": []}, OWNERS],
        bodies=[{**COUNCIL, "members": -9}, {**COUNCIL, "id": "b", "unit": None, "above": "council"}],
        procedures=[
            {
                **TRACK,
                "vote": {"quorum": "persons", "form": "secret", "notice": "n"},
                "stages": [{**STAGE, "quorum": "persons"}],
                "support": [{"share": HALF, "of": "council"}],
            },
            {**TRACK, "id": "u", "vote": {"quorum": "owners", "form": "secret"}},
            {**TRACK, "id": "v", "attempts": 3},
            {**TRACK, "id": "w", "vote": {"quorum": "moon"}},
        ],
    )

    assert [line.partition(": ")[0] for line in found] == [
        "quorum_rules[0] (persons).decision",
        "time_limits[0] (n).length",
        "bodies[0] (council).members",
        "procedures[1] (u).vote.form",
        "procedures[2] (v).attempts",
        "procedures[3] (w).vote.quorum",
    ]


def test_a_body_whose_kind_cannot_be_read_may_be_of_any_kind():
    found = told(bodies=[{**COUNCIL, "kind": 7}, {**COUNCIL, "id": "b", "unit": None}], **track(electorate="citizens"))

    assert [line.partition(": ")[0] for line in found] == ["bodies[0] (council).kind"]


def test_the_problem_stands_in_the_place_inside_the_nested_lists():
    rule = {**PERSONS, "presence": [[{"share": HALF}], [{"share": HALF}, {"share": {"numerator": 1}}]]}

    assert told(quorum_rules=[rule]) == [
        "quorum_rules[0] (persons).presence[1][1].share.denominator: missing; expected a whole number"
    ]


def test_a_policy_that_was_adopted_before_stays_readable():
    content = document(**vote(quorum="moon"))

    assert Policy.stored(content).procedure("t").vote.quorum == "moon"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="quorum rule moon is not defined"):
        Policy.model_validate(content)


# --- roles that the tables served know -------------------------------------------------------------------------------


def tracked(**more: Any) -> Policy:
    said = {"id": "t", "en": "t", "zh": "t", "vote": VoteRule(quorum="representatives"), "basis": "test", **more}
    return DEFAULT_POLICY.changed(procedures=(DecisionProcedure(**said),))


def test_a_role_as_which_nobody_can_propose_or_be_heard_is_told():
    (problem,) = misfits(tracked(proposers=("resident", "archivist")), shipped())

    assert problem.sentence().startswith(
        "procedures[0] (t).proposers: nobody proposes or is heard as archivist; expected co_proposer, community, "
    )
    assert "archivist 不能提案或发表意见" in problem.sentence("zh-CN")


def test_a_filing_by_a_role_that_gives_no_leave_is_told():
    filings = (Filing(en="f", zh="f", by="town"), Filing(en="g", zh="g", by="finance"))

    (problem,) = misfits(tracked(filings=filings), shipped())

    assert problem.sentence().startswith(
        "procedures[0] (t).filings[1].by: finance gives no leave; expected community, "
    )
    assert "finance 不作审批" in problem.sentence("zh-CN")


def test_commands_of_a_record_that_ships_are_no_fault_where_one_of_the_towns_own_has_its_name():
    from examples.own_record import PROPOSAL as OWN

    assert misfits(DEFAULT_POLICY, [OWN]) == []
    slip = DEFAULT_POLICY.changed(
        reasons=tuple(each.changed(commands=("proposal.rejct",)) for each in DEFAULT_POLICY.reasons[:1])
    )
    assert len(misfits(slip, [OWN])) == 1


# --- shares ----------------------------------------------------------------------------------------------------------


def test_a_share_is_reached_exactly_where_the_fraction_says_so():
    # brute force over every share up to eighths, against exact fractions
    for denominator in range(1, 9):
        for numerator in range(denominator + 1):
            asked = Fraction(numerator, denominator)
            for whole in range(1, 61):
                for part in range(whole + 1):
                    at_least = Share(numerator=numerator, denominator=denominator)
                    assert at_least.reached(part, whole) == (Fraction(part, whole) >= asked)
                    if numerator < denominator:
                        more = at_least.changed(inclusive=False)
                        assert more.reached(part, whole) == (Fraction(part, whole) > asked)


@pytest.mark.parametrize(
    ("share", "whole", "reaches"),
    [
        (Share(numerator=2, denominator=3), 276, 184),  # households of S6
        (Share(numerator=2, denominator=3), 53, 36),  # party members
        (Share(numerator=1, denominator=2), 60, 30),  # 半数以上
        (Share(numerator=1, denominator=2, inclusive=False), 60, 31),  # 过半数
        (Share(numerator=1, denominator=2, inclusive=False), 61, 31),
        (Share(numerator=3, denominator=4), 488, 366),
        (Share(numerator=1, denominator=10), 1245, 125),
        (Share(numerator=1, denominator=1), 7, 7),
    ],
)
def test_the_figure_at_the_boundary_reaches_it_and_one_less_does_not(share, whole, reaches):
    assert share.reached(reaches, whole)
    assert not share.reached(reaches - 1, whole)


def test_of_nobody_no_share_is_reached():
    assert not Share(numerator=0, denominator=1).reached(0, 0)


# --- the tracks that ship --------------------------------------------------------------------------------------------


def test_a_town_that_lists_some_bodies_has_to_list_those_of_its_tracks():
    council = Body(id="c", en="c", zh="c", kind="residents_council", members=9)
    motion = DEFAULT_POLICY.procedure("residents_motion")
    assert motion is not None

    with pytest.raises(ValueError, match="no body of kind community_representatives is listed"):
        DEFAULT_POLICY.changed(bodies=(council,), procedures=(motion,))
    own = motion.changed(
        electorate="residents_council",
        stages=(StageRule(id="s", en="s", zh="s", body="residents_council"),),
        support=(SupportRule(least=3),),
    )
    assert DEFAULT_POLICY.changed(bodies=(council,), procedures=(own,)).procedures == (own,)
