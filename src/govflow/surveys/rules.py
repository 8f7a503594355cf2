"""Rules of an index survey: organisations alone, a sample nobody chose, answers that lead to nobody, enough of them."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable
from typing import Any

from govflow.context import Context
from govflow.errors import Detail
from govflow.evaluating import lacks_of_subjects
from govflow.policy.evaluation import faults_of_weights
from govflow.surveys.model import IndexSurvey
from govflow.voting.lot import commitment_of, fits_a_lot
from govflow.workflow import rule

BATCH = 5
"""So many answers at least are entered together while more may come: one alone would tell when somebody was there."""

# --- who has a part in it --------------------------------------------------------------------------------------------


@rule("操作人不属被测评单位", "M090")
def actor_is_of_no_unit(survey: IndexSurvey, event: Any, context: Context) -> bool:
    """Whoever acts is of none of the units by any office, stands in for none of them, and has no interest in one."""
    offices = {name for claim in context.claims for name in (claim.unit, claim.standing_in_for)}
    close = offices | context.interests | {event.by, context.on_behalf_of}
    return close.isdisjoint(survey.units or event.units)


# --- the plan --------------------------------------------------------------------------------------------------------


@rule("名称、层级、单位、题目已明", "M147", needs="title level units questions")
def survey_is_described(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """A title, a level, units that are measured and questions about them are given, each once."""
    named = (
        ("a title", "名称", event.title.strip()),
        ("a level", "层级", event.level),
        ("units", "单位", event.units),
        ("questions", "题目", event.questions),
    )
    yield from (Detail(en, zh) for en, zh, value in named if not value)
    if len(set(event.units)) < len(event.units):
        yield Detail("a unit stands twice", "单位重复")


@rule("评价对象均为登记在册的单位,不涉及个人", "M118, M147; non-goal", needs="units")
def subjects_are_organisations(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """Every subject is an organisation in use in the directory, never a resident."""
    directory = context.lookup("directory") if "directory" in context.deciders else None
    known = None
    if directory is not None:
        known = {unit.key for unit in directory.items_of("unit").values() if unit.status != "closed"}
    return lacks_of_subjects(event.units, known)


@rule("题目权重之和为一", "M148", needs="questions")
def questions_weigh_a_hundred(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """The weights of the questions sum to 100 per cent, each question stands once."""
    pairs = ((each.id, each.weight) for each in event.questions)
    return [each.what for each in faults_of_weights("questions", Detail("questions", "题目"), pairs)]


@rule("样本设计可行且不暴露个人", "M147 [config]", needs="strata sampling")
def sample_is_sound(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """Strata stand once and can hide a person; as many are drawn as must answer, and not more than there are."""
    asked, population = event.sampling, sum(each.size for each in event.strata)
    if len({each.id for each in event.strata}) < len(event.strata):
        yield Detail("a stratum stands twice", "分层重复")
    if asked.least_per_stratum < 2:
        yield Detail("two answers at least per stratum, or there is no margin", "每层至少两份，否则无法计算误差")
    if asked.least < 1:
        yield Detail("how many answers are needed at least", "最少有效份数")
    for each in event.strata:
        if each.size < asked.least_per_stratum:
            least = asked.least_per_stratum
            yield Detail(
                f"{each.id} has {each.size} people, fewer than {least}", f"{each.id} 仅 {each.size} 人，少于 {least}"
            )
    if not asked.least <= asked.size <= population:
        size, least = asked.size, asked.least
        yield Detail(
            f"{size} drawn of {population} people, {least} answers needed",
            f"从 {population} 人中抽取 {size} 人，至少 {least} 份",
        )


@rule("抽样名册已冻结,种子已作承诺", "M147", needs="roll_digest commitment")
def draw_is_committed_to(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """The digest of the roll and the commitment to the seed of the draw are given."""
    if event.roll_digest is None:
        yield Detail("the digest of the roll is missing", "缺名册摘要")
    if event.commitment is None:
        yield Detail("the seed is committed to beforehand", "种子须事先承诺")


# --- the draw --------------------------------------------------------------------------------------------------------


@rule("种子与事先承诺相符", "M147", needs="seed public_value")
def seed_is_the_one_committed_to(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """The seed shown is the one that was committed to; a public value is given where one was named, and only there."""
    seed = event.seed or ""
    if not fits_a_lot(seed):
        yield Detail("a seed has 16 to 200 printable characters without spaces", "种子为 16 至 200 个可见字符，无空格")
    if not hmac.compare_digest(survey.commitment or "", commitment_of(seed)):
        yield Detail("the seed is not the one committed to", "种子与事先承诺不符")
    if bool(event.public_value.strip()) != bool(survey.public_source.strip()):
        yield Detail(
            f"public value named beforehand: {survey.public_source or 'none'}",
            f"事先指明的公开数值：{survey.public_source or '无'}",
        )


@rule("名册与冻结时一致", "M147", needs="roll")
def roll_is_the_frozen_one(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """The roll is the one whose digest was frozen, its strata are those of the plan, nobody stands on it twice."""
    if event.roll_digest != survey.roll_digest:
        yield Detail("the roll is another one", "名册与冻结的摘要不符")
    sizes = {each.id: each.size for each in survey.strata}
    for id in sorted({*sizes, *event.sizes}):
        there, planned = event.sizes.get(id, 0), sizes.get(id, 0)
        if there != planned:
            yield Detail(
                f"{id} has {there} people on the roll, {planned} in the plan",
                f"{id}：名册 {there} 人，方案 {planned} 人",
            )
    if event.repeated:
        yield Detail(f"{event.repeated} people stand twice", f"{event.repeated} 人重复")


# --- answers ---------------------------------------------------------------------------------------------------------


@rule("每名被抽中者恰有一张凭条", "design", needs="slips")
def slips_match_the_sample(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """There is one slip for everybody drawn, in each stratum as many as were drawn there, none twice."""
    for id in sorted({*survey.drawn, *event.slips}):
        given, drawn = len(event.slips.get(id, ())), survey.drawn.get(id, 0)
        if given != drawn:
            yield Detail(f"{id}: {given} slips for {drawn} drawn", f"{id}：抽取 {drawn} 人，凭条 {given} 张")
    every = [slip for slips in event.slips.values() for slip in slips]
    if len(set(every)) < len(every):
        yield Detail("a slip stands twice", "凭条重复")
    if event.until is not None and event.until <= context.at:
        yield Detail("the end lies in the past", "截止时间已过")


@rule("每份测评凭一张未使用的凭条", "design", needs="answers")
def answers_bear_a_slip(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """Each answer comes with the token of a slip that was handed out and not used."""
    if not event.answers:
        yield Detail("there is no answer", "没有测评")
    times = Counter(each.slip for each in event.answers)
    for slip in sorted(times):
        if slip not in survey.slips:
            yield Detail(f"slip {slip[:12]}… was not handed out", f"凭条 {slip[:12]}… 未发放")
        elif slip in survey.answers or times[slip] > 1:
            yield Detail(f"slip {slip[:12]}… is used", f"凭条 {slip[:12]}… 已使用")


@rule("评分完整且只涉及被测评单位", "M147", needs="answers")
def answers_fit_the_questions(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """Answers judge units of the survey alone, each on every question; who does not know a unit leaves it out."""
    asked = {each.id for each in survey.questions}
    for answer in event.answers:
        for unit in sorted(answer.scores):
            where = f"{answer.slip[:12]}… {unit}"
            if unit not in survey.units:
                yield Detail(f"{where}: not in this survey", f"{where}：不在测评范围")
            elif answer.scores[unit].keys() != asked:
                yield Detail(f"{where}: not every question, or others", f"{where}：题目不符")


@rule("测评不指向个人", "M158; PIPL [V]", needs="answers")
def answers_lead_to_nobody(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """Answers are entered for nobody by name, and some at a time while more may come."""
    if context.on_behalf_of is not None:
        yield Detail("they are entered on nobody's behalf", "不得代具名者录入")
    left = len(survey.slips) - len(survey.answers)
    if len(event.answers) < min(BATCH, left) and not _is_over(survey, context):
        yield Detail(f"at least {BATCH} are entered together", f"每批至少 {BATCH} 份")


@rule("录入者未参与抽样和发放", "M090")
def collector_did_not_draw(survey: IndexSurvey, event: Any, context: Context) -> bool:
    """Whoever enters answers has neither drawn the sample nor handed out the tokens."""
    return {event.by, context.standing_in_for or event.by}.isdisjoint(survey.drawn_by)


@rule("测评期已满或已全部答复", "M147")
def answers_are_in(survey: IndexSurvey, event: Any, context: Context) -> Iterable[str]:
    """The time for answers is over, or everybody has answered."""
    clock = survey.clocks.get("consultation")
    if not _is_over(survey, context) and len(survey.answers) < len(survey.slips):
        until = clock.due.isoformat(timespec="minutes") if clock is not None and clock.due is not None else "?"
        yield Detail(f"it lasts until {until}", f"测评至 {until}")


@rule("尚无人答复", "M090")
def nobody_has_answered(survey: IndexSurvey, event: Any, context: Context) -> bool:
    """No answer is in yet."""
    return not survey.answers


def _is_over(survey: IndexSurvey, context: Context) -> bool:
    clock = survey.clocks.get("consultation")
    return clock is not None and clock.due is not None and context.now >= clock.due


@rule("公布文本已填", "M092", needs="public_text")
def result_is_put_in_words(survey: IndexSurvey, event: Any, context: Context) -> bool:
    """What is made public is put in words."""
    return bool(event.public_text.strip())
