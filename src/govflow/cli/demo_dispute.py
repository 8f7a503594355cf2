"""The second story that `govflow demo` tells: a dispute about parking locks 停车地锁 that is mediated, and its twin.

Both begin on one day. The community of Hedong holds a hearing and the parties come to an agreement, which is kept; the
twin in Hexi is left lying past its limit, and the town's leader has it listed and exposed until it is done. The people
are those of the directory of the invented town of Qingxi; residents act for themselves.
"""
# ruff: noqa: E501 - a table: one step a row, told in two languages

from __future__ import annotations

from govflow.actors import Actor
from govflow.cases import commands as c
from govflow.cli.demo_telling import Shown, Story, Told, moment, photo, said
from govflow.messages import Command, Personal
from govflow.regions import mediation as m
from govflow.regions import supervision as sv
from govflow.regions.commitment import FulfilPartOfCommitment, KeepCommitment
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.verification import PassVerification

qin = Actor(id="s-qin")  # residents: they hold no appointment
fang = Actor(id="s-fang")
desk = Actor(id="hd-01")  # 河东社区
hedong = Actor(id="hd-02")
host = Actor(id="hd-06")  # 会议召集方
town_desk = Actor(id="qx-101")  # 青溪镇便民服务中心
dispatcher = Actor(id="qx-110")  # 社会治理办公室
verifier = Actor(id="qx-112")
enforcement = Actor(id="qx-130")  # 综合行政执法队
mediator = Actor(id="qx-181")  # 司法所调解员
leader = Actor(id="leader-01")  # 青溪镇党委, supervisor 督办人
firm = Actor(id="aj-01")  # 安居物业

FIRM = "qx.anju"
DISPUTE = "locks"
LISTED_BY = "qx.party"
HEARING_AT = moment("04-01 14:00")
SLOW = "overdue_without_cause"


def story() -> Story:
    """Two matters of one kind, reported on one morning."""
    in_hedong = c.ReportCase(by=qin, title=said("Parking locks in Hedong", "河东小区私装停车地锁"), kind="dispute", category="dispute", channel="visit", level="community", area="beihe/qingxi/hedong", reporter=qin.id)  # fmt: skip
    in_hexi = c.ReportCase(by=fang, title=said("Locks on Hexi's fire lane", "河西小区消防通道装地锁"), kind="hazard", category="hazard", channel="app", level="town", area="beihe/qingxi/hexi", reporter=fang.id)  # fmt: skip
    return Story([("03-30 09:00", in_hedong), ("03-30 09:30", in_hexi)], _steps)


def _obligations() -> tuple[m.AgreedObligation, ...]:
    return (
        m.AgreedObligation(by=FIRM, what=said("take off the locks", "拆除地锁"), until=moment("04-11 00:00")),
        m.AgreedObligation(by=qin.id, what=said("pay the parking fee", "补缴停车费"), until=moment("04-16 00:00")),
    )


def _spoken_with(id: str, unit: Actor, reporter: Actor) -> tuple[Command, ...]:
    gist = Personal(text="The locks stand on bays that belong to all.", subject=reporter.id)
    called = LogContact(id=id, by=unit, reached=True, way="phone", gist=gist)
    return c.SignOrder(id=id, by=unit), called, c.StartHandling(id=id, by=unit)


def _paper(id: str, who: Actor, key: str) -> Command:
    return AddEvidence(id=id, by=who, item=key, kind="document", media_type="application/pdf", sha256="0" * 64)


def _signed(id: str, purpose: m.Purpose) -> tuple[Command, ...]:
    """Each party signs the very terms."""
    digest = m.statement_digest(id, DISPUTE, purpose, obligations=_obligations())
    given = {"id": id, "item": DISPUTE, "purpose": purpose, "digest": digest}
    return m.SignStatement(by=qin, **given), m.SignStatement(by=firm, on_behalf_of=FIRM, **given)


def _answered(id: str, unit: Actor, level: str, text: str, evidence: str) -> tuple[Command, ...]:
    done = c.SubmitResult(id=id, by=unit, measure=text, evidence=(evidence,))
    return done, c.GiveFeedback(id=id, by=unit, to_level=level, to_reporter=True, public_text=text)


