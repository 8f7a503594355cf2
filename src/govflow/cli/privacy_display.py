"""How `govflow privacy` shows people, what was read of them, and everything a log holds of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.cli import words
from govflow.cli.display import console, event_as_json, print_json, table
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.disclosing import Disclosure, Given, Reading
from govflow.engine import Engine
from govflow.messages import RecordedEvent
from govflow.subjects import DataSubject, place_of
from govflow.subjects.workflow import SUBJECT_WORKFLOW


def line_of(engine: Engine, subject: str) -> dict[str, Any]:
    """One person in figures: records that hold data of theirs, readings, legal holds."""
    person = engine.person(subject) or DataSubject()
    status = "erased" if subject in engine.log.erased else person.status or "known"
    stands_in = len(engine.vault.keys.records_of(subject))
    return {
        "subject": subject,
        "status": status,
        "records": stands_in,
        "reads": person.reads,
        "holds": len(person.holds),
    }


def status_of(status: str) -> str:
    """A person's status by its identifier, or in Chinese by its term."""
    return words.state(SUBJECT_WORKFLOW, status)


def print_readings(engine: Engine, readings: Iterable[Reading]) -> None:
    """Who read what and why, two lines each; that nobody did, where nobody did."""
    out, none = console(), True
    for each in readings:
        none = False
        out.print(f"  {words.when(each.at, engine)}  {clean(_reader(each))}")
        place = place_of(each.record, each.version, each.field)
        out.print(clean(f"    {place}: {each.why}"), soft_wrap=True)
    if none:
        out.print(t("privacy.not_read"))


def _reader(each: Reading) -> str:
    """Who read it, as what."""
    unit = f"@{each.unit}" if each.unit else ""
    return f"{each.by} · {words.term('role', each.role or '')}{unit}"


def as_json(engine: Engine, found: Disclosure) -> dict[str, Any]:
    """Everything about one person as JSON."""
    return {
        "subject": found.subject,
        "status": found.status,
        "at": found.at.isoformat(),
        "values": [{**each._asdict(), "at": each.at.isoformat()} for each in found.values],
        "readings": [{**each._asdict(), "at": each.at.isoformat()} for each in found.readings],
        "decisions": [event_as_json(engine, each) for each in found.decisions],
        "texts_of_others": [each.model_dump(mode="json", exclude={"dealt"}) for each in found.texts_of_others],
    }


def print_all(engine: Engine, found: Disclosure) -> None:
    """Everything about one person, for them: values, readings, what was done."""
    out = console()
    out.print(t("privacy.of", subject=clean(found.subject), status=status_of(found.status)))
    rows = [
        (f"{each.record}#{each.version}", each.field, words.when(each.at, engine), _text_of(each))
        for each in found.values
    ]
    heads = (t("privacy.place"), t("privacy.field"), t("occurred"), t("privacy.text"))
    out.print(table(*heads, rows=rows, keep=(0, 1)) if rows else t("privacy.nothing"))
    if found.readings:
        out.print(f"\n{t('privacy.was_read')}")
        print_readings(engine, found.readings)
    out.print(f"\n{t('privacy.was_decided')}")
    labels = words.labels(engine.deciders.values())
    for each in found.decisions:
        done = clean(labels.get(each.meta.wire, each.name))
        out.print(f"  {words.when(each.body.at, engine)} {done} {each.meta.actor}{_why(each)}")
    for text in found.texts_of_others:
        place = f"{text.record}#{text.version}.{text.field}"
        out.print(t("privacy.other", place=place, owner=text.owner))


def _text_of(each: Given) -> str:
    shown = "" if each.shown == "clear" else t(f"privacy.shown_{each.shown}")
    return " ".join(filter(None, (clean(each.text or ""), shown)))


def _why(decided: RecordedEvent) -> str:
    """On what basis or for what reason something was done, by whose authority, on a request of which day."""
    said = decided.body.__dict__
    why = [clean(str(said[name])) for name in ("basis", "reason", "authority") if said.get(name)]
    if said.get("requested_on"):
        why.append(t("privacy.requested", day=said["requested_on"]))
    return ": " + " · ".join(why) if why else ""


def print_person(person: DataSubject, *, as_json: bool, **more: object) -> None:
    """Where a person's record stands after a decision; for programs with what more there is to say."""
    if as_json:
        holds = [each.model_dump(mode="json") for each in person.holds.values()]
        said = {"subject": person.subject, "status": person.status, "version": person.version, "holds": holds}
        print_json({**said, **more})
        return
    console().print(t("privacy.stands", subject=clean(person.subject), status=status_of(person.status)))
    for each in person.holds.values():
        console().print(t("privacy.held", hold=each.id, authority=clean(each.authority), reason=clean(each.reason)))
