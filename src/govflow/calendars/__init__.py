"""Work calendars and counting: which days offices work, and when a time limit ends, with the reasons."""

from govflow.calendars.adapters import chinese_calendar, weekdays
from govflow.calendars.calendar import Calendar, Holiday, OfficeHours, WorkCalendar
from govflow.calendars.china import china
from govflow.calendars.counting import Due, Line, Pause, Roll, Term, Unit, due_after, explained

__all__ = [
    "Calendar",
    "Due",
    "Holiday",
    "Line",
    "OfficeHours",
    "Pause",
    "Roll",
    "Term",
    "Unit",
    "WorkCalendar",
    "china",
    "chinese_calendar",
    "due_after",
    "explained",
    "weekdays",
]
