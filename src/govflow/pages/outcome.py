"""What came of a proposal, on its page: publications, objections, implementation, appraisal, reply, links, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from govflow.messages import Event, RecordedEvent
from govflow.pages.parts import Facts, Linked, Part, Prose, Rows, Section, Speech, links, papers, public
from govflow.proposals import PROPOSAL, Proposal
from govflow.proposals import events as e
from govflow.proposals.workflow import PROPOSAL_WORKFLOW

_SHOWN: tuple[type[Event], ...] = (
    *(step.event for step in PROPOSAL_WORKFLOW.steps if step.to is not None),
    e.ProposalAmended, e.ProposalSplit, e.ProposalDelegated, e.StageRecorded, e.VotePostponed, e.BoxOpened,
    e.ProposerReplied,
)  # fmt: skip
"""What the page tells of: every event that moved the proposal, and a few more. Nothing that one person did unseen."""

_WITH_A_REASON = (
    e.ProposalReturned, e.ProposalRejected, e.ProposalSentBack, e.StageFailed, e.VotePostponed, e.VoteCancelled,
    e.VoteVoided, e.ResolutionReconsidered, e.ResolutionAnnulled, e.ImplementationAbandoned,
)  # fmt: skip
"""Where officials say why; a proposer's own words stay with the proposer."""


_LABELS = {step.event: step.command.label for step in PROPOSAL_WORKFLOW.steps}


def events_shown(history: Iterable[RecordedEvent]) -> tuple[RecordedEvent, ...]:
    """Those of the events that the page tells of."""
    return tuple(each for each in history if isinstance(each.body, _SHOWN))


def outcome_sections(
    proposal: Proposal,
    shown: Sequence[RecordedEvent],
    linked: Mapping[str, Linked],
    units: Mapping[str, str],
    speech: Speech,
) -> tuple[Section, ...]:
    """Everything from the first publication on."""
    return (
        _published(proposal, shown, speech),
        _implementation(proposal, shown, units, speech),
        _replies(shown, speech),
        Section("links", speech.t("links"), links(proposal, linked, speech)),
        _history(shown, speech),
    )


def _published(proposal: Proposal, shown: Sequence[RecordedEvent], speech: Speech) -> Section:
    """Every text that was published, and the objections that were raised while it was on notice."""
    t, statuses = speech.t, PROPOSAL.regions["objection"].workflow.statuses
    parts: list[Part] = []
    for each in shown:
        if isinstance(each.body, e.ResolutionPublished | e.ResultPublished):
            until = next((move.due for move in each.body.clocks if move.clock == "publicity"), None)
            key = "publication" if until is None else "publication.until"
            title = t(key, day=speech.day(each.body.at), **({} if until is None else {"until": speech.until(until)}))
            parts.append(Prose(title, each.body.public_text))
    rows = [
        (
            str(number),
            speech.day(each.since),
            public(each.reason),
            speech.status(each.status, statuses),
            public(each.decision),
        )
        for number, each in enumerate(proposal.items_of("objection").values(), 1)
    ]
    heads = [t(each) for each in ("no", "raised", "objection", "answer", "reason")]
    return Section("published", t("published"), [*parts, Rows(t("objections"), heads, rows)])


def _implementation(
    proposal: Proposal, shown: Sequence[RecordedEvent], units: Mapping[str, str], speech: Speech
) -> Section:
    t, statuses = speech.t, PROPOSAL.regions["ledger"].workflow.statuses
    begun = [each.body.at for each in shown if isinstance(each.body, e.ImplementationStarted)]
    limit = proposal.clocks.get("implementation")
    facts = [
        (t("implementer"), units.get(proposal.implementer or "", proposal.implementer or "")),
        (t("started"), speech.day(begun[-1]) if begun else ""),
        (t("until"), speech.until(limit.due) if limit is not None else ""),
        (t("suspended"), speech.until(proposal.suspended_until)),
    ]
    defects = [
        (public(each.what), speech.until(each.until), speech.status(each.status, statuses))
        for each in proposal.items_of("ledger").values()
    ]
    appraised = [
        (str(each.round + 1), str(each.invited), str(each.came), str(each.score)) for each in proposal.appraisals
    ]
    completed = [each.body for each in shown if isinstance(each.body, e.ImplementationCompleted)]
    held = [each.body for each in shown if isinstance(each.body, e.AppraisalHeld)]
    on_file = [(t("completion.day", day=speech.day(each.at)), each.papers) for each in completed]
    on_file += [(t("appraisal.day", day=speech.day(each.at)), each.papers) for each in held]
    return Section(
        "implementation",
        t("implementation"),
        [
            Facts(facts),
            Rows(
                t("completions"),
                (t("completed"), t("measure")),
                [(speech.day(each.at), public(each.measure)) for each in completed],
            ),
            Rows(t("defects"), (t("about"), t("until"), t("state")), defects),
            Rows(t("appraisals"), (t("round"), t("invited"), t("came"), t("score")), appraised),
            papers(proposal, t("shows"), on_file, speech),
        ],
    )


def _replies(shown: Sequence[RecordedEvent], speech: Speech) -> Section:
    t = speech.t
    parts: list[Part] = []
    for each in shown:
        if isinstance(each.body, e.ProposerReplied):
            said = each.body
            parts.append(Prose(t("reply.day", day=speech.day(said.at)), ""))
            names = ("request", "facts", "grounds", "conclusion")
            parts.append(Facts([(t(name), public(getattr(said, name))) for name in names]))
    return Section("reply", t("reply"), parts)


def _history(shown: Sequence[RecordedEvent], speech: Speech) -> Section:
    t = speech.t
    rows = [
        (
            speech.day(each.body.at),
            _label(each.body, speech),
            speech.term("role", each.meta.role or ""),
            _why(each.body),
        )
        for each in shown
    ]
    heads = (t("day"), t("event"), t("by"), t("reason"))
    used = 4 if any(row[-1] for row in rows) else 3  # no column for reasons where none was given
    return Section("history", t("history"), [Rows("", heads[:used], [row[:used] for row in rows])])


def _label(event: Event, speech: Speech) -> str:
    """What happened: in Chinese as the step is called, in English as the event is named."""
    said = speech.pick(event.name.partition(".")[2].replace("_", " "), _LABELS.get(type(event), ""))
    if not isinstance(event, e.VoteClosed) or event.tally is None:
        return said
    came_to = "carried" if event.tally.carried else "lost" if event.tally.quorate else "inquorate"
    return f"{said}: {speech.t(f'vote.{came_to}')}"


def _why(event: Event) -> str:
    return public(getattr(event, "reason", "")) if isinstance(event, _WITH_A_REASON) else ""
