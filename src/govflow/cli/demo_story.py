"""The story that `govflow demo` tells: one new case through every stage, step by step, in English and in Chinese."""
# ruff: noqa: E501 - a table: one step a row, told in two languages

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from govflow.actors import Actor, Role
from govflow.cases import commands as c
from govflow.messages import Command, Personal
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.joint_handling import AcceptJointHandling, FinishJointHandling, ReopenJointHandling
from govflow.regions.verification import FailVerification, PassVerification

REPORTER = "s-rosa"  # a pseudonym: names stand in protected fields only
rosa = Actor.of(REPORTER, Role.RESIDENT, Role.REPORTER)
wu = Actor.of("wu", Role.ACCEPTANCE_DESK)
chen = Actor.of("chen", Role.DISPATCHER)
lin = Actor.of("lin", Role.LEAD_UNIT, unit="parks")
li = Actor.of("li", Role.LEAD_UNIT, unit="water")
li_as_verifier = Actor.of("li", Role.VERIFIER)
zhao = Actor.of("zhao", Role.CO_UNIT, unit="roads")
sun = Actor.of("sun", Role.CO_UNIT, unit="lighting")
qian = Actor.of("qian", Role.VERIFIER)

TITLE = ("Water comes up through the road surface", "路面冒水")


class Told(NamedTuple):
    """One step: on which day and at what time, the command, how it is told, and whether it is to be refused."""

    day: int
    time: str
    command: Command
    en: str
    zh: str
    is_refused: bool = False


def report(title: str) -> Command:
    """The report that begins the story."""
    return c.ReportCase(
        by=rosa,
        title=title,
        kind="hotline",
        channel="phone",
        level="community",
        area="roslindale",
        reporter=REPORTER,
        reporter_name=Personal(text="Rosa Marin", subject=REPORTER),
        reporter_phone=Personal(text="+1 617 555 0134", subject=REPORTER),
        description=Personal(text="In front of my door, since this morning.", subject=REPORTER),
    )


def _photo(id: str, who: Actor, key: str) -> Command:
    digest = hashlib.sha256(f"the photo of the {key}".encode()).hexdigest()
    return AddEvidence(
        id=id, by=who, item=key, kind="photo", media_type="image/jpeg", reference=f"{key}.jpg", sha256=digest
    )


