"""The work calendar of mainland China that ships: statutory days off and make-up workdays (调休), 2024 to 2026."""

from functools import cache
from importlib.resources import files

from govflow.calendars.calendar import Calendar


@cache
def china() -> Calendar:
    """The calendar `cn`, from the State Council's yearly notices; what lies outside them is provisional.

    Source: 国办发明电〔2023〕7号, 国办发明电〔2024〕12号, 国办发明电〔2025〕7号.
    """
    text = files("govflow").joinpath("data", "calendars", "cn.json").read_text("utf-8")
    return Calendar.model_validate_json(text)
