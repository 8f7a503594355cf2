"""The third story that `govflow demo` tells: a motion of residents 社区提案, its vote, and the vote counted again.

A resident of Hedong asks for a shed where e-bikes are charged. Neighbours sign, two opinions are answered, the council
and then the community's representatives decide, the workstation builds it, residents appraise it. The people are those
of the directory of the invented town of Qingxi; residents and representatives act for themselves.
"""
# ruff: noqa: E501 - a table: one step a row, told in two languages

from __future__ import annotations

from govflow.actors import Actor
from govflow.cli.demo_telling import Shown, Story, Told, moment, said
from govflow.messages import Command, Personal
from govflow.proposals import commands as c
from govflow.regions.evidence import AddEvidence
from govflow.regions.opinion import DisposeOpinion, Disposition, RecordOpinion
from govflow.regions.support import SecondProposal
from govflow.voting import Ballot, Voter

lan = Actor(id="s-lan")  # residents: they hold no appointment
neighbours = tuple(Actor(id=f"s-neighbour-{number}") for number in range(1, 6))
office = Actor(id="hd-07")  # 议事秘书处
convenor = Actor(id="hd-05")  # 召集人
council = Actor(id="hd-21")  # 居民议事会
community = Actor(id="hd-01")  # 居委会
station = Actor(id="hd-22")  # 社区工作站
residents = Actor(id="hd-23")  # 居民评议组

STATION = "qx.hedong.station"
COUNCIL = "qx.hedong.council"
VOTERS = tuple(Voter(id=f"hd-rep-{number:02}") for number in range(1, 61))
OPENS, CLOSES = moment("05-17 09:00"), moment("05-17 20:00")


def story() -> Story:
    """One motion, from its draft to the reply."""
    motion = c.DraftProposal(
        by=lan,
        title=said("A charging shed at gate 3", "三号门建充电车棚"),
        text=said("Build a shed at gate 3 where e-bikes are charged.", "在三号门建电动车充电车棚。"),
        area="beihe/qingxi/hedong",
        proposer_name=Personal(text="蓝青 Lan Qing", subject=lan.id),
    )
    return Story([("04-23 09:00", motion)], _steps)


def _paper(id: str, who: Actor, key: str) -> Command:
    return AddEvidence(id=id, by=who, item=key, kind=key, media_type="application/pdf", sha256="0" * 64)


def _heard(id: str, who: Actor, about: str) -> Command:
    return RecordOpinion(id=id, by=who, about=about, text=Personal(text="…", subject=who.id))


def _ballots(id: str, yes: int, no: int) -> tuple[Command, ...]:
    """Ballots of so many of the 60 representatives, each in person."""
    choices = ["yes"] * yes + ["no"] * no
    return tuple(
        c.CastBallot(id=id, by=Actor(id=voter.id), ballot=Ballot(choice=(choice,)))
        for voter, choice in zip(VOTERS, choices, strict=False)
    )