def story(id: str, road_due: datetime) -> list[Told]:
    """What happens to the case `id` after it was reported."""
    # fmt: off
    return [
        Told(0, "09:40", c.AcceptCase(id=id, by=wu), "The acceptance desk admits it: from here on somebody answers for it.", "受理窗口受理：从此有人负责。"),
        Told(0, "10:15", c.AssignCase(id=id, by=chen, lead_unit="parks"), "The dispatcher sends it to the parks department.", "派单中心派给园林部门。"),
        Told(0, "11:00", c.SignOrder(id=id, by=lin), "Parks signs for the order: now it has five working days to object.", "园林签收，五个工作日内可提出异议。"),
        Told(0, "14:00", c.ObjectAssignment(id=id, by=lin, reason="a water main, not an irrigation pipe"), "Parks objects: a water main is not theirs.", "园林提出异议：是供水主管，不归园林。"),
        Told(1, "09:30", c.DecideReturn(id=id, by=chen, upheld=True, reason="the leak is on a main"), "The dispatcher upholds the objection.", "派单中心认定异议成立。"),
        Told(1, "10:00", c.AssignCase(id=id, by=chen, lead_unit="water", co_units=("roads", "lighting"), co_task="secure the site and open the road"), "Three units now: water leads; roads and lighting are asked to do their parts.", "三家单位会办：供水主办，道路、照明协办。"),
        Told(1, "10:30", c.SignOrder(id=id, by=li), "Water signs for it.", "供水签收。"),
        Told(1, "11:00", LogContact(id=id, by=li, reached=True, way="phone", gist=Personal(text="She can be home at noon.", subject=REPORTER)), "Water calls the reporter: nobody may start before that.", "供水联系诉求人：未联系不得开工。"),
        Told(1, "11:30", AcceptJointHandling(id=id, by=zhao, item="roads"), "Roads takes its part.", "道路接受协办。"),
        Told(1, "11:45", AcceptJointHandling(id=id, by=sun, item="lighting"), "Lighting takes its part.", "照明接受协办。"),
        Told(1, "13:00", c.StartHandling(id=id, by=li), "Work begins.", "开始处置。"),
        Told(2, "09:00", _photo(id, zhao, "road"), "Roads files a photo by its SHA-256.", "道路上传照片（记 SHA-256）。"),
        Told(2, "09:05", FinishJointHandling(id=id, by=zhao, item="roads", measure="road opened and secured", evidence=("road",)), "Roads has done its part.", "道路办结协办。"),
        Told(2, "15:00", _photo(id, li, "pipe"), "Water files a photo of the mended pipe.", "供水上传修复照片。"),
        Told(2, "15:05", c.SubmitResult(id=id, by=li, measure="pipe clamped", evidence=("pipe",)), "Water wants to hand in the result, but lighting is not done:", "供水要提交结果，但照明尚未办结：", is_refused=True),
        Told(2, "16:00", _photo(id, sun, "lamp"), "Lighting files a photo.", "照明上传照片。"),
        Told(2, "16:05", FinishJointHandling(id=id, by=sun, item="lighting", measure="lamp isolated and back on", evidence=("lamp",)), "Lighting has done its part.", "照明办结协办。"),
        Told(2, "17:00", c.SubmitResult(id=id, by=li, measure="pipe clamped", evidence=("pipe",)), "Now the result is in.", "现在提交结果。"),
        Told(3, "09:00", c.GiveFeedback(id=id, by=li, to_level="community", to_reporter=True, public_text="The pipe is mended."), "The reporter and the community are answered.", "向诉求人和社区反馈。"),
        Told(3, "14:00", FailVerification(id=id, by=qian, item="r1", reason="the joint still drips"), "An independent checker looks: the joint still drips.", "核查员现场核查：接口仍在渗水。"),
        Told(3, "14:30", c.OrderRework(id=id, by=chen, reason="the joint still drips"), "Rework: round 2 begins, with half the time.", "责令返工：第二轮开始，时限缩短。"),
        Told(4, "09:00", ReopenJointHandling(id=id, by=li, item="roads", reason="the road is opened again", until=road_due), "Roads is needed once more.", "道路须重新协办。"),
        Told(4, "12:00", FinishJointHandling(id=id, by=zhao, item="roads", measure="road opened and closed", evidence=("road",)), "Roads has done it.", "道路办结。"),
        Told(4, "15:00", _photo(id, li, "joint"), "A photo of the new joint.", "新接口照片。"),
        Told(4, "15:10", c.SubmitResult(id=id, by=li, measure="joint replaced", evidence=("joint",)), "The joint is replaced.", "更换接口，提交结果。"),
        Told(5, "09:00", c.GiveFeedback(id=id, by=li, to_level="community", to_reporter=True, public_text="The joint was replaced."), "Answered again: verification and evaluation of round 2 open.", "再次反馈：第二轮核查与评价开启。"),
        Told(5, "09:30", PassVerification(id=id, by=li_as_verifier, item="r2"), "May those who did the work verify it?", "经办人能自己核查吗？", is_refused=True),
        Told(5, "10:00", c.CloseCase(id=id, by=chen), "The dispatcher wants to close. What is open is listed, all at once:", "派单中心要办结。未了事项一次列全：", is_refused=True),
        Told(6, "09:00", PassVerification(id=id, by=qian, item="r2"), "The checker passes round 2.", "核查员：第二轮核查通过。"),
        Told(6, "18:00", RecordEvaluation(id=id, by=rosa, item=f"r2.{REPORTER}", contacted=True, resolved=True, satisfied=True), "The reporter says: contacted, resolved, satisfied.", "诉求人评价：已联系、已解决、满意。"),
        Told(7, "09:00", c.CloseCase(id=id, by=chen), "Nothing is open any more. Closed: the loop is shut.", "再无未了事项，办结：闭环完成。"),
    ]
    # fmt: on
