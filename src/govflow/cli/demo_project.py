"""The fourth story that `govflow demo` tells: flat roofs become pitched ones 平改坡, from the need to settled accounts.

The community of Hedong puts the need on the list; a builder and the owners claim it, and three teams are named. A hearing
is held, the town approves within its envelope, one delivery is refused, a dispute runs as a case of its own, three sides
judge, and the accounts are settled. The people are those of the directory of the invented town of Qingxi.
"""
# ruff: noqa: E501 - a table: one step a row, told in two languages

from __future__ import annotations

import hashlib
from datetime import date

from govflow.actors import Actor
from govflow.cases import commands as case
from govflow.cli.demo_telling import Approved, Shown, Story, Told, moment, photo, said
from govflow.envelopes.messages import OpenEnvelope
from govflow.messages import Command, Personal
from govflow.projects import commands as c
from govflow.projects.budget import CloseBudget, FreeBudget, PlanBudget
from govflow.projects.expense import RecordExpense, VerifyExpense
from govflow.projects.feedback_model import ConfirmFeedback, RaiseFeedback, ResolveFeedback
from govflow.projects.milestone import AcceptMilestone, PlanMilestone, ReachMilestone
from govflow.projects.model import Member, Need, Party, Pledge, TeamKind
from govflow.regions.commitment import FulfilPartOfCommitment, KeepCommitment
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import IndicatorScore, RecordEvaluation, RequestEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.ledger import RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from govflow.regions.link import AddLink
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.retention import Paper
from govflow.regions.verification import PassVerification
from govflow.resources.messages import OfferResource

mei = Actor(id="s-mei")  # residents: they hold no appointment
fang = Actor(id="s-fang")
watchers = tuple(Actor(id=f"s-watch-{number}") for number in range(1, 4))  # 专门监督员
neighbours = tuple(Actor(id=f"s-neighbour-{number}") for number in range(1, 4))
hedong = Actor(id="hd-01")  # 河东社区: it leads
branch = Actor(id="hd-04")  # 河东社区党组织
host = Actor(id="hd-06")
acceptor = Actor(id="hd-24")  # 验收组
appraiser = Actor(id="hd-23")  # 居民评议组
builder = Actor(id="qy-01")  # 青源建筑
owners = Actor(id="ow-01")  # 业委会
assessor = Actor(id="ha-01")  # 恒安评估
finance = Actor(id="qx-165")  # 财政所
mayor = Actor(id="leader-02")  # 青溪镇人民政府
leader = Actor(id="leader-01")  # 青溪镇党委, supervisor 督办人
dispatcher = Actor(id="qx-110")
handler = Actor(id="hd-02")  # 河东社区: handles cases
verifier = Actor(id="qx-112")
hexi, shanhu = Actor(id="hx-05"), Actor(id="sh-05")  # peers 互评

LEAD, BUILDER, OWNERS = "qx.hedong", "qx.qingyuan", "qx.hedong.owners"
AREA = "beihe/qingxi/hedong"
GRANT, CREW, CRACK = "roofs-2026", "roofers", "crack"
HEARING_AT = moment("06-20 14:00")
YUAN = 100
INDICATORS = ("need_met", "on_time", "lasting")


def story() -> Story:
    """One project, from its need to its settled accounts."""
    need = c.ProposeProject(
        by=hedong,
        title=said("Pitched roofs in Hedong", "河东小区平改坡"),
        text=said("Flat roofs leak; 240 homes below them are damp.", "平屋面渗漏，240户受潮。"),
        kind="renovation",
        level="community",
        area=AREA,
        need=Need(matter="people", quantity=30, measure_unit=said("people", "人"), skills=("roofing",), households=240),
    )
    return Story([("06-05 09:00", need)], _steps)


def _digest(of: str) -> str:
    return hashlib.sha256(f"the {of}".encode()).hexdigest()


def _filed(id: str, who: Actor, key: str, kind: str = "document") -> Command:
    return AddEvidence(id=id, by=who, item=key, kind=kind, media_type="application/pdf", sha256=_digest(key))


