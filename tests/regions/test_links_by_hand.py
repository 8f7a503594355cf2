"""Which ties a person may make by hand 关联, and which only the step that they stand for."""

from __future__ import annotations

import pytest

from govflow import SYSTEM, NotAllowed
from govflow.regions.link import AddLink, LinkKind, Unlink
from tests.support import Town, a_case, a_town, community, dispatcher, lead

MADE_BY_STEPS = ("merged", "absorbed", "converted", "converted_from", "sub_case", "sub_case_of")


@pytest.fixture
def town() -> Town:
    """Two cases in handling, x and y."""
    town = a_town()
    for id in ("x", "y"):
        a_case(town, "in_handling", id=id)
    return town


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize("kind", MADE_BY_STEPS)
def test_nobody_ties_by_hand_what_only_a_merge_a_split_or_a_conversion_may_tie(town: Town, kind: str, awaited: bool):
    head = town.engine.store.head()
    for by in (dispatcher, community, lead):
        with pytest.raises(NotAllowed) as caught:
            town.do(AddLink(id="x", by=by, other="y", kind=LinkKind(kind), awaited=awaited))
        assert "tie_may_be_made_by_hand" in caught.value.codes
    assert town.engine.store.head() == head
    town.do(AddLink(id="x", by=SYSTEM, other="y", kind=LinkKind(kind), awaited=awaited))


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize("kind", [kind for kind in LinkKind if kind not in MADE_BY_STEPS])
def test_every_other_tie_is_made_by_hand(town: Town, kind: LinkKind, awaited: bool):
    case = town.do(AddLink(id="x", by=dispatcher, other="y", kind=kind, awaited=awaited))
    assert case.item("link", f"{kind}.y").status == ("awaited" if awaited else "linked")


@pytest.mark.parametrize("kind", ["merged", "absorbed"])
def test_nobody_unties_by_hand_what_a_merge_tied(town: Town, kind: str):
    town.do(AddLink(id="x", by=SYSTEM, other="y", kind=LinkKind(kind)))
    untie = Unlink(id="x", by=dispatcher, item=f"{kind}.y", reason="tidying up")
    by_its_step = Unlink(id="x", by=SYSTEM, item=f"{kind}.y", reason="the merge was mistaken")
    with pytest.raises(NotAllowed) as caught:
        town.do(untie)
    assert caught.value.codes == ("tie_may_be_undone_by_hand",)
    assert town.do(by_its_step).item("link", f"{kind}.y").status == "unlinked"


def test_a_sub_case_may_be_let_go_by_hand_with_a_reason(town: Town):
    town.do(AddLink(id="x", by=SYSTEM, other="y", kind=LinkKind.SUB_CASE, awaited=True))
    case = town.do(Unlink(id="x", by=dispatcher, item="sub_case.y", reason="handled here after all"))
    assert case.item("link", "sub_case.y").status == "unlinked"
