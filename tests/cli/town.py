"""A town's log for the tests of needs, projects and envelopes, and the program run on it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from govflow import Engine
from govflow.policy.default import DEFAULT_POLICY
from govflow.projects import JointProject
from tests.cli.conftest import Run


def in_days(number: int) -> str:
    """The day so many days from today: works that begin anew end within the policy's limit."""
    return (datetime.now(UTC) + timedelta(days=number)).date().isoformat()


PAIRING = """
lead = "u-community"
scope = "in_region"
text = "Pitched roofs on blocks 1 to 4."

[[parties]]
unit = "u-community"
role = "lead"

[[parties]]
unit = "u-works"
builds = true

[[parties]]
unit = "u-owners"

[[pledges]]
party = "u-community"
matter = "place"
what = "yard"
quantity = 1
measure_unit = "yard"
until = 2099-12-31

[[pledges]]
party = "u-works"
matter = "people"
what = "roofers"
quantity = 10
measure_unit = "roofers"
resource = "{resource}"
until = 2099-12-31

[[pledges]]
party = "u-owners"
matter = "money"
what = "own share"
yuan = "20000.00"
until = 2099-12-31
"""


WAY = ("needed", "claimed", "paired", "approved", "started", "accepted", "evaluated")


class Town:
    """A log under the shipped policy without its notice period. A step that fails stops the test with what it said."""

    def __init__(self, govflow: Run, folder: Path, before: Path | None = None) -> None:
        self.run, self.folder, self.db = govflow, folder, folder / "town.db"
        if before is not None:  # a log that stands there already
            shutil.copytree(before, folder, dirs_exist_ok=True)
            return
        policy = DEFAULT_POLICY.model_dump(mode="json")
        policy |= {"id": "oak-lane", "version": "1"}
        for limit in policy["time_limits"]:
            if limit["clock"] == "publicity":
                limit |= {"length": 0, "unit": "hour"}
        (folder / "policy.json").write_text(json.dumps(policy), "utf-8")
        self.did("policy", "adopt", folder / "policy.json")

    def tried(self, *arguments: object, stdin: bytes = b""):
        return self.run(*map(str, arguments), "--db", self.db, stdin=stdin)

    def did(self, *arguments: object) -> str:
        ran = self.tried(*arguments)
        assert ran.status == 0, f"{arguments}: {ran.err}{ran.out}"
        return str(ran.out)

    def said(self, *arguments: object) -> object:
        return json.loads(self.did(*arguments, "--json"))

    def file(self, name: str, text: str = "") -> Path:
        path = self.folder / name
        path.write_text(text or name, "utf-8")
        return path

    @property
    def id(self) -> str:
        return next(each.id for each in self.records() if isinstance(each, JointProject))

    def records(self):
        with Engine.open(self.db, read_only=True) as engine:
            return list(engine.records())

    def project(self) -> JointProject:
        with Engine.open(self.db, read_only=True) as engine:
            return engine.get(self.id, JointProject)

    def head(self) -> int:
        with Engine.open(self.db, read_only=True) as engine:
            return engine.store.head()

    # --- the way, step by step: each goes on from where the one before ends ---

    def up_to(self, last: str) -> Town:
        """The way from the empty log to this step."""
        for name in WAY[: WAY.index(last) + 1]:
            getattr(self, name)()
        return self

    def needed(self) -> None:
        """A need of ten roofers, and two offers of which one suits."""
        self.did("needs", "add", "--title", "Turn flat roofs into pitched ones", "--kind", "renovation",
                 "--area", "d/t/c", "--matter", "people", "--quantity", "10", "--of", "roofers",
                 "--skill", "roofing", "--households", "120", "--as", "li")  # fmt: skip
        for title, unit, skill, many in (("Roofers", "u-works", "roofing", 12), ("Painters", "u-paint", "painting", 3)):
            self.did("needs", "offer", "--title", title, "--matter", "people", "--quantity", many, "--of", "roofers",
                     "--skill", skill, "--area", "d/t", "--as", f"of-{unit}", "--unit", unit)  # fmt: skip

    def offer(self, title: str) -> str:
        return next(str(each.id) for each in self.records() if getattr(each, "title", "") == title)

    def claimed(self) -> None:
        id = self.id
        self.did("needs", "publish", id, "--shared", "--until", "2099-06-30", "--as", "li")
        self.did("claim", id, "--capacity", "roofers", "--resource", self.offer("Roofers"), "--as", "bo",
                 "--unit", "u-works")  # fmt: skip
        self.did("claim", id, "--capacity", "people to explain", "--as", "he", "--unit", "u-owners")

    def paired(self) -> None:
        id = self.id
        file = self.file("pairing.toml", PAIRING.format(resource=self.offer("Roofers")))
        self.did("project", "pair", id, file, "--as", "li", "--unit", "u-community")

    def approved(self) -> None:
        """With its money, three teams, an assessment, a hearing and an order."""
        id = self.id
        year = datetime.now(UTC).year
        grant = ("--grant", self.file("grant.pdf"), "--kept-at", "file 17")
        self.did("envelope", "open", "--title", "Roofs", "--level", "town", "--area", "d/t", "--amount", "100000",
                 "--first", f"{year}-01-01", "--last", "2099-12-31", *grant, "--as", "luo")  # fmt: skip
        envelope = next(each.id for each in self.records() if each.kind_of_record == "envelope")
        self.did("project", "money", "line", id, "--source", "fiscal", "--amount", "80,000", "--envelope", envelope,
                 "--purpose", "works", "--as", "li")  # fmt: skip
        self.did("project", "money", "line", id, "--source", "self_raised", "--amount", "20000", "--promise", "3",
                 "--purpose", "own", "--as", "li")  # fmt: skip
        self.did("project", "team", id, "work_group", "s-w@u-works", "--as", "li")
        self.did("project", "team", id, "service_team", "s-serve", "--as", "li")
        self.did("project", "team", id, "supervisors", "s-sup", "--as", "li")
        self.did("project", "risk", id, "--level", "controllable", "--report", self.file("risk.pdf"), "--as", "an",
                 "--unit", "u-assess")  # fmt: skip
        for seconds in (1, 4, 20):  # how long the command itself takes is the machine's affair
            at = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
            meeting = ("project", "meeting", "announce", id, "s-sup", "s-1", "--at", at, "--place", "hall")
            if self.tried(*meeting, "--as", "li").status == 0:
                break
        while self.tried("project", "meeting", "hold", id, "1", "s-sup", "s-1", "--as", "li").status:
            pass  # until the hour has come
        self.did("project", "meeting", "record", id, "1", "li", "s-sup", "s-1", "--minutes", self.file("minutes.pdf"),
                 "--consensus", "yes", "--as", "li")  # fmt: skip
        self.did("project", "approve", id, "--paper", self.file("order.pdf"), "--until", "2099-11-30", "--as", "zhang")

    def started(self) -> None:
        id = self.id
        self.did("project", "notice", id, "--text", "Roofs are going to be pitched", "--as", "li")
        self.did("project", "start", id, "--as", "li")

    def accepted(self) -> None:
        """With a voucher verified, a milestone accepted, and one delivery that was refused."""
        id, photo = self.id, self.file("photo.jpg")
        self.did("project", "milestone", "plan", id, "scaffold", "--until", "2099-09-01", "--owner", "u-works",
                 "--as", "li")  # fmt: skip
        self.did("project", "progress", id, "50", "--text", "half", "--as", "li")
        self.did("project", "milestone", "reach", id, "1", "--measure", "stands", "--paper", photo, "--as", "bo")
        self.did("project", "milestone", "accept", id, "1", "--as", "mo")
        self.did("project", "money", "voucher", id, "V1", "--line", "1", "--amount", "70000", "--paper",
                 self.file("bill.pdf"), "--as", "li")  # fmt: skip
        self.did("project", "money", "verify", id, "1", "--as", "luo")
        self.did("project", "deliver", id, "--text", "done", "--as", "li")
        self.did("project", "refuse", id, "--defect", "the gutter leaks", "--until", in_days(60), "--as", "mo")
        self.did("project", "defect", "fix", id, "1", "--measure", "sealed", "--paper", photo, "--as", "li")
        self.did("project", "defect", "check", id, "1", "--as", "mo")
        self.did("project", "deliver", id, "--text", "done again", "--as", "li")
        self.did("project", "sign", id, "--as", "s-sup")
        self.did("project", "accept", id, "--as", "mo")

    def evaluated(self) -> None:
        id = self.id
        self.did("project", "evaluate", "request", id, "peer", "u-neighbour", "--as", "li")
        self.did("project", "evaluate", "request", id, "external", "s-7", "--as", "li")
        self.did("project", "evaluate", "record", id, "90", "--as", "li", "--unit", "u-community")
        self.did("project", "evaluate", "record", id, "need_met=90", "70", "--as", "ne", "--unit", "u-neighbour")
        self.did("project", "evaluate", "record", id, "70", "--as", "s-7")
        self.did("project", "evaluate", "close", id, "--as", "ping")
