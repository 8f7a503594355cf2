"""`govflow project`: every command for projects, thin over those of the engine, in the order of a project's life."""

from __future__ import annotations

from collections.abc import Callable

import typer

from govflow.cli import project_end as end
from govflow.cli import project_meeting as meeting
from govflow.cli import project_money as money
from govflow.cli import project_start as beginning
from govflow.cli import project_works as works
from govflow.cli.project_page import page
from govflow.cli.project_show import show

_COMMANDS: dict[str, Callable[..., None]] = {
    "show": show,
    "page": page,
    "agree": beginning.agree,
    "pair": beginning.pair,
    "plan": beginning.plan,
    "team": beginning.team,
    "paper": beginning.add_paper,
    "risk": beginning.risk,
    "approve": beginning.approve,
    "reject": beginning.reject,
    "resubmit": beginning.resubmit,
    "notice": beginning.notice,
    "start": beginning.start,
    "progress": works.progress,
    "suspend": works.suspend,
    "resume": works.resume,
    "extend": end.extend,
    "change": works.change,
    "hand-over": works.hand_over,
    "deliver": works.deliver,
    "sign": end.sign,
    "accept": end.accept,
    "refuse": end.refuse,
    "remedy": end.remedy,
    "accounts": money.accounts,
    "publish-accounts": money.publish_accounts,
    "settle": end.settle,
    "cancel": end.cancel,
    "archive": end.archive,
    "leave": end.leave,
}
_GROUPS: dict[str, dict[str, Callable[..., None]]] = {
    "meeting": {"announce": meeting.announce, "hold": meeting.hold, "record": meeting.record},
    "milestone": {
        "plan": works.plan_milestone,
        "reach": works.reach_milestone,
        "accept": works.accept_milestone,
        "drop": works.drop_milestone,
    },
    "feedback": {
        "raise": works.raise_feedback,
        "resolve": works.resolve_feedback,
        "confirm": works.confirm_feedback,
        "reopen": works.reopen_feedback,
        "transfer": works.transfer_feedback,
    },
    "defect": {"fix": works.fix_defect, "check": works.check_defect},
    "promise": {"deliver": works.deliver_promise, "keep": works.keep_promise, "release": works.release_promise},
    "money": {
        "line": money.line,
        "reserve": money.reserve,
        "change": money.change,
        "voucher": money.voucher,
        "verify": money.verify,
        "disallow": money.disallow,
        "free": money.free,
        "close": money.close,
    },
    "evaluate": {"request": end.request, "record": end.record, "close": end.close},
}


def _group(commands: dict[str, Callable[..., None]], path: str) -> typer.Typer:
    made = typer.Typer(no_args_is_help=True)
    for name, command in commands.items():
        made.command(name, help=f"help.{path}_{name.replace('-', '_')}")(command)
    return made


project = _group(_COMMANDS, "project")
for _name, _commands in _GROUPS.items():
    project.add_typer(_group(_commands, f"project_{_name}"), name=_name, help=f"help.project_{_name}")