def _steps(id: str) -> list[Told]:
    """What happens to the motion `id` after it was drafted."""
    seconds = tuple(SecondProposal(id=id, by=each) for each in neighbours)
    submit = c.SubmitProposal(id=id, by=lan)
    take_up = (c.StartScreening(id=id, by=office), c.AdmitProposal(id=id, by=office, stakeholders=("gate-3",)))
    consulted = c.CloseConsultation(id=id, by=office, roll_confirmed=True)
    amended = c.AmendProposal(
        id=id,
        by=lan,
        text=said(
            "Build a shed at gate 3 where e-bikes are charged, with a sprinkler.", "在三号门建电动车充电车棚，装喷淋。"
        ),
    )
    adopt = DisposeOpinion(
        id=id,
        by=office,
        item="1",
        disposition=Disposition.ADOPTED,
        reason=said("batteries burn", "电池易燃"),
        text_version=2,
    )
    decline = DisposeOpinion(
        id=id, by=office, item="2", disposition=Disposition.DECLINED, reason=said("the lane stays open", "通道须畅通")
    )
    stage = c.RecordStage(
        id=id, by=council, stage="council", entitled=9, present=7, in_favour=6, against=1, papers=("minutes",)
    )
    announce = (
        c.AnnounceVote(id=id, by=convenor, opens_at=OPENS, closes_at=CLOSES),
        c.EnrolVoters(id=id, by=convenor, voters=VOTERS),
    )
    late = c.CastBallot(id=id, by=Actor(id=VOTERS[41].id), ballot=Ballot(choice=("no",)))
    published = {
        "public_text": said(
            "Resolved: a charging shed at gate 3, with a sprinkler.", "决议：三号门建充电车棚，装喷淋。"
        )
    }
    done = c.ReportCompletion(id=id, by=station, measure=said("shed built", "车棚已建成"), papers=("report",))
    result = c.PublishResult(
        id=id,
        by=community,
        public_text=said("The shed stands, 20 bikes can charge.", "车棚建成，可充 20 辆。"),
        papers=("report",),
    )
    reply = c.ReplyToProposer(
        id=id,
        by=office,
        request=said("a charging shed", "建充电车棚"),
        facts=said("adopted and built", "已通过并建成"),
        grounds=said("vote of 17 May", "5 月 17 日表决"),
        conclusion=said("done", "办结"),
    )
    # fmt: off
    return [
        Told("04-24 10:00", (*seconds[:3], submit), "Three neighbours sign. Hand it in? The town asks for five:", "三位邻居联名。提交？本镇须五人：", is_refused=True),
        Told("04-24 18:00", (*seconds[3:], submit, *take_up), "Five have signed: screened and admitted. Ten days of consultation:", "五人联名，经审查立案。征求意见十天：", Shown.ENDS, clock="consultation"),
        Told("04-28 20:00", (_heard(id, neighbours[0], said("fire", "消防")), _heard(id, neighbours[1], said("place", "位置")), consulted), "Two opinions come in. End it now?", "收到两条意见。现在结束？", is_refused=True),
        Told("04-29 10:00", (amended, adopt, decline), "Both answered; one adopted, a sprinkler in version 2. Its ten days anew:", "均已答复；一条采纳，第 2 版加装喷淋。重新征求意见十天：", Shown.ENDS, clock="consultation"),
        Told("05-11 09:00", (consulted, _paper(id, office, "minutes"), stage), "The council of nine: seven there, six for it.", "议事会应到九人：到会七人，六人赞成。"),
        Told("05-11 10:00", announce, "Sixty representatives are to vote, five days from now at least.", "公告由六十名代表表决，公告期五天。"),
        Told("05-17 09:00", (c.OpenVote(id=id, by=convenor), *_ballots(id, 25, 16)), "41 vote. How it stands nobody is told before it is over.", "四十一人投票。结束前不透露得票。"),
        Told("05-17 20:05", (late,), "A 42nd, five minutes late:", "第四十二人，晚到五分钟：", is_refused=True),
        Told("05-17 20:10", (c.CloseVote(id=id, by=convenor),), "Counted, and counted again from the log:", "计票，并依据日志重新计票：", Shown.RESULT),
        Told("05-18 09:00", (c.PublishResolution(id=id, by=community, implementer=COUNCIL, **published),), "May the council build what it decided?", "议事会能实施自己的决定吗？", is_refused=True),
        Told("05-18 09:30", (c.PublishResolution(id=id, by=community, implementer=STATION, **published),), "The workstation is to. Seven days for objections.", "由工作站实施。公示七天，可提异议。"),
        Told("05-26 09:00", (c.StartImplementation(id=id, by=station),), "Nobody objected: it begins.", "无异议，开始实施。"),
        Told("06-02 17:00", (_paper(id, station, "report"), done), "Built.", "建成。"),
        Told("06-03 19:00", (c.HoldAppraisal(id=id, by=residents, invited=20, came=16, score=92, papers=("report",)),), "Residents, none of whom decided or built it, give 92 of 100.", "未参与决定与实施的居民评议：九十二分。"),
        Told("06-04 09:00", (result, reply), "Result published, proposer answered. Its page and its bundle are below.", "公开结果，答复提案人。公开页与票据包见下。"),
    ]
    # fmt: on
