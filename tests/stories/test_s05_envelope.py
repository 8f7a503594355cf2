"""S5 民生微实事, its money: 30 million yuan over 95 communities, given out to the last yuan and not one beyond."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Engine
from govflow.envelopes import KindCap, drawn, free
from govflow.projects import commands as c
from govflow.projects.budget import FreeBudget, PlanBudget
from govflow.projects.model import Pledge
from govflow.projects.money import accounts_of
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import RECORDS, YUAN, Site

PLACE = Offices("jinniu")
COMMUNITIES = [f"c{place:02}" for place in range(1, 96)]  # 000: 95 communities, CNY 30,000,000
ENVELOPE, CAP, GIFT = 30_000_000, 500_000, 200_000  # yuan; the cap of services [S]
AVERAGE = ENVELOPE // 95


def project_of(community: str) -> str:
    return f"JP-{community}"


def cost_of(place: int) -> int:
    """What the project of a community costs, in yuan: 94 of them leave a rest for the last one."""
    return AVERAGE + (place % 11 - 5) * 7_000


def planned(site: Site, community: str, yuan: int) -> c.ApproveProject:
    """A community's project with its line of public money, and the command that would approve it."""
    id = project_of(community)
    said = {"title": f"Wishes of {community}", "kind": "micro_livelihood", "area": f"jinniu/{community}"}
    site.do(c.ProposeProject(id=id, by=PLACE.secretary, **said))
    site.agreed(id, "builder")
    site.do(
        site.pairing(id, "community", "builder"),
        PlanBudget(id=id, by=PLACE.secretary, item="works", source="fiscal", envelope="wishes", amount=yuan * YUAN),
    )
    site.on_file(id, "vote")
    return c.ApproveProject(id=id, by=PLACE.town, papers=("vote",))


@pytest.fixture(scope="module")
def given_out(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The log of the whole story, and what was seen on the way."""
    path = tmp_path_factory.mktemp("s5") / "envelope.db"
    site, seen = Site(PLACE, path), dict[str, Any]()
    site.envelope("wishes", ENVELOPE, caps=(KindCap(kind="micro_livelihood", per_project=CAP * YUAN),))

    # 94 communities, each with its project
    for place, community in enumerate(COMMUNITIES[:-1], 1):
        site.do(planned(site, community, cost_of(place)))
    rest = free(site.get("wishes")) // YUAN
    seen["rest"] = rest

    # the last one asks for a yuan more than is left, then for what is left
    last = COMMUNITIES[-1]
    approve = planned(site, last, rest + 1)
    seen["one yuan over"] = (site.refused(approve), site.lacks(approve))
    line = {"id": project_of(last), "source": "fiscal", "envelope": "wishes"}
    site.do(
        FreeBudget(id=project_of(last), by=PLACE.finance, item="works", reason="a yuan too much"),
        PlanBudget(**line, by=PLACE.secretary, item="works-2", amount=rest * YUAN),
        approve.changed(command_id="approved"),
    )
    seen["full"] = site.get("wishes")

    # the bakery gives 200,000 yuan to another project: more money, no fiscal fen more
    other = project_of("c01")
    seen["before the gift"] = accounts_of(site.get(other))
    seen["gift"] = donated(site, other)

    # that project is carried out for less than it asked: what is left is free again, and is given out anew
    seen["spent"] = carried_out(site, other)
    seen["free again"] = free(site.get("wishes"))
    site.audited()
    return path, site, seen


def donated(site: Site, id: str) -> Any:
    """A party that joins later brings its money as a commitment with a line of its own."""
    site.agreed(id, "bakery")
    pledge = Pledge(party="bakery", what="a donation", matter="money", amount=GIFT * YUAN, until=site.in_days(60))
    site.do(
        c.AddParty(id=id, by=PLACE.secretary, party={"unit": "bakery"}, pledges=(pledge,)),
        PlanBudget(id=id, by=PLACE.secretary, item="gift", source="donation", commitment="3", amount=GIFT * YUAN),
    )
    change = c.ChangeScope(
        id=id, by=PLACE.town, budget=(cost_of(1) + GIFT) * YUAN, reason="a donation came", papers=("vote",)
    )
    small = change.changed(budget=(cost_of(1) + GIFT - 1) * YUAN)
    assert "budget_covers_its_lines" in site.refused(small)
    site.on_file(id, "report")
    look = c.ReassessProjectRisk(
        id=id, by=PLACE.assessor, necessary=True, level_of_risk="controllable", budget=change.budget, papers=("report",)
    )
    assert site.refused(change) == {"risk_is_reassessed_if_change_is_large"}
    site.do(look, change)
    return accounts_of(site.get(id))


def carried_out(site: Site, id: str) -> int:
    """Done, judged and settled; what was spent of the public money, in yuan."""
    spent = cost_of(1) - 12_345
    site.under_way(id, PLACE.secretary)
    site.spent(id, "V1", "works", spent, PLACE.secretary)
    site.spent(id, "V2", "gift", GIFT, of_unit("bakery"))
    site.do(c.DeliverProject(id=id, by=PLACE.secretary, public_text="Done."))
    site.accepted(id)
    judges = {"self": (PLACE.secretary, 80), "peer": (of_unit("school"), 80), "external": (resident("s-1"), 80)}
    site.evaluated(id, judges)
    site.kept(id)
    site.settled(id)
    return spent


def test_95_communities_take_30_million_to_the_last_yuan(given_out):
    _, _, seen = given_out
    full = seen["full"]
    assert drawn(full) == ENVELOPE * YUAN
    assert free(full) == 0
    assert len(full.items_of("draw")) == 95
    assert sum(each.held for each in full.items_of("draw").values()) == full.amount


def test_the_approval_that_would_go_one_yuan_beyond_the_envelope_fails_and_says_by_how_much(given_out):
    _, _, seen = given_out
    codes, words = seen["one yuan over"]
    assert codes == {"budget_is_within_envelope"}
    rest = seen["rest"]
    assert words == [f"envelope wishes: {rest}.00 yuan free, {rest + 1}.00 yuan asked for"]


def test_no_project_goes_beyond_the_cap_of_its_kind():
    site = Site(PLACE)
    site.envelope("wishes", ENVELOPE, caps=(KindCap(kind="micro_livelihood", per_project=CAP * YUAN),))
    assert site.refused(planned(site, "c01", CAP + 1)) == {"budget_is_within_envelope"}
    site.do(planned(site, "c02", CAP))


def test_a_donation_of_200_000_raises_the_money_there_is_and_leaves_the_fiscal_sum(given_out):
    _, _, seen = given_out
    before, after = seen["before the gift"], seen["gift"]
    assert set(before.by_source) == {"fiscal"}
    assert after.by_source["fiscal"] == before.by_source["fiscal"]
    assert after.by_source["donation"].reserved == GIFT * YUAN
    assert after.total.reserved - before.total.reserved == GIFT * YUAN


def test_what_was_not_spent_is_free_again_to_the_fen(given_out):
    _, _, seen = given_out
    assert seen["free again"] == (cost_of(1) - seen["spent"]) * YUAN == 12_345 * YUAN


def test_a_fresh_reading_of_the_log_gives_the_same_balance(given_out):
    path, site, seen = given_out
    with Engine.open(path, records=RECORDS, read_only=True) as log:
        again: Any = log.get("wishes")
        assert again == site.get("wishes")
        assert (free(again), again.digest) == (seen["free again"], site.get("wishes").digest)
        for community in COMMUNITIES:
            id = project_of(community)
            assert log.get(id).digest == site.get(id).digest
