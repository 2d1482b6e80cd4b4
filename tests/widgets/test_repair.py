"""RepairView on a small random model, without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from mikit.errors import BadPair
from mikit.studies.pairs import PromptPair
from mikit.studies.self_repair import DRAWS
from mikit.widgets.repair import RepairView
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled

WORDS = {"prompt": "w1 w2 w5 w3", "changed": "w1 w4", "answer": "w7", "foil": "w9"}


def test_what_is_shown_adds_up_and_is_what_a_record_holds(model, tmp_path):
    view = RepairView(model, **WORDS).run()
    effects, split = decode(view.found["effects"]), view.found["split"]
    back = decode(split["back"])[..., 0]
    s = model.spec
    assert effects.shape == (s.layers * s.heads, 4, 3) and np.isnan(effects[:, :2, 1:]).all()
    rows = [s.heads * int(name[1]) + int(name[3]) for name in split["heads"]]
    between = (effects[:, 0, 0] - effects[:, 1, 0])[rows]
    np.testing.assert_allclose(back[:, -1], between, atol=1e-3)
    np.testing.assert_allclose(back[:, :-1].sum(1), between, atol=1e-3)
    assert (effects[:, 2:, 1] <= effects[:, 2:, 2]).all() and split["by"][-1] == "sum"
    assert view.found["draws"] == DRAWS
    assert decode(view.found["pairs"]["values"]).shape == (15, 3)
    (result,) = view.record().results
    np.testing.assert_array_equal(result.grids["total"].values.numpy().ravel(), effects[:, 1, 0])
    assert set(view.code) == {"mikit", "nnsight"}
    assert view.picture().count("<img") == 1 and "direct less total" in view.picture()
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000


def test_several_prompts_bring_intervals(model):
    pairs = [PromptPair(clean=text, corrupt=text, answer="w7", foil="w9") for text in ("w1 w2 w5 w3", "w4 w6")]
    view = RepairView(model, pairs=pairs, answer="w7", foil="w9", brought="zero", head=(1, 2)).run()
    effects = decode(view.found["effects"])
    assert view.prompts == 2 and view.chosen == [1, 2]
    assert (effects[:, 1, 1] < effects[:, 1, 0]).all() and np.isfinite(decode(view.found["split"]["back"])).all()


def test_another_way_to_switch_off_is_asked_for_and_choosing_a_head_is_not(model):
    view = RepairView(model, **WORDS)
    until_settled(view)
    before = decode(view.found["effects"])[:, 1, 0].copy()
    asked = dict(view.asked)
    view.chosen = [0, 1]
    assert view.asked == asked
    view.brought = "zero"
    until(view, lambda: view.asked != asked and view.answers == view.asked and view.status["state"] == "idle")
    assert np.abs(decode(view.found["effects"])[:, 1, 0] - before).max() > 1e-3
    view.foil = "w7"
    until(view, lambda: "always 0" in view.error)
    view.close()


def test_what_cannot_be_asked(model):
    with pytest.raises(BadPair, match="always 0"):
        RepairView(model, **WORDS | {"foil": "w7"})
    with pytest.raises(TypeError, match="Did you mean 'brought'"):
        RepairView(model, **WORDS, broght="zero")
