from __future__ import annotations

import numpy as np
import pytest

from mikit.errors import ShapeMismatch
from mikit.models.model import Model
from mikit.models.tokens import Chat
from mikit.widgets.tokens import TokenStrip
from mikit.widgets.wire import decode


def test_marks_the_template_of_a_chat(model: Model) -> None:
    view = TokenStrip(model.tokens(Chat(user="w1 w2")))
    assert [(t["text"], t["special"]) for t in view.tokens] == [
        ("<user>", True),
        ("w1", False),
        ("w2", False),
        ("<bot>", True),
    ]
    assert view.values is None


def test_one_number_a_token() -> None:
    view = TokenStrip(["a", " b"], [0.5, np.nan], unit="nats")
    assert view.limit == 0.5 and view.scale == "sequential"
    np.testing.assert_array_equal(decode(view.values), np.array([0.5, np.nan], np.float32))
    with pytest.raises(ShapeMismatch, match=r"2 tokens.*\[3\]"):
        TokenStrip(["a", "b"], [1, 2, 3])


def test_an_unknown_keyword_names_the_nearest() -> None:
    with pytest.raises(TypeError, match="Did you mean 'values'"):
        TokenStrip(["a"], value=[1.0])


def test_token_text_is_data_in_the_picture() -> None:
    html = TokenStrip(["<script>alert(1)</script>", "&"], [1.0, -1.0]).picture()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html and "&amp;" in html
