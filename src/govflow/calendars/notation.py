"""Terms as the short texts that events hold: `5 workday`, `60 day roll:rest_day`. The notation is for ever."""

from __future__ import annotations

from functools import lru_cache

from govflow.calendars.term import Roll, Term, Unit

_SWITCHES = {
    "counts_start_day": "from_start_day",
    "ends_at_close": "to_close",
    "starts_in_office": "from_office",
}
_NAMES = {text: name for name, text in _SWITCHES.items()}


@lru_cache(maxsize=1024)
def text_of(term: Term) -> str:
    """A term in the notation of events."""
    parts = [str(term.length), str(term.unit)]
    if term.roll is not Roll.NONE:
        parts.append(f"roll:{term.roll}")
    parts += [text for name, text in _SWITCHES.items() if getattr(term, name)]
    return " ".join(parts)


@lru_cache(maxsize=1024)
def term_from(text: str) -> Term:
    """The term of such a text. Raises ValueError."""
    length, unit, *rest = text.split(" ")
    roll = next((Roll(part[5:]) for part in rest if part.startswith("roll:")), Roll.NONE)
    switches = {_NAMES.get(part, part): True for part in rest if not part.startswith("roll:")}
    return Term.model_validate({"length": int(length), "unit": Unit(unit), "roll": roll, **switches})


def needs_calendar(term: Term) -> bool:
    """Whether its due date rests on a work calendar."""
    by_days = term.unit in (Unit.WORKDAY, Unit.OFFICE_HOUR) or term.roll is not Roll.NONE
    return by_days or term.ends_at_close or term.starts_in_office
