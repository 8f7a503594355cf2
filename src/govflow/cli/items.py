"""What an item of a region is about, in the reader's own words: items themselves say it in English."""

from __future__ import annotations

import re

from govflow.cli.texts import is_zh, t
from govflow.cli.words import term
from govflow.engine import Engine
from govflow.records import Item
from govflow.regions.meeting import MeetingForm

_IN_CHINESE = {
    "verification": ((r"check of round (\d+)", r"第 \1 轮核查"), (r"rework of round (\d+)", r"第 \1 轮返工")),
    "evaluation": ((r"evaluation of round (\d+)", r"第 \1 轮评价"),),
    "assignment_objection": ((r"decide the objection: (.*)", r"裁定异议：\1"),),
    "invitation": ((r"(\S+) to meeting (\S+)", r"约请 \1 参加会议 \2"),),
    "check_in": ((r"service of (\S+)", r"\1 的服务"),),
    "retention": ((r"kept as (\S+)", r"按 \1 保管"),),
    "turn": ((r"turn at (.*)", r"轮值：\1"),),
    "reading": ((r"read by (\S+)", r"由 \1 阅"),),
    "opinion": ((r"answer the opinion on (.*)", r"处理意见：\1"), (r"answer the opinion", r"处理意见")),
    "objection": ((r"decide the objection: (.*)", r"处理异议：\1"),),
    "vote": ((r"vote (\d+): (.*)", r"第 \1 轮表决：\2"),),
}
_WITH_A_REASON = ("supervision", "accountability")


def about(engine: Engine, region: str, what: str) -> str:
    """What an item of `region` calls `what`: coded reasons and kinds of meeting by their names, the rest as it is."""
    if region in _WITH_A_REASON:
        names = {each.id: each.zh if is_zh() else each.en for each in engine.policy.reasons}
        return re.sub(r"\w+", lambda word: names.get(word[0], word[0]), what)
    if not is_zh():
        return what
    match region:
        case "meeting":
            forms = {form.value: form.zh for form in MeetingForm}
            form, colon, subject = what.partition(": ")
            return f"{forms[form]}：{subject}" if colon and form in forms else what
        case "link":
            kind, _, other = what.partition(" ")
            return f"{t(f'link.{kind}')} {other}"
        case "checklist":
            return _stage(engine, what)
        case "support":
            supporter, _, capacity = what.rpartition(" as ")
            return f"{supporter}（{term('capacity', capacity)}）"
        case "stage":
            stages = (each for procedure in engine.policy.procedures for each in procedure.stages)
            return next((each.zh for each in stages if each.en == what), what)
    for pattern, said in _IN_CHINESE.get(region, ()):
        if found := re.fullmatch(pattern, what, re.DOTALL):
            return found.expand(said)
    return what


def figures(item: Item) -> str:
    """What was counted at a stage or in a vote that is over."""
    counted = item.__dict__
    if counted.get("tally") is not None:
        return "; ".join(each.zh if is_zh() else each.en for each in counted["tally"].why)
    if counted.get("entitled") and "in_favour" in counted:
        names = ("entitled", "present", "in_favour", "against")
        return t("stage.counts", **{name: counted[name] for name in names})
    return ""


def _stage(engine: Engine, what: str) -> str:
    """A checklist and its next stage as the policy in force calls them; an older list keeps its own words."""
    id, _, stage = what.partition(" ")
    template = engine.policy.checklist(id)
    if template is None:
        return what
    number, _, en = stage.partition(": ")
    zh = next((each.zh for each in template.stages if each.en == en), en)
    return f"{template.zh} {number}：{zh}" if stage else template.zh
