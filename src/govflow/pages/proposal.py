"""The public page of a proposal 提案公开页: text, opinions, stages, votes, objections, result: no names, no ballots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from govflow.errors import InputError
from govflow.messages import Event, RecordedEvent
from govflow.pages.changes import changes
from govflow.pages.outcome import events_shown, outcome_sections
from govflow.pages.parts import (
    Changed,
    Facts,
    Linked,
    Note,
    Part,
    Phase,
    Prose,
    Rows,
    Section,
    Speech,
    limits,
    papers,
    phases,
    public,
    rendered,
)
from govflow.pages.votes import votes_section
from govflow.policy import Policy
from govflow.proposals import PROPOSAL, Proposal
from govflow.proposals.events import VoteClosed
from govflow.proposals.workflow import PROPOSAL_WORKFLOW
from govflow.regions.support import supporters, supporters_asked
from govflow.workflow import Rest

_MAIN_WAY = (
    "submitted", "screening", "consulting", "deliberating", "voting", "adopted", "published", "implementing",
    "appraised", "result_published",
)  # fmt: skip
LANGUAGES = ("en", "zh-CN")


def proposal_page(
    proposal: Proposal,
    history: Iterable[RecordedEvent],
    *,
    policy: Policy,
    at: datetime,
    language: str = "en",
    linked: Mapping[str, Linked] | None = None,
    units: Mapping[str, str] | None = None,
) -> str:
    """The page of a proposal as HTML in `language` (en or zh-CN), as of the moment `at`.

    `history` are its events, `policy` the one it runs under; `linked` are the records that everybody may read, by id
    (others are counted), `units` the names of units by id. Nobody stands on it who is not a unit. Raises InputError.
    """
    if language not in LANGUAGES:
        raise InputError(f"no page is written in {language}", where="language", expected=" | ".join(LANGUAGES))
    speech = Speech(language, policy.zone)
    shown = events_shown(history)
    names = units or {}
    sections = (
        _overview(proposal, policy, at, speech),
        _text(proposal, speech),
        _opinions(proposal, speech),
        _stages(proposal, speech),
        votes_section(proposal, shown, policy, speech),
        *outcome_sections(proposal, shown, linked or {}, names, speech),
    )
    return rendered(
        speech=speech,
        title=proposal.title_line,
        number=proposal.id,
        state=speech.state(PROPOSAL_WORKFLOW, proposal.status),
        made=speech.t("page.made", at=speech.when(at), events=proposal.version, id=proposal.id),
        phases=_phases(proposal, shown, speech),
        sections=sections,
    )


def _phases(proposal: Proposal, shown: Sequence[RecordedEvent], speech: Speech) -> list[Phase]:
    passed = {status for each in shown for status in _reached(each.body)}
    is_open = PROPOSAL_WORKFLOW.rests[proposal.status] is Rest.OPEN

    def name(status: str) -> str:
        return speech.t(f"phase.{status}") if status in _MAIN_WAY else speech.state(PROPOSAL_WORKFLOW, status)

    return phases(_MAIN_WAY, passed, proposal.status, is_open, name)


def _reached(event: Event) -> Iterator[str]:
    """The statuses that an event led to: of a vote that was closed its result tells which."""
    if isinstance(event, VoteClosed):
        yield "adopted" if event.tally is not None and event.tally.carried else "voting"
    else:
        yield from (str(step.to) for step in PROPOSAL_WORKFLOW.steps if step.event is type(event) and step.to)


# --- before it is decided --------------------------------------------------------------------------------------------


def _overview(proposal: Proposal, policy: Policy, at: datetime, speech: Speech) -> Section:
    t = speech.t
    procedure = proposal.procedure or policy.procedure(proposal.track)
    facts = [
        (t("track"), "" if procedure is None else speech.pick(procedure.en, procedure.zh)),
        (t("basis"), "" if procedure is None else procedure.basis),
        (t("kind"), speech.term("kind", proposal.kind)),
        (t("area"), proposal.area),
        (t("subject"), proposal.subject),
        (t("begun"), speech.day(proposal.opened_at)),
        (t("supporters"), _supporters(proposal, policy, speech)),
        (t("co_proposers"), _people(len(proposal.co_proposers), speech)),
        (t("stakeholders"), _people(len(proposal.stakeholders), speech)),
        (t("risk"), _check(proposal.risk, speech)),
        (t("legality"), _check(proposal.legality, speech)),
    ]
    if proposal.delegated_to and (body := policy.body(proposal.delegated_to)) is not None:
        facts.append((t("delegated"), speech.pick(body.en, body.zh)))
    return Section("overview", t("overview"), (Facts(facts), limits(proposal.clocks.values(), at, speech)))


def _people(number: int, speech: Speech) -> str:
    return speech.t("people", n=number) if number else ""


def _supporters(proposal: Proposal, policy: Policy, speech: Speech) -> str:
    """How many stand in each capacity, and how many are asked where a threshold is known."""
    procedure = proposal.procedure or policy.procedure(proposal.track)
    asked = {
        each.capacity: supporters_asked(each, proposal.area, policy)
        for each in (procedure.support if procedure else ())
    }
    standing = {each.capacity for each in proposal.items_of("support").values() if each.status == "given"}
    told = []
    for capacity in dict.fromkeys((*asked, *sorted(standing))):
        wanted, n = asked.get(capacity), supporters(proposal, capacity)
        key = "supported_plain" if wanted is None else "supported"
        told.append(
            speech.t(
                key, n=n, capacity=speech.term("capacity", capacity), **({} if wanted is None else {"asked": wanted})
            )
        )
    return speech.listed(told)


def _check(check: Any, speech: Speech) -> str:
    if check is None:
        return ""
    return speech.t("check", result=speech.t("good" if check.good else "bad"), n=check.version)


def _text(proposal: Proposal, speech: Speech) -> Section:
    """The text as it stands, and every version before it with what the next one changed."""
    parts: list[Part] = []
    if (now := proposal.text) is not None:
        parts.append(Prose(speech.t("text.now", n=now.number, day=speech.day(now.at)), f"{now.title}\n\n{now.text}"))
    for before, after in zip(reversed(proposal.texts[:-1]), reversed(proposal.texts[1:]), strict=True):
        title = speech.t("text.before", n=before.number, day=speech.day(before.at), next=after.number)
        pieces = changes(f"{before.title}\n\n{before.text}", f"{after.title}\n\n{after.text}")
        parts.append(Changed(title, tuple(pieces)))
    return Section("text", speech.t("text"), parts)


def _opinions(proposal: Proposal, speech: Speech) -> Section:
    """What each opinion was about and what became of it: neither what it said nor whose it was."""
    statuses = PROPOSAL.regions["opinion"].workflow.statuses
    rows = [
        (
            str(number),
            speech.term("participant", each.participant or ""),
            public(each.about),
            speech.status(each.status, statuses),
            public(each.reason),
            str(each.text_version or ""),
        )
        for number, each in enumerate(proposal.items_of("opinion").values(), 1)
    ]
    heads = [speech.t(each) for each in ("no", "from", "about", "answer", "reason", "taken_up")]
    parts: list[Part] = [Rows("", heads, rows)]
    return Section("opinions", speech.t("opinions"), [*parts, Note(speech.t("opinions.note"))] if rows else [])


def _stages(proposal: Proposal, speech: Speech) -> Section:
    t, statuses = speech.t, PROPOSAL.regions["stage"].workflow.statuses
    return Section(
        "stages",
        t("stages"),
        [
            Rows(
                "",
                (t("stage"), t("round"), t("result"), t("there"), t("in_favour"), t("against")),
                [
                    (
                        _stage_name(proposal, key, stage, speech),
                        str(stage.round),
                        speech.status(stage.status, statuses),
                        t("of", n=stage.present, all=stage.entitled) if stage.entitled else "",
                        str(stage.in_favour) if stage.entitled else "",
                        str(stage.against) if stage.entitled else "",
                    )
                    for key, stage in proposal.items_of("stage").items()
                ],
            ),
            papers(
                proposal,
                t("stage"),
                [
                    (_stage_name(proposal, key, stage, speech), stage.papers)
                    for key, stage in proposal.items_of("stage").items()
                ],
                speech,
            ),
        ],
    )


def _stage_name(proposal: Proposal, key: str, stage: Any, speech: Speech) -> str:
    found = proposal.procedure.stage(key.partition(".")[2]) if proposal.procedure is not None else None
    return speech.pick(found.en, found.zh) if found is not None else str(stage.title)
