"""A writer that has built all it needs: imported once by the process that the writers are forked from."""

from govflow.engine import Engine
from tests.persistence.writer import note_of

with Engine.open() as engine:
    for number in range(20):
        note_of(engine, "warm", number)
