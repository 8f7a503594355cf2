"""What a report says of its own ground 核查与证明: what checks objected to, which were made, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govflow.pages.parts import Alert, Facts, Note, Part, Prose, Rows, Section
from govflow.pages.report_values import Evidence, Inspection, Proofs
from govflow.pages.report_view import View

_SIGNED = "signed"
_PLACES = 12  # of damaged rows elsewhere, by number


def evidence_facts(evidence: Evidence, view: View) -> list[tuple[str, str]]:
    """What an auditor asks first: whether a check objected to anything, and whether the entries are signed."""
    t, findings, checks = view.speech.t, evidence.findings, evidence.checks
    if findings is None:
        objected = t("report.glance.unchecked")
    elif findings:
        objected = str(len(findings))
    else:
        objected = t("report.glance.none" if any(each.entries for each in checks) else "report.glance.nothing_checked")
    return [
        (t("report.checks.found"), objected),
        (t("report.glance.signed"), _signed(checks, evidence.proofs, view)),
    ]


def _signed(checks: Sequence[Inspection], proofs: Proofs | None, view: View) -> str:
    t = view.speech.t
    if proofs is None:
        return t("report.glance.unsigned")
    if not proofs.last:
        return ""
    compared = next((each for each in checks if each.check == _SIGNED and each.made), None)
    if compared is not None and compared.found:
        return t("report.glance.differs")
    if proofs.first > proofs.size:
        return t("report.glance.uncovered", size=proofs.size)
    said = t("report.glance.part" if proofs.uncovered else "report.glance.all", n=proofs.uncovered, size=proofs.size)
    return said if compared is not None else t("report.glance.uncompared", said=said)


def finding_alerts(evidence: Evidence, view: View) -> Iterator[Alert | Note]:
    """What nobody should miss of the checks: that something is wrong, could not be read, or is damaged elsewhere."""
    t, findings, places = view.speech.t, evidence.findings, evidence.elsewhere
    if evidence.is_cut:
        yield Alert(t("report.unreadable"))
    if findings:
        word = "finding" if len(findings) == 1 else "findings"
        yield Alert(t(f"report.alert.{word}", n=len(findings)))
    if places:
        named = [*map(str, places[:_PLACES]), *(["…"] if len(places) > _PLACES else [])]
        yield Note(t("report.elsewhere", places=t("report.numbers").join(named)))


def findings_section(evidence: Evidence, view: View) -> Section:
    """What a check of the log objected to, and which checks were made; that none was, where none was."""
    t, findings, checks = view.speech.t, evidence.findings, evidence.checks
    if findings is None:
        return Section("findings", t("report.findings"), [Note(t("report.checks.none"))])
    rows = [(each.code, view.speech.pick(each.en, each.zh), each.where, each.basis) for each in findings]
    heads = [t(f"report.{each}") for each in ("findings.code", "findings.says", "findings.where", "findings.basis")]
    parts: list[Part] = [Rows(t("report.findings.table"), heads, rows)]
    if not rows:
        is_checked = not checks or any(each.entries for each in checks)
        parts.append(Note(t("report.findings.none" if is_checked else "report.findings.nothing")))
    if (more := sum(each.found for each in checks) - len(rows)) > 0:
        parts.append(Note(t("report.more", n=more)))
    return Section("findings", t("report.findings"), [*parts, *_checks(checks, view)])


def _checks(checks: Sequence[Inspection], view: View) -> list[Part]:
    """Which checks were made, of how much: silence about the others is no claim."""
    t = view.speech.t
    rows = []
    for each in checks:
        counted = str(each.records), str(each.entries), str(each.found)
        rows.append(
            (t(f"report.checks.{each.check}"), *(counted if each.made else ("", "", t("report.checks.not_made"))))
        )
    heads = [t(f"report.checks.{each}") for each in ("check", "of", "entries", "found")]
    parts: list[Part] = [Rows(t("report.checks.table"), heads, rows)]
    unjudged = sum(each.unjudged for each in checks)
    parts += [Note(t("report.checks.unjudged", n=unjudged))] if unjudged else []
    return [*parts, Note(t("report.checks.rest"))] if checks else []


def proofs_section(evidence: Evidence, view: View) -> Section:
    """The signed checkpoint, the key, and the commands by which anybody checks them; or that there is none.

    Without any it says how to get one.
    """
    t, proofs, commands = view.speech.t, evidence.proofs, evidence.commands
    if proofs is None:
        how = [Note(t("report.proofs.sign"), commands)] if commands else []
        return Section("proofs", t("report.proofs"), [Note(t("report.proofs.none")), *how])
    place = t("report.proofs.range_of", first=proofs.first, last=proofs.last) if proofs.last else ""
    facts = [
        (t("report.proofs.size"), str(proofs.size)),
        (t("report.proofs.range"), place),
        (t("report.proofs.signed"), view.speech.when(proofs.signed_at)),
        (t("report.proofs.key"), proofs.vkey),
    ]
    parts: list[Part] = [Facts(facts), Prose(t("report.proofs.note"), proofs.note)]
    parts += [Note(t("report.proofs.uncovered", n=proofs.uncovered))] if proofs.uncovered else []
    parts.append(Note(t("report.proofs.elsewhere" if proofs.vkey else "report.proofs.no_key")))
    if proofs.commands:
        parts += [Note(t("report.proofs.save")), Note(t("report.proofs.how"), proofs.commands)]
    return Section("proofs", t("report.proofs"), parts)