def _checked(id: str, reporter: Actor) -> tuple[Command, ...]:
    satisfied = RecordEvaluation(id=id, by=reporter, item=f"r1.{reporter.id}", contacted=True, resolved=True, satisfied=True)  # fmt: skip
    return PassVerification(id=id, by=verifier, item="r1"), satisfied


def _steps(a: str, b: str) -> list[Told]:
    """What happens to the dispute `a` in Hedong and to its twin `b` in Hexi."""
    hearing = {"id": a, "by": host, "item": "hearing"}
    roll = (qin.id, FIRM)
    announce = AnnounceMeeting(**hearing, form="hearing", subject=said("what becomes of the locks", "地锁如何处置"), place=said("community hall", "社区议事厅"), at_time=HEARING_AT, host="qx.hedong", roll=roll)  # fmt: skip
    record = RecordMeeting(**hearing, minutes=("minutes",), signed_by=("qx.hedong", *roll), consensus=said("the bays belong to all", "车位属全体业主"), dissent=said("who pays for them", "费用由谁承担"))  # fmt: skip
    dispute = {"id": a, "item": DISPUTE}
    offer = m.OfferMediation(**dispute, by=mediator, what=said("parking locks", "停车地锁"), parties=roll, mediator=mediator.id, body="housing-committee", relation="resident_unit", participants=(m.Participant(id="qx-185", force="community_police"),), experts=("expert-01",))  # fmt: skip
    start = m.StartMediation(**dispute, by=mediator)
    agree = m.AgreeInMediation(**dispute, by=mediator, obligations=_obligations())
    removed = FulfilPartOfCommitment(id=a, by=firm, item="locks.1", measure=said("locks taken off", "地锁已拆除"), evidence=("bays",))  # fmt: skip
    twin = {"id": b, "item": LISTED_BY}
    late = {"reason_code": SLOW, "reason": said("nothing was done", "受理后未办理")}
    expose = sv.ExposeSupervision(**twin, by=leader, public_text=said("Locks in Hexi: overdue", "河西地锁：逾期未办"))
    wait = c.SuspendCase(id=b, by=enforcement, cause=said("short of staff", "人手不足"), review_at=moment("04-30 12:00"), told_by="by phone")  # fmt: skip
    gone = {"measure": said("locks taken off", "地锁已拆除"), "evidence": ("lane",)}
    # fmt: off
    return [
        Told("03-30 10:00", (c.AcceptCase(id=a, by=desk), c.AssignCase(id=a, by=dispatcher, unit_level="community"), *_spoken_with(a, hedong, qin)), "Hedong takes it up. Five working days, over Qingming:", "河东社区自办。五个工作日，跨清明假期：", Shown.ENDS),
        Told("03-30 10:30", (c.AcceptCase(id=b, by=town_desk), c.AssignCase(id=b, by=dispatcher, lead_unit="qx.enforcement", unit_level="town"), *_spoken_with(b, enforcement, fang)), "Hexi's goes to the town's enforcement, and there it lies.", "河西的交镇执法队主办，此后搁置。"),
        Told("03-30 14:00", (announce,), "Hedong announces a hearing, with date, place and roll.", "河东公告听证会：时间、地点、参加人。"),
        Told("04-01 16:00", (HoldMeeting(**hearing, attended=roll), _paper(a, hedong, "minutes"), record), "Held; the record is signed: where they agree, and where not.", "听证会召开，各方签字：载明共识与分歧。"),
        Told("04-01 16:30", (offer,), "The resident asks for mediation. It is offered to both:", "居民申请调解，专业调处委员会征询双方意见：", Shown.ENDS, clock=f"mediation_offer:{DISPUTE}"),
        Told("04-02 09:00", (m.ConsentToMediation(**dispute, by=qin), start), "The resident consents, and the mediator wants to begin:", "居民同意，调解员要开始调解：", is_refused=True),
        Told("04-02 15:00", (m.ConsentToMediation(**dispute, by=firm, on_behalf_of=FIRM), start), "The property firm consents too. It begins.", "物业公司也同意，调解开始。"),
        Told("04-03 10:00", (*_signed(a, m.Purpose.AGREEMENT), agree), "Both sign an agreement. Each duty is a promise with a date:", "双方签署协议，每项义务即一项有期限的承诺：", Shown.LOOPS),
        Told("04-07 15:00", (_paper(a, hedong, "agreement"), *_answered(a, hedong, "community", said("agreement reached", "已达成协议"), "agreement")), "On the last day of its limit Hedong hands in and answers.", "期限最后一天，河东提交结果并反馈。"),
        Told("04-08 10:00", _checked(a, qin), "Checked by another; the resident is satisfied.", "他人核查通过，诉求人满意。"),
        Told("04-08 11:00", (c.CloseCase(id=a, by=dispatcher),), "Closed then? The agreement is signed, but not kept:", "可以办结了吗？协议已签，尚未履行：", is_refused=True),
        Told("04-09 08:00", (), "Hexi meanwhile. The tick finds it late, and reminds by rule:", "再看河西。计时检查发现超期，并按规则提醒：", Shown.FIRED, about=b),
        Told("04-10 09:00", (sv.UrgeSupervision(**twin, by=leader, **late),), "The town's leader urges. An answer is owed:", "镇领导催办，须回告：", Shown.ENDS, clock=f"supervision_reply:{LISTED_BY}"),
        Told("04-10 16:00", (photo(a, firm, "bays"), removed, KeepCommitment(id=a, by=mediator, item="locks.1")), "Hedong: the locks are off. The mediator has looked: kept.", "河东：地锁已拆，调解员到场确认践诺。"),
        Told("04-14 10:00", (KeepCommitment(id=a, by=mediator, item="locks.2"), *_signed(a, m.Purpose.PERFORMANCE), m.PerformAgreement(**dispute, by=mediator)), "The fee is paid. Both sign that the agreement is carried out.", "停车费已补缴，双方签字确认协议履行。"),
        Told("04-14 11:00", (c.CloseCase(id=a, by=dispatcher),), "Nothing is open: closed. The dispute is settled.", "再无未了事项，办结：纠纷化解。"),
        Told("04-16 09:00", (sv.ListSupervision(**twin, by=leader, number="QX-2026-01", public_text=said("Locks in Hexi", "河西地锁"), **late),), "Hexi: no answer came. Listed, under a public number:", "河西：逾期未回告，编号挂牌督办：", Shown.LOOPS),
        Told("04-16 10:00", (wait,), "Enforcement would rather suspend it. Not without the supervisor:", "执法队想挂起。挂牌事项须经督办人同意：", is_refused=True),
        Told("04-16 11:00", (expose,), "Expose it? It is eight days late, and the town waits for ten:", "曝光？超期八天，本镇的阈值为十天：", is_refused=True),
        Told("04-20 09:00", (expose,), "Twelve days late. Now its delay is shown in public.", "超期十二天，现予曝光。"),
        Told("04-21 15:00", (photo(b, enforcement, "lane"), sv.ReplySupervision(**twin, by=enforcement, **gone), *_answered(b, enforcement, "town", said("locks taken off", "地锁已拆除"), "lane")), "The locks are off. Enforcement answers: leader, resident, town.", "地锁已拆。执法队回告，并向诉求人和镇反馈。"),
        Told("04-22 09:00", (sv.LiftExposure(**twin, by=leader),), "Off the board? First somebody else has to see it:", "撤下曝光？须先经他人核实：", is_refused=True),
        Told("04-22 14:00", (photo(b, verifier, "seen"), sv.ConfirmFix(**twin, by=verifier, measure=said("seen on the spot", "现场核实"), evidence=("seen",)), *_checked(b, fang)), "The checker has seen it; the resident agrees.", "核查员现场核实，诉求人满意。"),
        Told("04-22 15:00", (sv.LiftExposure(**twin, by=leader), sv.LiftSupervision(**twin, by=leader, reason=said("done and checked", "已整改并核实"))), "Exposure and supervision are lifted.", "撤下曝光，解除督办。"),
        Told("04-22 16:00", (c.CloseCase(id=b, by=dispatcher),), "Closed too: done 13 days late, and the log says by whom.", "也已办结：处置逾期十三天，经过均在案。"),
    ]
    # fmt: on
