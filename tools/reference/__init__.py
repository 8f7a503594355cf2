"""Generated reference pages: `python -m tools.reference --write` writes them, `--check` says which are out of date.

A page is a function that returns its text, entered in PAGES under its path. What a page says comes from one source in
the project (a table, the code itself), so that the page can never say something else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.reference.clocks import clocks_markdown
from tools.reference.commands import commands_markdown
from tools.reference.errors import errors_markdown
from tools.reference.events import events_markdown
from tools.reference.findings import findings_markdown
from tools.reference.formats import formats_markdown
from tools.reference.glossary import glossary_markdown
from tools.reference.mechanisms import KINDS, MECHANISMS, mechanisms, mechanisms_markdown
from tools.reference.policy import policy_markdown
from tools.reference.program import program_markdown
from tools.reference.python import python_markdown
from tools.reference.rules import rules_markdown
from tools.reference.tables import (
    alliance_markdown,
    budget_round_markdown,
    bulletin_markdown,
    campaign_markdown,
    case_markdown,
    directory_markdown,
    duty_markdown,
    envelope_markdown,
    index_survey_markdown,
    joint_project_markdown,
    proposal_markdown,
    regions_markdown,
    resource_markdown,
    studio_markdown,
    subject_markdown,
    thematic_issue_markdown,
    visit_round_markdown,
    watch_markdown,
)

ROOT = Path(__file__).resolve().parents[2]

PAGES: dict[str, Callable[[], str]] = {
    "docs/glossary.md": glossary_markdown,
    "docs/reference/alliance.md": alliance_markdown,
    "docs/reference/budget_round.md": budget_round_markdown,
    "docs/reference/bulletin.md": bulletin_markdown,
    "docs/reference/campaign.md": campaign_markdown,
    "docs/reference/case.md": case_markdown,
    "docs/reference/cli.md": program_markdown,
    "docs/reference/clocks.md": clocks_markdown,
    "docs/reference/commands.md": commands_markdown,
    "docs/reference/directory.md": directory_markdown,
    "docs/reference/duty.md": duty_markdown,
    "docs/reference/envelope.md": envelope_markdown,
    "docs/reference/errors.md": errors_markdown,
    "docs/reference/events.md": events_markdown,
    "docs/reference/findings.md": findings_markdown,
    "docs/reference/formats.md": formats_markdown,
    "docs/reference/index_survey.md": index_survey_markdown,
    "docs/reference/joint_project.md": joint_project_markdown,
    "docs/reference/mechanisms.md": mechanisms_markdown,
    "docs/reference/policy.md": policy_markdown,
    "docs/reference/proposal.md": proposal_markdown,
    "docs/reference/python.md": python_markdown,
    "docs/reference/regions.md": regions_markdown,
    "docs/reference/resource.md": resource_markdown,
    "docs/reference/rules.md": rules_markdown,
    "docs/reference/studio.md": studio_markdown,
    "docs/reference/subject.md": subject_markdown,
    "docs/reference/thematic_issue.md": thematic_issue_markdown,
    "docs/reference/visit_round.md": visit_round_markdown,
    "docs/reference/watch.md": watch_markdown,
}


def outdated() -> list[str]:
    """The paths of all pages that are missing or differ from what would be written now."""
    return [path for path, page in PAGES.items() if _text(ROOT / path) != page()]


def write() -> list[str]:
    """Write every page that is out of date; the paths of those written."""
    changed = outdated()
    for path in changed:
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(PAGES[path](), encoding="utf-8")
    return changed


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


__all__ = ["KINDS", "MECHANISMS", "PAGES", "ROOT", "mechanisms", "outdated", "write"]
