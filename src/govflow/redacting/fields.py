"""What the fields of events hold, by their names: people, units, ids of other things, codes, digests, or texts.

A field that is not named here and holds ids may hold people: what stands in it is replaced, save known units and
records. So a kind of record of one's own gives nobody away because nobody thought of it here.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from govflow.calendars import Calendar
from govflow.messages import Event, Protected
from govflow.policy import Policy


class Holds(StrEnum):
    """What stands in a field."""

    PERSON = "person"
    MAYBE = "maybe"  # a person, or a unit: a person, where nothing says that it is a unit
    UNIT = "unit"
    OTHER = "other"  # ids of other things, in which the id of a person may be a part
    KEYED = "keyed"  # the key of an item: the same
    CLOCK = "clock"  # the name of a clock, behind which the key of an item may stand
    CODE = "code"  # out of a fixed vocabulary: left as it is
    COMMAND = "command"
    DIGEST = "digest"  # made over ids of people or over texts about them
    FILE = "file"  # made over a file that lies elsewhere
    TEXT = "text"
    PROTECTED = "protected"
    POLICY = "policy"  # a whole policy, left as it is save the people that it names; in it, a unit for ever


def _named(holds: Holds, names: str) -> dict[str, Holds]:
    return dict.fromkeys(names.split(), holds)


# By the field's name, or by `Model.field` where that says something else.
NAMED: Mapping[str, Holds] = {
    **_named(Holds.PERSON, "by in_stead_of absent actor experts handler leader mediator person subject visitor"),
    **_named(
        Holds.MAYBE,
        "added asker attended author claimer co_proposer co_proposers delegate delegates evaluator giver guests helper "
        "holder host household implementer members owner parties party proposer reader readers reporter roll signed_by "
        "stakeholders struck supervisor supervisors to voter voters who whom Voter.id Voter.household Supporter.id "
        "Member.id Participant.id AgreedObligation.by InterestDeclared.subject",
    ),
    **_named(
        Holds.UNIT,
        "unit units lead_unit co_units to_unit body_unit giver_unit giver_units handler_unit accused_unit committee "
        "guidance founders parent order keeper lead organiser owners body",
    ),
    **_named(
        Holds.OTHER,
        "alliance case choice commitment commitments concerns counts decided_by drawn during entries entry envelope "
        "evidence field follower fund hold line master meeting minutes options other paper papers points project "
        "raises reception record records region replaced_by resource same_as scores signature sizes source sources "
        "stage sub_cases target targets tied venue winner winners by_stratum supporters Round.struck",
    ),
    **_named(Holds.KEYED, "item"),
    **_named(Holds.CLOCK, "clock"),
    **_named(Holds.COMMAND, "for_command used_for"),
    **_named(Holds.DIGEST, "roll_digest sample_digest row_digest"),
    **_named(Holds.FILE, "sha256"),
    **_named(
        Holds.CODE,
        "asks calendar capacity category code electorate evaluation indicator key_periods kind log_id lot_commitment "
        "lot_seed measure_unit media_type notice of plan policy profile proposers public_value quorum reason_code "
        "retention role roles route rule seed skills slip slips stratum table target_kind template term text_digest "
        "theme themes topic topics track unit_kind workflow derived WorkflowAdopted.digest BallotCast.commitment "
        "IndexSurveyPlanned.commitment PolicyMigrated.before PolicyMigrated.to StageRule.body Filing.by "
        "LogRedacted.root LogRedacted.origin QuorumRule.id EvaluationPlan.id StageRule.id EntryKind.id "
        "BudgetProgramme.id ProjectKind.id EvaluationSource.id DecisionProcedure.id IndicatorSet.id Obligation.id "
        "Indicator.id Stratum.id",
    ),
}

# Items that go by a person, or by whoever takes part: by the first word of the event's name.
ITEMS_OF_PEOPLE = frozenset({"support", "pairing", "reading"})
UNITS_OF_THE_DIRECTORY = "unit"
_WITHOUT_FORM = (Holds.CODE, Holds.KEYED, Holds.CLOCK, Holds.DIGEST)  # also where any text may stand


class Plan(NamedTuple):
    """How to go through the value of one field: by what it holds, and through the fields of a model within."""

    holds: Holds | None  # None: nothing that could name anybody
    model: type[BaseModel] | None = None


_NOTHING = Plan(None)


@cache
def plan_of(model: type[BaseModel]) -> Mapping[str, Plan]:
    """The plan for each field of an event, or of a value in one."""
    return {name: _plan(model, name) for name in model.model_fields}


def _plan(model: type[BaseModel], name: str) -> Plan:
    field = model.model_fields[name]
    leaves = list(_leaves(field.annotation, tuple(field.metadata)))
    kinds = [kind for kind, _ in leaves if isinstance(kind, type)]
    if any(issubclass(kind, Policy) for kind in kinds):
        return Plan(Holds.POLICY)
    if any(issubclass(kind, Protected) for kind in kinds):
        return Plan(Holds.PROTECTED)
    within = next((kind for kind in kinds if issubclass(kind, BaseModel) and not issubclass(kind, Calendar)), None)
    texts = [metadata for kind, metadata in leaves if kind is str]
    if not texts:
        return _NOTHING if within is None else Plan(None, within)
    return Plan(_holds(model, name, texts), within)


def _holds(model: type[BaseModel], name: str, texts: list[tuple[Any, ...]]) -> Holds:
    patterns = [pattern for text in texts for each in text if (pattern := getattr(each, "pattern", None))]
    known = NAMED.get(f"{model.__name__}.{name}") or NAMED.get(name)
    if any("/" in pattern for pattern in patterns):  # an area
        return Holds.CODE
    if not patterns:
        return known if known in _WITHOUT_FORM else Holds.TEXT
    if any("0-9a-f]{64" in pattern for pattern in patterns):  # a digest that is not named is of unknown things
        return known if known in (Holds.CODE, Holds.FILE) else Holds.DIGEST
    return known or Holds.MAYBE


def _leaves(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The types that an annotation is made of, each with what is said of it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *said = get_args(annotation)
        yield from _leaves(base, (*metadata, *said))
    elif origin is not None:
        for each in get_args(annotation):
            yield from _leaves(each, metadata if origin in (Union, types.UnionType) else ())
    else:
        yield annotation, metadata


def unnamed(events: Iterator[type[Event]]) -> set[str]:
    """The fields of events, `Model.field`, that hold ids and that nothing here says anything of."""
    found: set[str] = set()
    seen: set[type[BaseModel]] = set()
    todo: list[type[BaseModel]] = list(events)
    while todo:
        model = todo.pop()
        if model in seen:
            continue
        seen.add(model)
        for name, plan in plan_of(model).items():
            if plan.holds is Holds.MAYBE and not {name, f"{model.__name__}.{name}"} & NAMED.keys():
                found.add(f"{model.__name__}.{name}")
            if plan.model is not None:
                todo.append(plan.model)
    return found


# --- going through a stored body -------------------------------------------------------------------------------------

Visit = Callable[[str, Holds], str]
"""What becomes of one text of a body, by what its field holds."""


def rewritten(body: dict[str, Any], model: type[BaseModel], visit: Visit) -> dict[str, Any]:
    """A stored body in which every text that could name somebody has been through `visit`, keys of mappings too."""
    plans = plan_of(model)
    return {name: _value(value, plans.get(name, _UNKNOWN), visit) for name, value in body.items()}


_UNKNOWN = Plan(Holds.MAYBE)  # a field of an older version


def _value(value: Any, plan: Plan, visit: Visit) -> Any:
    if plan is _NOTHING:
        return value
    if isinstance(value, str):
        return value if plan.holds is None else visit(value, plan.holds)
    if isinstance(value, list):
        return [_value(each, plan, visit) for each in value]
    if not isinstance(value, dict):
        return value
    if plan.holds is Holds.PROTECTED:
        return _protected(value, visit)
    if plan.holds is Holds.POLICY:
        return _policy(value, visit)
    if plan.model is not None and value.keys() <= plan.model.model_fields.keys():
        return rewritten(value, plan.model, visit)
    keys = plan.holds or Holds.OTHER
    return {visit(key, keys): _value(each, plan, visit) for key, each in value.items()}


def _protected(value: dict[str, Any], visit: Visit) -> dict[str, Any]:
    """Whose it is, and whom it speaks of; what it says is left out."""
    kept: dict[str, Any] = {"subject": visit(value["subject"], Holds.PERSON)}
    if about := value.get("about"):
        kept["about"] = [visit(each, Holds.PERSON) for each in about]
    return kept


_IN_POLICIES = {
    "experts": Holds.PERSON,
    "owners": Holds.UNIT,  # an office, or whoever holds it
    **_named(Holds.POLICY, "lead lead_units co_units lead_unit"),
}


def _policy(value: Any, visit: Visit, holds: Holds | None = None) -> Any:
    if isinstance(value, dict):
        return {key: _policy(each, visit, _IN_POLICIES.get(key, holds)) for key, each in value.items()}
    if isinstance(value, list):
        return [_policy(each, visit, holds) for each in value]
    if isinstance(value, str) and holds is not None:
        return visit(value, holds)
    return value
