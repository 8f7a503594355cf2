"""`govflow journey`: the records of one matter, and what happened in them, as one timeline."""

from __future__ import annotations

import json

from rich.cells import cell_len

from govflow.proposals import commands as c
from tests.proposals.hall import Hall, a_policy, chen, committee, li, zhao


def test_the_program_tells_it_in_both_languages_and_as_json(govflow, tmp_path):
    hall = Hall(tmp_path / "town.db", policy=a_policy("unlisted", bodies=()))
    hall.motion("implementing", id="m", supporters=(li, zhao, chen))
    hall.do(c.SpawnRecord(id="m", by=committee, title="Pour concrete", awaited=False))
    hall.engine.close()

    english, chinese = (
        govflow("journey", "m", "--db", tmp_path / "town.db", "--lang", each) for each in ("en", "zh-CN")
    )
    neighbour = ("--as", "s-else", "--role", "resident")
    found = json.loads(govflow("journey", "m", "--db", tmp_path / "town.db", *neighbour, "--json").out)

    assert (english.status, english.err, chinese.err) == (0, "", "")
    assert "m  proposal · implementing · Ramp at gate 3" in english.out
    assert "ballot cast ×5" in " ".join(english.out.split())
    assert "from m: spawned" in english.out
    assert "由 m（衍生）" in chinese.out
    assert "开始表决" in chinese.out
    assert "附议联名 ×" in chinese.out
    assert "附议联名: 附议联名" not in chinese.out
    assert (found["left_out"], [each["record"] for each in found["records"]]) == (1, ["m"])
    told = govflow("journey", "m", "--db", tmp_path / "town.db", *neighbour).out
    assert "1 more records tied to these are not for this reader" in told
    assert max(cell_len(line) for line in (english.out + chinese.out).splitlines()) <= 80
    for person in ("s-wang", "v-0", "office-1"):
        assert person not in english.out


def test_a_program_is_told_what_happened_in_the_language_it_asks_for(govflow, tmp_path):
    hall = Hall(tmp_path / "town.db", policy=a_policy("unlisted", bodies=()))
    hall.motion("submitted", id="m", supporters=(li, zhao, chen))
    hall.engine.close()

    english, chinese = (
        json.loads(govflow("journey", "m", "--db", tmp_path / "town.db", "--json", "--lang", each).out)
        for each in ("en", "zh-CN")
    )

    assert [each["label"] for each in english["happened"]] == ["drafted", "given", "submitted"]
    assert [each["label"] for each in chinese["happened"]] == ["起草", "附议联名", "提交"]
