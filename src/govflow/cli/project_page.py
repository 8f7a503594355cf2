"""`govflow project page`: the public page of a project, or those of all projects with an index that leads to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govflow.cli.desk import project_of
from govflow.cli.display import console
from govflow.cli.logs import Db, Records, opened
from govflow.cli.propose_reading import EVERYBODY, linked_records, policy_of, unit_titles
from govflow.cli.run import clean
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.pages import page_names, project_page, projects_page
from govflow.projects import JointProject
from govflow.projects.figures import dispute_figures

INDEX = "index.html"


def page(
    db: Db,
    id: Annotated[str | None, typer.Argument(help="argument.id", metavar="[ID]", show_default=False)] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="option.project_page_out", metavar="PATH", show_default=False)
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help="option.project_page_all")] = False,
    records: Records = None,
) -> None:
    """Write the public page of a project, or of all."""
    if whole == (id is not None):
        raise InputError(t("project.page_which"), where="page", expected="ID | --all")
    with opened(db, records) as engine:
        if id is None:
            _write_all(engine, out)
            return
        written = _page(engine, project_of(engine, id))
    if out is None:
        print(written, end="")
    else:
        out.write_text(written, encoding="utf-8")
        console().print(clean(t("project.page_written", path=out, id=id)))


def _page(engine: Engine, project: JointProject) -> str:
    return project_page(
        project,
        (engine.log.codec.recorded(row) for row in engine.store.read(project.id)),
        policy=policy_of(engine, project),
        at=engine.now(),
        disputes=dispute_figures(project, engine.log.current),
        language=lang(),
        linked=linked_records(engine, project),
        units=unit_titles(engine),
    )


def _write_all(engine: Engine, folder: Path | None) -> None:
    """One page for each project that everybody may read, and the index; a folder that is not there yet is made."""
    if folder is None:
        raise InputError(t("project.page_no_folder"), where="--all", expected="-o FOLDER")
    if folder.exists() and not folder.is_dir():
        raise InputError(t("project.page_no_folder"), where=str(folder), expected="-o FOLDER")
    projects = [each for each in engine.seen_by(EVERYBODY).records() if isinstance(each, JointProject)]
    names = page_names(each.id for each in projects)
    folder.mkdir(parents=True, exist_ok=True)
    for each in projects:
        (folder / names[each.id]).write_text(_page(engine, each), encoding="utf-8")
    index = projects_page(
        projects, policy=engine.policy, at=engine.now(), language=lang(), pages=names, units=unit_titles(engine)
    )
    (folder / INDEX).write_text(index, encoding="utf-8")
    console().print(clean(t("project.pages_written", n=len(projects), path=folder / INDEX)))
