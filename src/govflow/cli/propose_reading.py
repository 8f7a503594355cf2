"""`govflow propose status | text | diff | page`: where a proposal stands, what it says and said, its public page."""

from __future__ import annotations

import difflib
import json as to_json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text as Styled

from govflow.actors import Actor, Role
from govflow.cli import words
from govflow.cli.display import SOFT, console, print_json
from govflow.cli.items import figures
from govflow.cli.logs import Db, Json, RecordId, Records, opened
from govflow.cli.next_steps import next_as_json, next_steps, print_next
from govflow.cli.propose_intake import of_a_proposal
from govflow.cli.rights import As, AsArea, AsRole, AsUnit, reader
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, lang, t
from govflow.engine import Engine
from govflow.errors import InputError, NotFound
from govflow.organisation import DIRECTORY_ID
from govflow.pages import Linked, proposal_page
from govflow.policy import BallotForm, Policy
from govflow.proposals import Proposal
from govflow.proposals.model import TextVersion
from govflow.records import Record
from govflow.regions.support import supporters, supporters_asked
from govflow.voting import Tally

_STYLES = {"+": "green", "-": "red", "@": "cyan"}

TextNumber = Annotated[int | None, typer.Option("--version", help="option.text_version", min=1, show_default=False)]


# --- where it stands -------------------------------------------------------------------------------------------------


