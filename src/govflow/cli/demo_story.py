"""The story that `govflow demo` tells: one case over the Spring Festival of 2026, step by step, in two languages.

Its people are those of the directory of the invented town of Qingxi (src/govflow/data/directory).
"""
# ruff: noqa: E501 - a table: one step a row, told in two languages

from __future__ import annotations

from govflow.actors import Actor
from govflow.cases import commands as c
from govflow.cli.demo_telling import Approved, Shown, Story, Told, moment, photo, said
from govflow.messages import Command, Personal
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.joint_handling import AcceptJointHandling, FinishJointHandling
from govflow.regions.verification import FailVerification, PassVerification

REPORTER = "s-mei"  # a pseudonym: names stand in protected fields only
mei = Actor(id=REPORTER)
desk = Actor(id="hd-01")  # 河东社区
hedong = Actor(id="hd-02")
head_of_hedong = Actor(id="hd-03")
leader = Actor(id="leader-01")  # 青溪镇党委, supervisor 督办人
dispatcher = Actor(id="qx-110")  # 社会治理办公室
verifier = Actor(id="qx-112")
enforcement = Actor(id="qx-130")  # 综合行政执法队
works = Actor(id="qx-140")  # 城镇建设办公室


def story() -> Story:
    """One case, from the report on the eve of the holiday to its close."""
    report = c.ReportCase(
        by=mei,
        title=said("Rubbish by the market", "市场旁院内垃圾成堆"),
        kind="hotline",
        channel="phone",
        level="community",
        area="beihe/qingxi/hedong",
        category="environment",
        reporter=REPORTER,
        reporter_name=Personal(text="林梅 Lin Mei", subject=REPORTER),
        reporter_phone=Personal(text="+86 138 0000 0134", subject=REPORTER),
        description=Personal(text="In the yard behind my house, for a week.", subject=REPORTER),
    )
    return Story([("02-13 09:05", report)], _steps)


def _result(id: str, key: str) -> tuple[Command, ...]:
    done = c.SubmitResult(id=id, by=works, measure="yard cleared", evidence=(key,))
    return photo(id, works, key), done


def _answer(id: str) -> Command:
    return c.GiveFeedback(id=id, by=works, to_level="community", to_reporter=True, public_text="The yard is cleared.")


def _steps(id: str) -> list[Told]:
    """What happens to the case `id` after it was reported."""
    extend = c.ExtendDeadline(id=id, by=hedong, length=2, reason="more than one lorry can carry", told_by="by phone")
    suspend = c.SuspendCase(
        id=id, by=hedong, cause="the owner of the yard must agree", review_at=moment("02-28 12:00"), told_by="by phone"
    )
    # fmt: off
    return [
        Told("02-13 09:40", (c.AcceptCase(id=id, by=desk),), "Hedong's desk admits it: from here on somebody answers for it.", "河东社区受理：从此有人负责。"),
        Told("02-13 10:15", (c.AssignCase(id=id, by=dispatcher, unit_level="community"),), "The town's rules send it to the community of Hedong. Its limit:", "按镇派单规则由河东社区主办，期限如下：", Shown.DUE),
        Told("02-13 11:00", (c.SignOrder(id=id, by=hedong), LogContact(id=id, by=hedong, reached=True, way="phone", gist=Personal(text="The key is with the owner.", subject=REPORTER)), c.StartHandling(id=id, by=hedong)), "Hedong signs for it, calls the resident and begins.", "河东签收、联系诉求人、开始处置。"),
        Told("02-24 10:00", (Approved(suspend, leader),), "Suspended with the supervisor's leave: the owner must agree.", "须先征得院主同意，经督办人批准，挂起停表。"),
        Told("02-26 09:00", (c.ResumeCase(id=id, by=hedong),), "Resumed. Two working days stood still, the date moves by two:", "院主同意，恢复办理。停了两个工作日，期限顺延两个：", Shown.MOVED),
        Told("02-27 09:00", (extend,), "Hedong wants two days more and has not asked its head:", "河东要延期两日，未经负责人批准：", is_refused=True),
        Told("02-27 10:00", (Approved(extend, head_of_hedong),), "With the head's leave, once:", "经负责人批准，延期一次：", Shown.MOVED),
        Told("03-02 18:00", (), "The day's tick. Then the computer is off for three days.", "当日计时检查。此后停机三天。", Shown.FIRED),
        Told("03-06 08:00", (), "One tick makes up for it, each thing once:", "恢复后检查一次，逐项补记，各记一次：", Shown.FIRED),
        Told("03-06 08:05", (), "A second tick.", "再检查一次。", Shown.FIRED),
        Told("03-06 09:00", (c.AssignCase(id=id, by=dispatcher, lead_unit="qx.works", co_units=("qx.enforcement",), co_task="see that the yard is opened", unit_level="town"),), "Works leads for the town, with a new limit; enforcement helps.", "镇城建办主办，期限重新计算；执法队协办。"),
        Told("03-06 10:00", (c.SignOrder(id=id, by=works), c.StartHandling(id=id, by=works), AcceptJointHandling(id=id, by=enforcement, item="qx.enforcement")), "Both take it up.", "两家接单办理。"),
        Told("03-09 15:00", _result(id, "yard"), "Works wants to hand in the result, but enforcement is not done:", "城建办要提交结果，但执法队尚未办结：", is_refused=True),
        Told("03-09 16:00", (photo(id, enforcement, "gate"), FinishJointHandling(id=id, by=enforcement, item="qx.enforcement", measure="gate opened", evidence=("gate",)), *_result(id, "yard-2")), "Enforcement has done its part; now the result is in.", "执法队办结，现在提交结果。"),
        Told("03-10 09:00", (_answer(id),), "Resident and community are answered.", "向诉求人和社区反馈。"),
        Told("03-10 14:00", (FailVerification(id=id, by=verifier, item="r1", reason="half of it is still there"), c.OrderRework(id=id, by=dispatcher, reason="half of it is still there")), "The checker finds half of it left: rework, in half the time.", "核查员现场核查：还剩一半。责令返工，时限减半。"),
        Told("03-11 16:00", (*_result(id, "yard-3"), _answer(id)), "Round 2 is done and answered.", "第二轮办结并反馈。"),
        Told("03-12 09:00", (c.CloseCase(id=id, by=dispatcher),), "The dispatcher wants to close. What is open comes all at once:", "派单中心要办结。未了事项一次列全：", is_refused=True),
        Told("03-12 10:00", (PassVerification(id=id, by=works, item="r2"),), "May those who did the work verify it?", "经办人能自己核查吗？", is_refused=True),
        Told("03-12 14:00", (PassVerification(id=id, by=verifier, item="r2"), RecordEvaluation(id=id, by=mei, item=f"r2.{REPORTER}", contacted=True, resolved=True, satisfied=True)), "The checker passes it; the resident is satisfied.", "核查通过，诉求人满意。"),
        Told("03-13 09:00", (c.CloseCase(id=id, by=dispatcher),), "Nothing is open any more. Closed: the loop is shut.", "再无未了事项，办结：闭环完成。"),
    ]
    # fmt: on