def _pairing(id: str, third: str) -> c.PairParties:
    until = moment("09-30 18:00")
    pledges = (
        Pledge(party=LEAD, matter="place", what=said("the yard, for material", "堆料场地"), quantity=1, measure_unit=said("yard", "处"), until=until),
        Pledge(party=BUILDER, matter="people", what=said("roofers", "施工人员"), quantity=30, measure_unit=said("people", "人"), resource=CREW, until=until),
        Pledge(party=third, matter="money", what=said("their share", "自筹资金"), amount=200_000 * YUAN, until=until),
    )  # fmt: skip
    parties = (Party(unit=LEAD, role="lead"), Party(unit=BUILDER, builds=True), Party(unit=third))
    text = said("Block by block; no work before eight.", "逐栋施工，八点前不开工。")
    return c.PairParties(id=id, by=hedong, lead=LEAD, parties=parties, pledges=pledges, scope="in_region", text=text)


def _line(id: str, source: str, yuan: int, **said: str) -> Command:
    return PlanBudget(id=id, by=hedong, source=source, amount=yuan * YUAN, **said)


def _teams(id: str, *supervisors: Member) -> tuple[Command, ...]:
    named = {
        TeamKind.WORK_GROUP: (Member(id="qx-145", unit="qx.housing"), Member(id="qy-02", unit=BUILDER)),
        TeamKind.SERVICE_TEAM: (Member(id="hd-22", unit="qx.hedong.station"),),
        TeamKind.SUPERVISORS: supervisors,
    }
    return tuple(c.NameTeam(id=id, by=hedong, team=team, members=members) for team, members in named.items())


def _voucher(id: str, who: Actor, number: str, line: str, yuan: int) -> tuple[Command, ...]:
    key = f"receipt-{number}"
    entry = {"voucher": number, "line": line, "amount": yuan * YUAN, "papers": (key,)}
    return _filed(id, who, key, "receipt"), RecordExpense(id=id, by=who, item=number, **entry)


def _judged(id: str, who: Actor, points: int, unit: str | None = None) -> Command:
    scores = tuple(IndicatorScore(indicator=name, score=points) for name in INDICATORS)
    return RecordEvaluation(id=id, by=who, item=f"r2.{unit or who.id}", on_behalf_of=unit, scores=scores)


def _given(id: str, who: Actor, item: str, **measured: int) -> tuple[Command, ...]:
    """Delivered in full by whoever promised it, and found kept by the supervisor."""
    key = f"given-{item}"
    part = {"measure": said("brought in", "已到位"), "evidence": (key,), **measured}
    return (
        _filed(id, who, key, "receipt"),
        FulfilPartOfCommitment(id=id, by=who, item=item, **part),
        KeepCommitment(id=id, by=leader, item=item),
    )


def _dispute(id: str) -> tuple[Command, ...]:
    """A crack in a wall: a case of its own, which the project waits for."""
    crack = case.ReportCase(id=CRACK, by=fang, title=said("A crack in the wall of block 7", "7栋墙面开裂"), kind="dispute", category="dispute", channel="visit", level="community", area=AREA, reporter=fang.id)  # fmt: skip
    on = {"id": CRACK}
    return (
        crack,
        AddLink(id=id, by=hedong, other=CRACK, kind="dispute", awaited=True),
        case.AcceptCase(**on, by=hedong),
        case.AssignCase(**on, by=dispatcher, unit_level="community"),
        case.SignOrder(**on, by=handler),
        LogContact(**on, by=handler, reached=True, way="visit", gist=Personal(text="It came with the scaffold.", subject=fang.id)),
        case.StartHandling(**on, by=handler),
    )  # fmt: skip


