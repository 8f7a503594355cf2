"""The page of the errors: what each means and what its reader can do."""

from __future__ import annotations

import inspect

from govflow import errors
from govflow.errors import Broken, GovFlowError
from tools.reference.markdown import code, described, page, table


def errors_markdown() -> str:
    """Every error that govflow raises on purpose."""
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, GovFlowError)]
    rows = [
        (
            f"`{error.__name__}`",
            "" if error is GovFlowError else code(error.__bases__[0].__name__),
            described(error),
            code(*_attributes(error)),
        )
        for error in found
    ]
    broken = [(f"`{name}`", _of_broken[name]) for name in Broken._fields]
    return page(
        "# Errors",
        "All are children of `GovFlowError` and can be imported from `govflow`. Whatever is raised while a command is "
        "handled, nothing of it was written; only a failed commit is ambiguous, and asking again with the same "
        "`command_id` settles it. No error repeats personal data.",
        table(("Error", "Kind of", "Meaning, and what to do", "Carries"), rows),
        "## A broken rule",
        described(Broken),
        table(("Field", "Meaning"), broken),
        "`NotAllowed.sentence(lang)` and `Broken.sentence(lang)` speak `en` and `zh-CN`. The codes are those of "
        "[rules.md](rules.md).",
    )


_of_broken = {
    "code": "the stable code of the rule",
    "en": "what must hold, in English",
    "zh": "what must hold, in Chinese",
    "detail": "what exactly is missing or open, where the rule names it: in English, each with the Chinese as its `zh`",
}


def _attributes(error: type[GovFlowError]) -> list[str]:
    """What it is built from, and keeps under the same names, and its properties."""
    built_from = [*inspect.signature(error.__init__).parameters][1:] if "__init__" in vars(error) else []
    return built_from + [name for name, value in vars(error).items() if isinstance(value, property)]
