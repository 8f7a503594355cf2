"""The record of an erasure 个人信息删除记录 on one page: that it was done, why, by whom, and how anybody checks it.

What is told stands in the log in clear: a pseudonym, ids, the basis in law. No name can stand on it: they are erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Literal, NamedTuple

from govflow.pages.parts import Facts, Note, Part, Rows, Section, Speech, rendered
from govflow.pages.report_page import speech_of
from govflow.pages.report_values import Proofs

Held = Literal["holds", "broken", "not_judged"]


class HeldTo(NamedTuple):
    """A rule that was asked, in English and Chinese, its source, and what came of it when it was judged again."""

    en: str
    zh: str
    basis: str
    verdict: Held


class OtherText(NamedTuple):
    """A text of somebody else that spoke of the person: where it stands, and what became of it."""

    place: str
    dealt: str


class Erasure(NamedTuple):
    """What a log says of one erasure: whose, when, by whom and as what, why, where the data stood, and what vouches.

    `keys_left` is None where the log's own key store is not at hand; `moved` is from which state to which, `row` the
    row of the table; `unit` is the unit of whoever decided, by title.
    """

    subject: str
    log: str
    at: datetime
    place: int
    by: str
    role: str
    unit: str
    basis: str
    authority: str
    requested_on: str
    row: str
    records: Sequence[str]
    texts: Sequence[OtherText]
    rules: Sequence[HeldTo]
    keys_left: int | None
    proofs: Proofs | None
    commands: Sequence[str]


def erasure_page(erased: Erasure, made_at: datetime, zone: tzinfo, *, language: str = "en") -> str:
    """The page as HTML in `language` (en or zh-CN), to be printed or handed on. Raises InputError."""
    speech = speech_of(zone, language)
    t = speech.t
    role = speech.term("role", erased.role)
    decided = [
        (t("erasure.basis"), erased.basis),
        (t("erasure.authority"), erased.authority),
        (t("erasure.asked"), erased.requested_on),
        (t("erasure.by"), t("erasure.as", by=erased.by, role=role, unit=erased.unit).rstrip("@ ")),
        (t("erasure.at"), t("erasure.at_place", at=speech.when(erased.at), n=erased.place)),
        (t("erasure.records"), speech.listed(erased.records)),
        (t("erasure.keys"), t("erasure.unknown") if erased.keys_left is None else str(erased.keys_left)),
    ]
    told: list[Part] = [
        Facts(decided),
        Rows(
            t("erasure.texts"),
            (t("erasure.place"), t("erasure.became")),
            [(each.place, t(f"erasure.{each.dealt}")) for each in erased.texts],
        ),
        Note(t("erasure.stays")),
    ]
    rules = [
        (speech.pick(each.en, each.zh), t(f"erasure.{each.verdict}"), "" if each.basis == "design" else each.basis)
        for each in erased.rules
    ]
    heads = (t("erasure.rule"), t("erasure.verdict"), t("erasure.source"))
    return rendered(
        speech=speech,
        title=t("erasure.title"),
        number=erased.subject,
        state=t("erasure.done"),
        made=t("erasure.made", at=speech.when(made_at), log=erased.log, zone=zone),
        phases=(),
        sections=[
            Section("decided", t("erasure.decided"), told),
            Section("rules", t("erasure.rules"), [Rows(t("erasure.judged", row=erased.row), heads, rules)]),
            Section("proofs", t("erasure.proofs"), _proofs(erased, speech)),
        ],
        kind="erasure",
        wide=True,
    )


def _proofs(erased: Erasure, speech: Speech) -> list[Part]:
    """The newest signed head where it covers the decision, and the commands that check it; else how to sign one."""
    t, proofs = speech.t, erased.proofs
    if proofs is None or proofs.uncovered:
        return [Note(t("erasure.unsigned"), erased.commands)]
    covered = t("erasure.signed", at=speech.when(proofs.signed_at), n=proofs.size)
    return [Note(covered), Note(t("erasure.check"), erased.commands)]
