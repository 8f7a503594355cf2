"""机构名录: the directory as the engine serves it. There is one in a log; its regions are the tables of an office."""

from govflow.decider import Decider
from govflow.organisation.appointments import APPOINTMENT
from govflow.organisation.areas import AREA
from govflow.organisation.interests import INTEREST
from govflow.organisation.model import (
    KEEPERS,
    Directory,
    DirectoryFounded,
    FoundDirectory,
    directory_has_its_id,
    root_area_is_named,
)
from govflow.organisation.model import DirectoryStatus as S
from govflow.organisation.substitutions import SUBSTITUTION
from govflow.organisation.units import UNIT
from govflow.region import Changes
from govflow.workflow import Step, Workflow

# fmt: off
DIRECTORY_WORKFLOW = Workflow("directory", S, zh="机构名录", steps=(
    Step("DI01", FoundDirectory, None, DirectoryFounded, S.IN_USE, KEEPERS, (directory_has_its_id, root_area_is_named)),
))
# fmt: on


def _founded(directory: Directory, event: DirectoryFounded) -> Changes:
    return {
        "status": S.IN_USE,
        "title": event.title,
        "area": event.area,
        "level": event.level,
        "opened_at": event.at,
    }


DIRECTORY = Decider(
    DIRECTORY_WORKFLOW,
    Directory,
    {DirectoryFounded: _founded},
    prefix="O",
    reserves="directory",
    regions=(AREA, UNIT, APPOINTMENT, SUBSTITUTION, INTEREST),
)
"""The directory: serve it beside the cases with `Engine.open(records=(CASE, DIRECTORY))`."""