def _dispute_settled() -> tuple[Command, ...]:
    on = {"id": CRACK}
    filled = said("the crack is filled, at the builder's cost", "裂缝已修补，费用由施工方承担")
    return (
        photo(CRACK, handler, "wall"),
        case.SubmitResult(**on, by=handler, measure=filled, evidence=("wall",)),
        case.GiveFeedback(**on, by=handler, to_level="community", to_reporter=True, public_text=filled),
        PassVerification(**on, by=verifier, item="r1"),
        RecordEvaluation(**on, by=fang, item=f"r1.{fang.id}", contacted=True, resolved=True, satisfied=True),
        case.CloseCase(**on, by=dispatcher),
    )  # fmt: skip


def _steps(id: str) -> list[Told]:
    """What happens to the project `id` after its need was put on record."""
    on = {"id": id, "by": hedong}
    granted = Paper(reference="青财〔2026〕17号", sha256=_digest("grant"))
    envelope = OpenEnvelope(id=GRANT, by=finance, title=said("Old housing 2026", "老旧小区改造2026"), purpose=said("roofs", "平改坡"), level="town", area="beihe/qingxi", first=date(2026, 1, 1), last=date(2027, 12, 31), amount=1_000_000 * YUAN, approved_by=granted)  # fmt: skip
    crew = OfferResource(id=CREW, by=builder, owner=BUILDER, title=said("Forty roofers", "施工人员四十名"), matter="people", quantity=40, measure_unit=said("people", "人"), skills=("roofing",), area="beihe/qingxi", until=moment("12-31 18:00"))  # fmt: skip
    claims = (
        c.ClaimDemand(
            id=id, by=builder, claimer=BUILDER, capacity=said("forty roofers", "施工人员四十名"), resource=CREW
        ),
        c.ClaimDemand(id=id, by=owners, claimer=OWNERS, capacity=said("a share of the cost", "自筹部分资金")),
    )
    public = {"source": "fiscal", "envelope": GRANT, "purpose": said("the roofs", "屋面")}
    lines = (
        _line(id, **public, yuan=1_000_001),
        _line(id, "self_raised", 200_000, commitment="3", purpose=said("gutters", "檐沟")),
    )
    good = tuple(Member(id=each.id) for each in watchers)
    risk = c.AssessProjectRisk(id=id, by=assessor, necessary=True, level_of_risk="controllable", papers=("risk",))
    roll = (*(each.id for each in neighbours), mei.id)
    announce = AnnounceMeeting(id=id, by=host, item="hearing", form="hearing", subject=said("the roofs", "平改坡方案"), place=said("community hall", "社区议事厅"), at_time=HEARING_AT, host=LEAD, roll=roll, papers=("risk",))  # fmt: skip
    record = RecordMeeting(id=id, by=host, item="hearing", minutes=("minutes",), signed_by=(LEAD, *roll), consensus=said("no work before eight", "八点前不开工"))  # fmt: skip
    approve = c.ApproveProject(id=id, by=mayor, papers=("order",), until=moment("09-30 18:00"))
    fitting = (
        FreeBudget(id=id, by=finance, item="1", reason=said("one yuan too much", "超出一元")),
        _line(id, **public, yuan=1_000_000),
    )
    notice = c.PublishProjectNotice(
        **on,
        public_text=said(
            "240 homes; 1,000,000 yuan of the town, 200,000 of the owners.",
            "涉及240户；镇财政100万元，业主自筹20万元。",
        ),
    )
    milestone = PlanMilestone(
        **on,
        item="block-7",
        what=said("block 7", "7栋"),
        place=said("block 7", "7栋"),
        owner=BUILDER,
        until=moment("07-20 18:00"),
    )
    dust = RaiseFeedback(
        id=id,
        by=mei,
        item="dust",
        concerns="dust",
        place=said("block 7", "7栋"),
        text=Personal(text="My bed is grey with it.", subject=mei.id),
    )
    nets = ResolveFeedback(
        **on,
        item="dust",
        measure=said("nets hung, lane sprinkled twice a day", "加挂防尘网，每日洒水两次"),
        evidence=("nets",),
    )
    reached = ReachMilestone(
        id=id, by=builder, item="block-7", measure=said("the roof is on", "屋面完成"), evidence=("roof",)
    )
    accepted = AcceptMilestone(id=id, by=acceptor, item="block-7")
    deliver = {"public_text": said("All roofs are on.", "屋面全部完工。")}
    gutter = said("the gutter of block 9 leaks", "9栋檐沟渗漏")
    refuse = c.RefuseAcceptance(id=id, by=acceptor, shortcomings=(gutter,), until=moment("08-14 18:00"))
    fixed = (
        photo(id, hedong, "gutter"),
        RectifyLedgerItem(
            **on, item="1", measure=said("sealed and flooded for a day", "重新密封，蓄水试验一天"), evidence=("gutter",)
        ),
    )
    struck = (VerifyLedgerItem(id=id, by=acceptor, item="1"), WriteOffLedgerItem(id=id, by=acceptor, item="1"))
    accept = c.AcceptDelivery(id=id, by=acceptor)
    signed = tuple(c.SignDelivery(id=id, by=each) for each in watchers)
    asked = tuple(RequestEvaluation(**on, source=source, evaluator=who) for source, who in (("peer", "qx.hexi"), ("peer", "qx.shanhu"), *(("external", each.id) for each in neighbours)))  # fmt: skip
    close = c.EvaluateProject(id=id, by=appraiser)
    settle = c.SettleProject(id=id, by=finance, spent=1_150_000 * YUAN)
    closed = (
        CloseBudget(id=id, by=finance, item="3", spent=960_000 * YUAN),
        CloseBudget(id=id, by=finance, item="2", spent=190_000 * YUAN),
    )
    accounts = c.PublishAccounts(
        id=id,
        by=finance,
        public_text=said(
            "960,000 of the town's and 190,000 of the owners' money spent; 40,000 are the town's again, 10,000 the owners'.",
            "镇财政支出96万元，自筹支出19万元；结余4万元退回资金盘子，1万元归还业主。",
        ),
    )
    # fmt: off
    return [
        Told("06-05 10:00", (envelope, crew, c.ListDemand(**on, exclusive=False, until=moment("06-15 18:00"))), "Listed. The town has put a million yuan aside; a builder offers forty roofers.", "公布需求。镇里安排资金盘子一百万元；青源建筑登记施工人员四十名。"),
        Told("06-08 09:00", claims, "The builder and the owners claim it, each for itself.", "青源建筑与业委会各自认领。"),
        Told("06-09 09:00", (_pairing(id, "qx.anju"),), "Make the property firm a partner too? Nobody asked it:", "把物业公司也列为参与方？未经其同意：", is_refused=True),
        Told("06-09 10:00", (_pairing(id, OWNERS),), "Paired. What each pledges is owed from now on:", "结对签约，各方投入即为承诺：", Shown.LOOPS),
        Told("06-10 09:00", _teams(id, *good, Member(id="qy-02", unit=BUILDER)), "Three teams. One of the builder's people as a supervisor?", "组建三专队伍。施工方的人当监督员？", is_refused=True),
        Told("06-10 10:00", (*_teams(id, *good), *lines), "Three residents supervise. The money is planned, one yuan too much of it.", "三名居民任专门监督员。编制预算，多报了一元。"),
        Told("06-12 09:00", (_filed(id, assessor, "risk", "report"), risk, announce), "Needed, and controllable, says an institute with no part in it. A hearing is called.", "第三方稳评：必要、可控。公告听证会。"),
        Told("06-20 16:00", (HoldMeeting(id=id, by=host, item="hearing", attended=roll), _filed(id, hedong, "minutes", "minutes"), record), "Held and signed: no work before eight.", "听证会召开并签字：八点前不开工。"),
        Told("06-22 09:00", (_filed(id, hedong, "order", "order"), approve), "The town approves? Its envelope is short of one yuan:", "镇政府立项？资金盘子差一元：", is_refused=True),
        Told("06-22 10:00", (*fitting, c.ApproveProject(id=id, by=mayor, papers=("order",), until=moment("09-30 18:00")), notice), "Mended and approved; the envelope is drawn on in the same step. Seven days of notice.", "改正后立项，同时占用资金盘子。公示七天。"),
        Told("06-30 09:00", (c.StartWork(**on), milestone), "Nobody objected: it begins.", "无异议，开工。"),
        Told("07-02 08:00", (dust,), "A resident complains of dust. An answer is due:", "居民反映扬尘，须限时答复：", Shown.ENDS, clock="project_feedback:dust"),
        Told("07-03 15:00", (photo(id, hedong, "nets"), nets, ConfirmFeedback(id=id, by=mei, item="dust")), "Nets are hung; she says that it will do.", "已挂防尘网，提出人确认。"),
        Told("07-18 10:00", (photo(id, builder, "roof"), reached, AcceptMilestone(id=id, by=builder, item="block-7")), "Block 7 is done. The builder accepts it itself?", "7栋完工。施工方自己验收？", is_refused=True),
        Told("07-18 14:00", (accepted, *_voucher(id, builder, "V1", "3", 960_000), *_voucher(id, owners, "V2", "2", 190_000), *(VerifyExpense(id=id, by=finance, item=each) for each in ("V1", "V2"))), "Accepted by others. Vouchers come in and are checked.", "由验收组验收。凭证入账并经财政核验。"),
        Told("08-03 09:00", (c.DeliverProject(**on, **deliver), refuse), "Delivered, and refused: a gutter leaks.", "交付验收，未通过：檐沟渗漏。", Shown.LOOPS),
        Told("08-10 09:00", (*fixed, *struck, c.DeliverProject(**on, **deliver), accept), "Sealed, struck off, delivered again. Accepted?", "整改销号，再次交付。验收？", is_refused=True),
        Told("08-11 09:00", (*signed, c.AcceptDelivery(id=id, by=acceptor)), "The supervisors have signed. Accepted.", "监督员签字，验收通过。"),
        Told("08-12 09:00", (*asked, _judged(id, hedong, 92, LEAD), _judged(id, hexi, 85, "qx.hexi"), _judged(id, shanhu, 80, "qx.shanhu"), *(_judged(id, each, 88) for each in neighbours[:2]), close), "The lead, two communities and three residents are asked. One has not answered:", "请牵头方、两个社区、三名居民评价。一人未答复：", is_refused=True),
        Told("08-19 09:00", _dispute(id), "A resident blames the scaffold for a crack: a case of its own, which the project waits for.", "有居民称脚手架致墙面开裂：另立事项，项目须待其办结。"),
        Told("08-20 09:00", (_judged(id, neighbours[2], 64), c.EvaluateProject(id=id, by=appraiser)), "She has. Weighed as the town's plan says:", "已答复。按本镇评价方案加权：", Shown.SCORE),
        Told("08-21 09:00", (settle,), "Settle it? Everything that is owed comes at once:", "决算？未了事项一次列全：", is_refused=True),
        Told("08-24 09:00", (*_given(id, hedong, "1", quantity=1), *_given(id, builder, "2", quantity=30), *_given(id, owners, "3", amount=200_000 * YUAN)), "Each has brought what it promised; the town's leader has looked.", "各方承诺均已到位，镇领导确认践诺。"),
        Told("08-25 09:00", _dispute_settled(), "The crack is filled at the builder's cost; the resident is satisfied.", "裂缝由施工方修补，居民满意，事项办结。"),
        Told("08-28 09:00", (*closed, accounts), "The lines are closed; 40,000 yuan go back to the envelope. Published.", "预算行结清，四万元退回资金盘子，账目公开。"),
        Told("08-31 09:00", (Approved(c.SettleProject(id=id, by=finance, spent=1_150_000 * YUAN), branch),), "With a second person's leave: settled. Its page is below.", "经第二人批准，决算完成。公开页见下。"),
    ]
    # fmt: on
