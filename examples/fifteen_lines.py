"""The shortest useful embedding: a case is reported, accepted and assigned, and its loop cannot be left open."""

from govflow import Actor, Engine, NotAllowed
from govflow.cases.commands import AcceptCase, AssignCase, CloseCase, ReportCase

resident = Actor.of("s-1", "resident")
desk = Actor.of("desk", "acceptance_desk", "dispatcher")
light_out = {"title": "Street light out", "kind": "hotline", "channel": "app", "level": "community", "area": "oak-lane"}

with Engine.open() as engine:  # Engine.open("town.db") keeps the log in a file
    case = engine.handle(ReportCase(by=resident, **light_out))
    engine.handle(AcceptCase(id=case.id, by=desk))
    case = engine.handle(AssignCase(id=case.id, by=desk, lead_unit="lighting", co_units=("power",)))
    print(case.id, "is", case.status, "until", case.clocks["handling"].due)
    try:
        engine.handle(CloseCase(id=case.id, by=desk))
    except NotAllowed as refused:
        print(refused)
    for loop in engine.open_loops(case.id):
        print("open:", loop.sentence())
