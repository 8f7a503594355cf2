"""Who needed what, who takes part and what each brought, on a project's page; and its money, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.pages.parts import Cell, Facts, Note, Part, Prose, Rows, Section
from govflow.pages.project_view import View, grouped
from govflow.projects import events as e
from govflow.projects.claim import ClaimStatus
from govflow.projects.lines import BudgetLine, BudgetStatus, ExpenseStatus, lines_of, spending_of, spent_of
from govflow.projects.model import Party
from govflow.projects.money import PAY_BACK, FundSource, statement_of
from govflow.regions.commitment import Commitment, CommitmentStatus
from govflow.regions.contribution import Contribution

# --- the need --------------------------------------------------------------------------------------------------------


def need_section(view: View) -> Section:
    """What was needed, by whom it was put on record, and who claimed it."""
    t, project = view.speech.t, view.project
    need, proposed = project.need, next(iter(view.happened(e.ProjectProposed)), None)
    role = next((each.meta.role for each in view.history if isinstance(each.body, e.ProjectProposed)), None)
    facts = [
        (t("need.from"), view.unit(proposed.unit if proposed and proposed.unit else role)),
        (t("need.measure"), measured(view, need)),
        (t("need.skills"), view.speech.listed(need.skills)),
        (t("need.households"), str(need.households or "")),
        (
            t("need.term"),
            t("need.from_to", a=need.begins or "…", b=need.ends or "…") if need.begins or need.ends else "",
        ),
        (t("need.urgent"), t("yes") if need.urgent else ""),
        (t("need.claims"), _claiming(view)),
    ]
    text = project.text if project.text.strip() != project.title.strip() else ""
    parts: list[Part] = [Prose(t("need.text"), text)] if text else []
    return Section("need", t("need"), [*parts, Facts(facts), _claims(view)])


def measured(view: View, said: Any) -> str:
    """How much of what, of a need, a promise or an offer: money in yuan, all else in its own measure."""
    if said.matter is None:
        return ""
    matter = view.speech.term("matter", said.matter)
    much = view.money(said.amount) if said.amount else f"{said.quantity or 0} {said.measure_unit or ''}".strip()
    return view.speech.t("colon", a=matter, b=much)


def _claiming(view: View) -> str:
    listed = [*view.happened(e.DemandListed)]
    if not listed:
        return ""
    how = view.speech.t("need.one" if listed[-1].exclusive else "need.several")
    due = next((move.due for move in listed[-1].clocks if move.clock == "claim"), listed[-1].until)
    return view.speech.t("need.until", how=how, until=view.speech.until(due)) if due else how


def _claims(view: View) -> Rows:
    t = view.speech.t
    rows = []
    for each in view.project.items_of("claim").values():
        state = view.speech.status(each.status, ClaimStatus)
        how = view.speech.listed((state, t("claims.arranged") if each.arranged else ""))
        rows.append((view.unit(each.claimer), each.capacity, view.speech.day(each.since), how))
    return Rows(t("claims"), (t("claims.unit"), t("claims.capacity"), t("day"), t("state")), rows)


# --- partners --------------------------------------------------------------------------------------------------------


def partners_section(view: View) -> Section:
    """Who takes part, as what, and what each promised and brought."""
    t = view.speech.t
    parties = [(view.unit(each.unit), _as(view, each)) for each in view.project.parties_named]
    shown = [each for each in view.project.items_of("commitment").values() if is_told(each)]
    hidden = len(view.project.items_of("commitment")) - len(shown)
    heads = [t(each) for each in ("claims.unit", "promise", "promise.until", "promise.brought", "state")]
    parts: list[Part] = [
        Rows(t("partners.parties"), (t("claims.unit"), t("partners.as")), parties),
        Rows(t("promises"), heads, [_promise(view, each) for each in shown]),
    ]
    return Section("partners", t("partners"), [*parts, Note(t("promises.hidden", n=hidden))] if hidden else parts)


def is_told(promise: Commitment) -> bool:
    """Whether everybody may read a promise: one made in public, or of money that is owed back to the project."""
    return promise.public or promise.key.startswith(f"{PAY_BACK}.")


def _as(view: View, party: Party) -> str:
    t = view.speech.t
    builds = t("partners.builds") if party.builds else ""
    contract = t("partners.contract", text=party.contract) if party.contract.strip() else ""
    return view.speech.listed((view.speech.term("party", party.role), builds, contract))


def promised(view: View, promise: Commitment) -> str:
    """What is promised, in its own words; of money paid back in ours."""
    return promise.promise if promise.public else view.speech.t("promise.pay_back")


def _promise(view: View, each: Commitment) -> tuple[Cell, ...]:
    t = view.speech.t
    what = promised(view, each)
    if much := measured(view, each):
        what = t("bracket", a=what, b=much) if what else much
    was_late = each.was_broken and each.status == CommitmentStatus.KEPT
    state = view.speech.listed(
        (view.speech.status(each.status, CommitmentStatus), t("promise.late") if was_late else "")
    )
    return view.unit(each.owes), what, view.speech.until(each.until), _brought(view, each), state


def _brought(view: View, each: Commitment) -> Cell:
    if not each.measure:
        return ""
    if each.matter == Contribution.MONEY:
        return view.moneys(each.delivered, each.measure)
    return view.share(each.delivered, each.measure, f"{each.delivered} {each.measure_unit}".strip())


# --- money -----------------------------------------------------------------------------------------------------------


def money_section(view: View) -> Section:
    """What was approved, where money comes from, what it is spent on."""
    t, project = view.speech.t, view.project
    vouchers, public = [*project.items_of("expense").values()], [*_of_envelopes(view)]
    if not any(lines_of(project)) and project.budget is None:
        return Section("money", t("money"), ())
    leverage, fiscal = "", sum(come for *_, come in public)
    if fiscal:
        hundredths = (statement_of(project).received - fiscal) * 100 // fiscal  # cut: nobody boasts of a fraction
        leverage = t("money.leverage.of", n=grouped(hundredths))
    out = sum(each.status in (ExpenseStatus.DISALLOWED, ExpenseStatus.REVERSED) for each in vouchers)
    ok = sum(each.status == ExpenseStatus.VERIFIED for each in vouchers)
    facts = [
        (t("money.approved"), view.money(project.budget)),
        (t("money.leverage"), leverage),
        (t("money.vouchers"), t("money.vouchers.of", n=len(vouchers), ok=ok, out=out) if vouchers else ""),
    ]
    return Section("money", t("money"), [Facts(facts), _money_in(view), _money_out(view)])


def _money_in(view: View) -> Rows:
    t = view.speech.t
    heads = [t(each) for each in ("money.source", "money.giver", "money.there", "money.come")]
    rows = [*_of_envelopes(view), *_of_promises(view)]
    if rows:
        there, come = sum(row[2] for row in rows), statement_of(view.project).received
        total = [(t("money.total"), "", view.money(there), view.moneys(come, there))]
        shown = [(source, giver, view.money(much), view.moneys(got, much)) for source, giver, much, got in rows]
        return Rows(t("money.in"), heads, [*shown, *total])
    return Rows(t("money.in"), heads, [])


_Sum = tuple[str, str, int, int]
"""Source, giver, how much is promised or set aside, how much has come in, in minor units."""


def _of_envelopes(view: View) -> Iterator[_Sum]:
    """Public money, envelope by envelope: what is set aside is there."""
    lines = [each for each in lines_of(view.project) if each.source == FundSource.FISCAL]
    for id in dict.fromkeys(each.envelope for each in lines):
        held = sum(each.held for each in lines if each.envelope == id)
        if held:
            giver = view.speech.t("money.envelope", id=id) if id else ""
            yield view.speech.term("source", FundSource.FISCAL.value), giver, held, held


def _of_promises(view: View) -> Iterator[_Sum]:
    """Other money, promise by promise; those that are not for everybody in one sum."""
    t, hidden = view.speech.t, [0, 0]
    lines = [*lines_of(view.project)]
    for key, each in view.project.items_of("commitment").items():
        if each.matter != Contribution.MONEY or key.startswith(f"{PAY_BACK}."):
            continue
        there = each.delivered_amount if each.status == CommitmentStatus.RELEASED else each.amount
        if not is_told(each):
            hidden = [hidden[0] + there, hidden[1] + each.delivered_amount]
        elif there:
            sources = dict.fromkeys(view.speech.term("source", line.source) for line in lines if line.commitment == key)
            source = view.speech.listed(sources) or t("money.unplanned")
            yield source, view.unit(each.owes), there, each.delivered_amount
    if hidden[0]:
        yield t("money.hidden"), "", hidden[0], hidden[1]


def _money_out(view: View) -> Rows:
    t, project = view.speech.t, view.project
    names = ("money.line", "money.source", "decision.budget", "money.spent", "money.unverified", "state")
    rows = [_line(view, each) for each in lines_of(project)]
    if len(rows) > 1:
        budgeted, spent = sum(each.amount for each in lines_of(project)), spent_of(project)
        unchecked = spending_of(project) - spent
        rows.append(
            (t("money.total"), "", view.money(budgeted), view.moneys(spent, budgeted), _unchecked(view, unchecked), "")
        )
    used = [0, 1, 2, 3, *([4] if any(row[4] for row in rows) else []), 5]
    return Rows(t("money.out"), [t(names[each]) for each in used], [[row[each] for each in used] for row in rows])


def _unchecked(view: View, amount: int) -> str:
    return view.money(amount) if amount else ""


def _line(view: View, line: BudgetLine) -> tuple[Cell, ...]:
    spent = spent_of(view.project, line.key)
    return (
        line.purpose or line.key,
        view.speech.term("source", line.source),
        view.money(line.amount),
        view.moneys(spent, line.amount),
        _unchecked(view, spending_of(view.project, line.key) - spent),
        view.speech.status(line.status, BudgetStatus),
    )