def status(
    id: RecordId,
    db: Db,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Say where a proposal stands, who owes what, and what is next."""
    with opened(db, records) as engine:
        proposal = of_a_proposal(reader(engine, actor, role, unit, area), id)
        if json:
            print_json(_as_json(engine, proposal))
            return
        out = console()
        out.print(Styled.assemble((proposal.id, "bold"), "  ", clean(proposal.title_line)))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style=SOFT)
        grid.add_column(overflow="fold")
        for name, value in facts(engine, proposal):
            grid.add_row(name, Styled(clean(value)))
        out.print(grid)
        print_next(engine, proposal)


def _as_json(engine: Engine, proposal: Proposal) -> dict[str, Any]:
    procedure = proposal.procedure or engine.policy.procedure(proposal.track)
    asked = [
        {"capacity": each.capacity, "given": supporters(proposal, each.capacity), "asked": wanted}
        for each in (procedure.support if procedure is not None else ())
        for wanted in (supporters_asked(each, proposal.area, policy_of(engine, proposal)),)
    ]
    vote = proposal.vote
    return {
        "id": proposal.id,
        "title": proposal.title_line,
        "status": proposal.status,
        "track": proposal.track,
        "text_version": proposal.text_version,
        "supporters": asked,
        "stakeholders": len(proposal.stakeholders),
        "stages": [
            {name: getattr(each, name) for name in ("key", "status", "entitled", "present", "in_favour", "against")}
            for each in proposal.items_of("stage").values()
        ],
        "vote": None if vote is None else {"round": proposal.votes, "status": vote.status, "cast": len(vote.cast)},
        "tally": None if vote is None or vote.tally is None else to_json.loads(vote.tally.model_dump_json()),
        "open_loops": [loop.model_dump(mode="json") for loop in engine.open_loops(proposal.id)],
        "next": [next_as_json(each) for each in next_steps(engine, proposal)],
    }


def policy_of(engine: Engine, record: Record) -> Policy:
    """The policy that a record runs under."""
    return engine.log.policies.get(record.policy, engine.policy)


def facts(engine: Engine, proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What there is to say of a proposal, by name: what is not there yet is left out."""
    flow = engine.deciders[proposal.kind_of_record].workflow
    yield t("fact.state"), words.state(flow, proposal.status)
    procedure = proposal.procedure or engine.policy.procedure(proposal.track)
    if procedure is not None:
        pinned = "" if proposal.procedure is not None else t("propose.not_pinned")
        yield t("propose.track"), (procedure.zh if is_zh() else procedure.en) + pinned
        for each in procedure.support:
            asked = supporters_asked(each, proposal.area, policy_of(engine, proposal))
            stand = supporters(proposal, each.capacity)
            capacity = words.term("capacity", each.capacity)
            yield (
                t("propose.supporters"),
                t("propose.supported", n=stand, asked="?" if asked is None else asked, capacity=capacity),
            )
    if proposal.text is not None:
        yield t("propose.text"), t("propose.text_of", n=proposal.text_version, day=words.when(proposal.text.at, engine))
    if proposal.stakeholders:
        yield t("propose.stakeholders"), str(len(proposal.stakeholders))
    if opinions := proposal.items_of("opinion"):
        counted = {
            status: sum(each.status == status for each in opinions.values()) for status in _statuses(engine, "opinion")
        }
        told = (
            f"{words.item_state(engine.deciders['proposal'], 'opinion', name)} {n}" for name, n in counted.items() if n
        )
        yield t("propose.opinions"), t("comma").join(told)
    for key, stage in proposal.items_of("stage").items():
        state = words.item_state(engine.deciders["proposal"], "stage", stage.status)
        counts = figures(stage)
        name = stage_name(proposal, key, stage.title)
        yield t("propose.stage"), t("comma").join(filter(None, (f"{name}: {state}", counts)))
    yield from _votes(engine, proposal)
    if proposal.implementer:
        yield t("propose.implementer"), proposal.implementer
    if (held := proposal.appraisal) is not None:
        yield t("propose.appraisal"), t("propose.appraised", invited=held.invited, came=held.came, score=held.score)


def _statuses(engine: Engine, region: str) -> list[str]:
    return [each.value for each in engine.deciders["proposal"].regions[region].workflow.statuses]


def stage_name(proposal: Proposal, key: str, title: str) -> str:
    """A stage as the procedure calls it in the reader's language."""
    id = key.partition(".")[2]
    found = proposal.procedure.stage(id) if proposal.procedure is not None else None
    return found.zh if found is not None and is_zh() else title or id


def _votes(engine: Engine, proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Each round of voting. While it runs nothing is said of how it stands, only how many have voted."""
    for key, vote in proposal.items_of("vote").items():
        state = words.item_state(engine.deciders["proposal"], "vote", vote.status)
        said = t("propose.round", n=key, question=vote.question, state=state)
        if vote.status == "announced":
            said += t(
                "propose.opens", opens=words.when(vote.opens_at, engine), closes=words.when(vote.closes_at, engine)
            )
        if vote.status == "open":
            said += t("propose.closes", closes=words.when(vote.closes_at, engine))
            if vote.form is not BallotForm.HANDS:
                said += t("propose.have_voted", n=len(vote.cast), all=len(vote.roll))
        yield t("propose.vote"), said
        for finding in vote.tally.why if isinstance(vote.tally, Tally) else ():
            yield "", f"· {finding.zh if is_zh() else finding.en}"


# --- what it says ----------------------------------------------------------------------------------------------------


def text(
    id: RecordId,
    db: Db,
    version: TextNumber = None,
    every: Annotated[bool, typer.Option("--all", help="option.every_version")] = False,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Print the text of a proposal."""
    with opened(db, records) as engine:
        proposal = of_a_proposal(reader(engine, actor, role, unit, area), id)
        chosen = proposal.texts if every else (_version(proposal, version),)
        if json:
            told = [each.model_dump(mode="json", exclude={"by"}) for each in chosen]
            print_json(told if every else told[0])
            return
        for place, each in enumerate(chosen):
            if place:
                print()
            console().print(clean(each.title), style="bold")
            console().print(t("propose.text_of", n=each.number, day=words.when(each.at, engine)), style=SOFT)
            print(clean(each.text, keep="\n"))


def _version(proposal: Proposal, number: int | None) -> TextVersion:
    if number is not None and number > len(proposal.texts):
        raise InputError(t("propose.no_version", n=number), where="--version", expected=f"1 … {len(proposal.texts)}")
    return proposal.texts[(number or 0) - 1]


def diff(
    id: RecordId,
    db: Db,
    before: Annotated[int | None, typer.Option("--from", help="option.diff_from", min=1, show_default=False)] = None,
    after: Annotated[int | None, typer.Option("--to", help="option.diff_to", min=1, show_default=False)] = None,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Show what changed between two versions of the text."""
    with opened(db, records) as engine:
        proposal = of_a_proposal(reader(engine, actor, role, unit, area), id)
        new = _version(proposal, after)
        old = _version(proposal, before or max(new.number - 1, 1))
        lines = [*unified(old, new)]
        if json:
            print_json({"from": old.number, "to": new.number, "lines": lines})
            return
        if not lines:
            console().print(t("propose.same_text", old=old.number, new=new.number))
        for line in lines:
            console().print(Styled(clean(line), _STYLES.get(line[:1], "")), soft_wrap=True)


def unified(old: TextVersion, new: TextVersion) -> Iterator[str]:
    """The changes from one version to another as a unified diff, its title as the first line."""
    before, after = ([each.title, *each.text.splitlines()] for each in (old, new))
    was, now = (t("propose.nth_version", n=each.number) for each in (old, new))
    yield from difflib.unified_diff(before, after, was, now, lineterm="")


def page(
    id: RecordId,
    db: Db,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="option.page_out", metavar="FILE")] = None,
    records: Records = None,
) -> None:
    """Write the public page of a proposal."""
    with opened(db, records) as engine:
        proposal = of_a_proposal(engine, id)
        written = proposal_page(
            proposal,
            (engine.log.codec.recorded(row) for row in engine.store.read(id)),
            policy=policy_of(engine, proposal),
            at=engine.now(),
            language=lang(),
            linked=linked_records(engine, proposal),
            units=unit_titles(engine),
        )
    if out is None:
        print(written)
    else:
        out.write_text(written, encoding="utf-8")
        console().print(clean(t("propose.page_written", path=out, id=id)))


EVERYBODY = Actor.of("everybody", Role.RESIDENT)
"""For whom public pages are written."""


def linked_records(engine: Engine, record: Record) -> dict[str, Linked]:
    """The records it is tied to, as far as everybody may read them."""
    everybody, found = engine.seen_by(EVERYBODY), {}
    for tie in record.items_of("link").values():
        try:
            other = everybody.get(tie.other)
        except NotFound:
            continue
        state = words.state(engine.deciders[other.kind_of_record].workflow, other.status)
        found[other.id] = Linked(other.id, other.title_line, state)
    return found


def unit_titles(engine: Engine) -> dict[str, str]:
    """The titles of the units in the directory, if there is one."""
    directory = engine.log.current(DIRECTORY_ID)
    return {} if directory is None else {key: unit.title for key, unit in directory.items_of("unit").items()}
