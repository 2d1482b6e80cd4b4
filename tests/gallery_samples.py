"""Made-up traits for every view, so that it can be drawn in any state without a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mikit.methods.rules import share_interval
from mikit.widgets.circuit_graph_files import read_file
from mikit.widgets.circuit_graph_wire import NOTHING, file_wire, graph_wire
from mikit.widgets.wire import encode, lower_triangles

Traits = dict[str, Any]


def _tokens(text: str) -> list[str]:
    return text.split("|")


TEXT = _tokens("When| Mary| and| John| went| to| the| store|,| John| gave| a| drink| to")
ODD_TOKENS = _tokens(" Mary|.\n|\n|She| said| <script>| it| cost| |⟨E2⟩|⟨82⟩|12| in| Łódź|.")
REPEATING = _tokens("The| gr|een| door| was| shut|.| Every| morning| the| gr|een| door| was| op|en")
LAYERS, HEADS = 30, 9

FRAME: Traits = {
    "chip": "smollm2-135m · 3f9a21c0 · fp32",
    "status": {"state": "idle", "text": "ready", "done": 1.0},
    "error": "",
    "code": {
        "mikit": 'import mikit\n\nmodel = mikit.load("smollm2-135m")\n',
        "nnsight": "from nnsight import TransformersModel\n",
    },
    "note": "",
    "can_save": True,
    "frozen": False,
}

STATES: dict[str, Traits] = {
    "empty": {},
    "busy": {"status": {"state": "busy", "text": "computing 3/30", "done": 0.1}},
    "partial": {"status": {"state": "busy", "text": "computing 12/30", "done": 0.4}},
    "old": {"status": {"state": "busy", "text": "computing", "done": 0.0}},
    "done": {"note": "Saved mikit-record-1.json beside this notebook."},
    "error": {
        "error": "The text has 9000 tokens, and this model reads 8192 at most. Take out some of the text.",
        "status": {"state": "error", "text": "no new numbers", "done": 0.0},
    },
    "gone": {},
}


MORE: dict[str, dict[str, Traits]] = {
    "circuitbuilder": {**{state: {} for state in ("bare", "all", "edges")}, "saved": {"frozen": True}},
    "circuitgraph": {"file": {}},
    "steering": {
        **{state: {} for state in ("build", "random", "score", "sink", "beyond", "rating", "rated")},
        "saved": {"frozen": True},
    },
}
"""States that only one view has."""

PRESS = {
    ("steering", "random"): "a random arrow instead",
    ("steering", "score"): "Score",
    ("steering", "sink"): "Position 0",
}
"""Buttons that are pressed before the picture is taken."""


def _lanes(state: str, asked_again: tuple[str, ...], steady: tuple[str, ...] = ()) -> Traits:
    """Every lane answered; in the state "old" those ``asked_again`` have a newer request."""
    answers = {lane: 0 if state == "empty" else 1 for lane in asked_again + steady}
    asked = {lane: answered + (state == "old" and lane in asked_again) for lane, answered in answers.items()}
    return {"answers": answers, "asked": asked}


def features(state: str) -> Traits:
    """A dictionary of 4608 features: most fire seldom, some all the time; labels from very good to no better than
    guessing; two texts that do not fit on a line."""
    draws = np.random.default_rng(9)
    count = 4608
    density = np.exp(draws.normal(-5.4, 1.3, count)).clip(0, 0.6)
    density[::97] = 0
    score = draws.beta(6, 3, count).clip(0.3, 1)
    score[draws.random(count) < 0.2] = np.nan
    half = 0.03 + 0.1 * (1 - score)
    named = draws.integers(0, 8, (count, 6))
    named[np.arange(6) >= draws.integers(1, 7, (count, 1))] = -1
    named[np.isnan(score)] = -1
    around = [*TEXT[:12], " drink", *ODD_TOKENS[:12]]
    rise = draws.gamma(1.2, 2.0, 25) * (draws.random(25) < 0.2)
    rise[12] = 9.5
    examples = [
        {
            "band": band, "kind": ("mail", "speech", "dialogue")[i], "tokens": around[: 25 - 6 * i],
            "values": (rise * (1 - 0.22 * band))[: 25 - 6 * i].tolist(), "centre": 12,
        }
        for band in range(4) for i in range(2 if band == 3 else 3)
    ]  # fmt: skip
    written = [{"token": text, "value": 1.4 - 0.13 * i} for i, text in enumerate([*TEXT[1:6], "⟨E2⟩"])]
    empty, done = state == "empty", state == "done"
    doses = np.arange(9) / 4
    change = np.linspace(1.9, -1.6, 10)
    values = np.array([np.nan, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3.1, 9.1, 0.6])
    items = [{"tokens": around[i:], "centre": 12 - i} for i in range(12)]
    typed = {"words": "words for drinks", "score": None, "shuffled": None}
    opening = [(3353, True), (3396, True), (2925, True), (4357, False), (2084, False), (1965, False)]
    return _lanes(state, ("text", "effect"), ("fit",)) | {
        "title": "Features",
        "shows": "Where each feature fires, what it writes, and how well its label foretells its firing.",
        "hides": "What the model uses it for.",
        "dictionary": "smollm2-135m-l9 · ab12cd34 · 4608 features", "place": "L9 resid_post",
        "fit": None if empty else {"fvu": 0.162, "l0": 32.0, "declared": {"fvu": 0.155, "l0": 32}, "random": 0.68},
        "refused": "At resid_post, layer 9 of smollm2-135m this dictionary leaves out 1.31 of the variance (FVU); the"
        " mean activation alone leaves out 1. It was made for another place, or for activations on another scale."
        if state == "error" else "",
        "count": count,
        "all": None if empty else {
            "density": encode(density), "peak": encode(draws.gamma(3, 4, count)),
            "score": encode(np.stack([score, score - half, np.minimum(score + half, 1)], 1)),
            "shuffled": encode(draws.normal(0.51, 0.03, count)), "stability": encode(draws.beta(6, 3, count)),
            "stability_random": 0.17, "pool": 250_000,
            "words": ["drink", "mary", "john", "store", "the", "a", "<script>", "\n"], "label": encode(named),
            "before": encode(draws.random(count) < 0.3),
        },
        "opening": [] if empty else [
            {"id": id, "good": good, "why": f"{'best' if good else 'worst'} scored of 3408 that fired 100+ times"}
            for id, good in opening
        ],
        "feature": 3353,
        "detail": None if empty else {
            "id": 3353, "firings": 1240, "examples": examples, "recall": [1.0, 0.94, 0.81, None],
            "histogram": np.rint(900 * np.exp(-np.arange(24) / 3.5)).astype(int).tolist(),
            "promoted": written, "suppressed": [{**one, "value": -0.8 * one["value"]} for one in written],
            "cosine": [{"id": 40 + i, "value": 0.61 - 0.05 * i} for i in range(6)],
            "together": [{"id": 1200 + i, "value": 0.4 - 0.07 * i} for i in range(5)],
        },
        "wanted": "", "found": None, "prompt": "".join(TEXT),
        "on_text": None if empty else {
            "prompt": "".join(TEXT), "feature": 3353, "tokens": TEXT, "values": encode(values),
            "control": None if state == "busy" else encode(0.4 * values),
            "strongest": [{"id": 688 + i, "share": 1.05 - 0.07 * i, "token": TEXT[i + 1]} for i in range(12)],
        },
        "how": "ablate", "dose": 4,
        "effect": None if empty or state == "busy" else {
            "prompt": "".join(TEXT), "feature": 3353, "how": "ablate", "doses": encode(doses),
            "kl": encode(0.21 * doses**2), "kl_random": encode(np.outer([0.01, 0.03, 0.02, 0.05], doses)),
            "tokens": [" milk", " water", "<b>", *TEXT[:7]], "change": encode(np.outer(doses, change)),
            "change_random": encode(draws.normal(0, 0.2, (4, 9, 10)) * doses[:, None]), "notes": [],
        },
        "indexing": False, "own": {"3353": typed} if done else {},
        "quiz": {"feature": 3353, "words": typed["words"], "items": items, "outcome": None} if done else None,
        "game": None,
    }  # fmt: skip


def heatmap(state: str) -> Traits:
    """Patching every layer at every position: two spots that matter, and the last position growing with depth."""
    layer, position = np.mgrid[:LAYERS, : len(TEXT)].astype(float)
    spot = 4.6 * np.exp(-(((position - 9) / 0.7) ** 2)) / (1 + np.exp((layer - 14) / 1.5))
    end = 5.8 * np.exp(-(((position - 13) / 0.6) ** 2)) / (1 + np.exp(-(layer - 17) / 2))
    against = 2.4 * np.exp(-(((position - 3) / 0.7) ** 2) - ((layer - 6) / 6) ** 2)
    values = spot + end - against + np.random.default_rng(0).normal(0, 0.12, layer.shape)
    values[:, 0] = np.nan
    values[29, 13] = 9.0
    exact = None
    if state == "partial":
        exact = encode((layer >= 18).astype(np.uint8))
    rows, cols = [f"L{i}" for i in range(LAYERS)], TEXT
    if state == "empty":
        values, rows, cols = np.zeros((0, 0)), [], []
    return _lanes(state, ("map",)) | {
        "title": "Patching the residual stream",
        "shows": "How much of the logit difference comes back when one residual is swapped in from the original run.",
        "hides": "Which parts of the model use what is stored there.",
        "values": encode(values), "rows": rows, "cols": cols, "row_axis": "layer", "col_axis": "position",
        "unit": "logits", "scale": "diverging", "limit": 6.0, "layers_up": True, "exact": exact,
        "tokens_on_x": True, "selected": [11, 9] if state == "done" else None,
    }  # fmt: skip


def tokens(state: str) -> Traits:
    texts = TEXT + ODD_TOKENS
    surprise = np.random.default_rng(1).gamma(1.2, 2.4, len(texts))
    surprise[0] = np.nan
    empty = state == "empty"
    marked = [{"text": text, "special": False} for text in texts]
    template = [{"text": text, "special": True} for text in ("<|im_start|>", "user", "\n")]
    return _lanes(state, ("tokens",)) | {
        "title": "Surprise at each token",
        "shows": "The surprise at each token, given the tokens before it.",
        "hides": "Which other tokens were likely there.",
        "tokens": [] if empty else template + marked,
        "values": None if empty else encode(np.concatenate([np.full(3, np.nan), surprise])),
        "unit": "nats", "scale": "sequential", "limit": 8.0, "selected": 8 if state == "done" else -1,
    }  # fmt: skip


def _patterns(length: int, copies: NDArray[np.int_]) -> NDArray[np.float64]:
    """[H, T, T]: most heads look at position 0, some at the token before, some at what followed the same token."""
    draws = np.random.default_rng(2)
    scores = draws.normal(0, 1.2, (LAYERS * HEADS, length, length))
    scores[:, :, 0] += draws.gamma(2, 1.6, (LAYERS * HEADS, 1))
    for head in range(LAYERS * HEADS):
        kind = draws.integers(8)
        for query in range(1, length):
            if kind == 0:
                scores[head, query, query - 1] += 5
            elif kind == 1 and copies[query] >= 0:
                scores[head, query, copies[query] + 1] += 7
            elif kind == 2:
                scores[head, query, query] += 4
    scores[:, *np.triu_indices(length, 1)] = -np.inf
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(weights / weights.sum(-1, keepdims=True))


def attention(state: str) -> Traits:
    texts = REPEATING
    copies = np.array([max((j for j in range(i) if texts[j] == text), default=-1) for i, text in enumerate(texts)])
    patterns = _patterns(len(texts), copies)
    count, draws = LAYERS * HEADS, np.random.default_rng(3)
    score = {name: np.clip(draws.beta(0.3, 3, count), 0, 1) for name in ("induction", "previous", "duplicate", "first")}
    traits: Traits = _lanes(state, ("attention", "mute"), ("scores",)) | {
        "title": "Where the heads look",
        "shows": "Which earlier tokens each head reads from; with heads off, how much worse the text is predicted.",
        "hides": "What a head does with what it reads. A head that looks somewhere need not matter.",
        "text": "".join(texts), "mode": "continue", "muted": [], "focus": [18, 6], "locked": -1, "sort": "",
        "examples": [
            {"label": "A name, twice", "text": "".join(texts), "mode": "continue"},
            {"label": "Random, twice", "text": "", "mode": "repeat"},
        ],
        "has_chat": True, "grid": [LAYERS, HEADS],
        "tokens": [{"text": text, "special": False} for text in texts],
        "patterns": encode(lower_triangles(patterns)), "sink": encode(patterns[:, 1:, 0].mean(1)),
        "scores": {name: encode(values) for name, values in score.items()},
        "score_control": {name: encode(values * 0.3) for name, values in score.items()},
        "score_low": {name: encode(values * 0.9) for name, values in score.items()},
        "score_high": {name: encode(np.minimum(1, values * 1.1)) for name, values in score.items()},
        "protocol": "8 sequences of 50 random tokens said twice. Mean attention from each query to the one key "
        "the score names, over all such queries; no prefix; position 0 is a random token.",
        "next": [{"text": text, "p": p} for text, p in ((".", 0.31), (" to", 0.22), (" and", 0.1), (",", 0.06))],
        "effect": {
            "heads": [], "of": 8, "base": {"guessed": 7, "n": 14, "surprise": 3.4},
            "muted": {"guessed": 7, "n": 14, "surprise": 3.4, "low": None, "high": None},
            "draws": {"guessed": [], "surprise": []},
        },
        "surprise": encode(np.stack([draws.gamma(1.2, 2.0, len(texts)), np.full(len(texts), np.nan)])),
    }  # fmt: skip
    if state == "empty":
        traits |= {
            "text": "", "tokens": [], "patterns": encode(np.zeros((count, 0), np.uint8)), "next": [],
            "sink": encode(np.zeros(0)), "surprise": encode(np.zeros((2, 0))), "effect": None,
            "scores": {}, "score_control": {}, "score_low": {}, "score_high": {}, "protocol": "",
        }  # fmt: skip
    if state in ("partial", "old", "done"):
        shown = 3 if state == "partial" else 8
        muted = [[18, 6], [17, 3], [17, 4], [11, 2], [9, 0], [15, 8], [20, 1], [22, 5]]
        surprise = np.stack([draws.gamma(1.2, 1.0, len(texts)), draws.gamma(2.0, 2.4, len(texts))])
        surprise[:, 0] = np.nan
        traits |= {
            "muted": muted, "locked": 11, "sort": "induction" if state == "done" else "", "surprise": encode(surprise),
            "effect": {
                "heads": muted, "of": 8,
                "base": {"guessed": 22, "n": 24, "surprise": 1.6},
                "muted": {"guessed": 3, "n": 24, "surprise": 9.0, "low": 7.9, "high": 10.2},
                "draws": {
                    "guessed": [21, 20, 22, 19, 21, 22, 20, 21][:shown],
                    "surprise": [1.7, 2.1, 1.6, 2.4, 1.8, 1.7, 2.0, 1.9][:shown],
                },
            },
        }  # fmt: skip
    return traits


def bethehead(state: str) -> Traits:
    """One head, all of it on the first name; the real one looks at the second John."""
    own = np.zeros(len(TEXT))
    own[[0, 1, 3, 9]] = 0.15, 0.05, 0.06, 0.74
    each = np.array([3.2, -1.3, 3.1, 6.4, 2.2, 2.7, 3.1, 2.6, 2.7, 7.0, 3.0, 3.2, 3.7, 2.3])
    others = 5.8 + np.random.default_rng(4).normal(0, 0.6, (8, len(TEXT)))
    likely = [{"text": text, "p": p} for text, p in ((" Mary", 0.92), (" the", 0.02), (" his", 0.006), (" a", 0.005))]
    turned = [{"text": text, "p": p} for text, p in ((" John", 0.27), (" the", 0.16), (" Mary", 0.07), (" a", 0.04))]
    outcomes = [
        {"name": "placed", "diff": -1.32, "answer": 0.07, "foil": 0.27, "next": turned},
        {"name": "real head", "diff": 6.12, "answer": 0.92, "foil": 0.002, "next": likely},
        {"name": "spread evenly", "diff": 3.41, "answer": 0.88, "foil": 0.03, "next": likely},
        {"name": "all on the first", "diff": 3.18, "answer": 0.87, "foil": 0.04, "next": likely},
    ]
    empty, revealed = state == "empty", state in ("done", "partial")
    shares = [float(i == 1) for i in range(len(TEXT))] if revealed else [0.3, 0.4] + [0.025] * 12
    return {
        "title": "Be the head",
        "shows": "The model's preference for ' Mary' over ' John' when this head looks where you say.",
        "hides": "What the head is for: other heads can do the same, and on another text it may do something else.",
        "text": "" if empty else "".join(TEXT), "head": [23, 3], "grid": [LAYERS, HEADS],
        "answer": " Mary", "foil": " John",
        "shares": [] if empty else shares, "revealed": revealed, "predicted": 8.0 if state == "done" else None,
        "tokens": [] if empty else [{"text": text, "special": False} for text in TEXT],
        "own": encode([] if empty else own), "outcomes": [] if empty else outcomes,
        "each": encode(np.zeros(0) if empty else each),
        "each_others": encode(np.zeros((0, 0)) if empty else others[: 3 if state == "partial" else 8]),
    }  # fmt: skip


def predict(state: str) -> Traits:
    """A number while it is asked for; locked once there is one; beside the truth when all is done."""
    return {
        "title": "Predict 01.P3",
        "question": "With its eight induction heads off, how many of 19 tokens does the model still get right?",
        "options": ["about one", "about six", "about twelve"] if state == "empty" else None,
        "low": 0.0, "high": 19.0, "step": 1.0, "unit": "tokens", "within": 2.0,
        "locked": {"value": 12.0, "sure": 80} if state in ("partial", "old", "done") else None,
        "revealed": {"truth": 1.0, "right": False, "brier": 0.64} if state == "done" else None,
        "frozen": state in ("partial", "done"),
    }  # fmt: skip


def training(state: str) -> Traits:
    """Two layers fall off the plateau, one layer does not; the learner's guess was 3."""
    measured = {"empty": 0, "partial": 16}.get(state, 51)
    steps = 10 * np.arange(measured)
    loss = 0.004 + 3.9 / (1 + np.exp((steps - 110) / 14))
    control = 2.8 + 1.2 * np.exp(-steps / 240)
    learned = np.clip((steps - 80) / 80, 0, 1)[:, None]
    patterns = _patterns(48, np.arange(48) - 24)[:6]
    empty = state == "empty"
    none = encode(np.zeros((0, 0), np.uint8))
    return {
        "title": "A network learns to repeat",
        "chip": "toy-2x2-seed-0 · 2e8cf9ac · fp32",
        "shows": "The loss on texts never trained on, and where each head looks, with two layers and with one.",
        "hides": "That a large model learns it in this way, or that this is the only way to do it.",
        "seed": 0, "started": not empty, "updates": 500, "predicted": 3.0, "chance": float(np.log(48)), "grid": [2, 2],
        "steps": encode(steps.astype(np.float32)), "loss": encode(loss), "loss_control": encode(control),
        "scores": {} if empty else {
            "induction": encode(0.05 + learned * np.array([[0, 0, 0.88, 0.89]])),
            "previous": encode(0.04 + learned * np.array([[0.43, 0.04, 0, 0.01]])),
        },
        "score_control": {} if empty else {
            name: encode(np.full((measured, 2), 0.05)) for name in ("induction", "previous")
        },
        "patterns": none if empty else encode(lower_triangles(patterns[:4])),
        "pattern_control": none if empty else encode(lower_triangles(patterns[4:])),
    }  # fmt: skip


def lens(state: str) -> Traits:
    """Both prompts look alike until one layer reads who acted; a head there writes most of the difference."""
    draws = np.random.default_rng(6)
    layer, position = np.mgrid[:LAYERS, : len(TEXT)].astype(float)
    common = 11 * (1 - np.exp(-(layer + 1) / 5)) * (0.7 + 0.3 * np.sin(position)) + draws.normal(0, 0.4, layer.shape)
    common[:, :2] *= 0.2
    late = 1 / (1 + np.exp(-(layer - 22.5) / 0.5)) * (position == len(TEXT) - 1)
    readings = [common * (1 - late) + late * end * (1 + (LAYERS - layer) / 12) for end in (5.49, -6.12)]
    words = [[" the", " a", " his", " them", " John"], [" John", " Mary", " the", " him", " her"]]
    sure = [[0.3, 0.2, 0.12, 0.1, 0.05], [0.88, 0.03, 0.02, 0.01, 0.003]]

    def top(swapped: bool) -> list[list[dict[str, Any]]]:
        last = [" Mary", " John", *words[1][2:]] if swapped else words[1]
        return [
            [{"text": w, "p": p} for w, p in zip(last if i > 22 else words[0], sure[int(i > 22)], strict=True)]
            for i in range(LAYERS)
        ]

    layers = draws.normal(0, 0.25, (2, LAYERS, 2))
    layers[:, 23, 0], layers[:, 26, 1] = (4.4, -4.6), (-1.6, 1.1)
    heads = draws.normal(0, 0.08, (2, LAYERS, HEADS))
    heads[:, 23, 3], heads[:, 25, 7] = (3.9, -4.0), (-1.2, 1.0)
    changed = [*TEXT[:9], " Mary", *TEXT[10:]]
    empty, partial = state == "empty", state == "partial"
    none = encode(np.zeros((0, 0), np.float32))
    return _lanes(state, ("lens", "direct")) | {
        "title": "What each layer would say",
        "shows": "What each layer's stream would predict if it were the last, and what each part adds to the logit "
        "difference (norm's scale held).",
        "hides": "What a layer is used for: the lens reads with the last layer's glasses, and parts also act through"
        " later parts.",
        "prompt": "".join(changed), "control": "".join(TEXT), "answer": " John", "foil": " Mary",
        "layer": 18, "grid": [LAYERS, HEADS],
        "tokens": [] if empty else changed, "control_tokens": [] if empty or partial else TEXT,
        "lens": none if empty else encode(readings[0]),
        "control_lens": none if empty or partial else encode(readings[1]),
        "limit": 14.0,
        "top": [] if empty else top(False), "control_top": [] if empty or partial else top(True),
        "layers": none if empty or partial else encode(layers),
        "ends": none if empty or partial else encode(np.array([[0.04, 0.0], [0.04, 0.0]])),
        "heads": none if empty or partial else encode(heads),
        "parts": [] if empty or partial else [
            {"name": name, "value": value, "control": control}
            for name, value, control in (
                ("L23H3", 3.9, -4.0), ("L25H7", -1.2, 1.0), ("L26N1022", -0.8, 0.5), ("L29N14", 0.61, 0.58),
                ("L22H1", 0.4, 0.31),
            )
        ],
    }  # fmt: skip


def superposition(state: str) -> Traits:
    """Five features: a right angle while all are present, then antipodal pairs, then a pentagon."""
    sparsities = [0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
    degrees = [[20, 110, 0, 0, 0]] + 3 * [[40, 130, 220, 310, 0]] + 3 * [[12, 156, 300, 84, 228]]
    lengths = [[1, 0.99, 0, 0, 0]] + 3 * [[1, 1, 0.99, 0.98, 0.06]] + 3 * [[1.12, 1.13, 1.12, 1.12, 1.14]]
    shares = [[1, 1, 0, 0, 0]] + 3 * [[0.5, 0.5, 0.5, 0.5, 0.004]] + 3 * [[0.4, 0.4, 0.41, 0.39, 0.4]]
    turned, length = np.radians(degrees), np.array(lengths)[..., None]
    weights = length * np.stack([np.cos(turned), np.sin(turned)], axis=-1)
    draws = np.random.default_rng(7)
    untrained = draws.uniform(-0.7, 0.7, weights.shape)
    if state == "partial":
        weights = 0.6 * weights + 0.4 * untrained
    importance, present = (np.geomspace(*ends, 8) for ends in ((0.1, 10), (1, 0.01)))
    rare = -np.log10(present)[None, :] - 0.9 * np.abs(np.log10(importance))[:, None]
    alone = 0.5 + 0.5 * np.sign(np.log10(importance))[:, None] / (1 + np.exp(12 * (rare + 0.1)))
    empty = state == "empty"
    none = encode(np.zeros((0, 0), np.float32))
    return _lanes(state, ("train", "phase")) | {
        "title": "More features than dimensions",
        "chip": "toys-5-in-2-seed-0 · 5c1c90ab · fp32",
        "shows": "Each feature's direction in two dimensions, once trained to be read back, by how rarely features"
        " occur.",
        "hides": "How a language model stores its features: theirs are many, uneven, and not known beforehand.",
        "features": 5, "importance": 0.9, "pairs": "independent", "seed": 0, "started": not empty,
        "chosen": {"done": 5, "old": 2}.get(state, 4),
        "sparsities": sparsities, "updates": 1500, "draws": 4, "step": 240 if state == "partial" else 1500,
        "weights": encode(np.zeros((0, 0, 2), np.float32)) if empty else encode(weights),
        "weights_control": encode(np.zeros((0, 0, 2), np.float32)) if empty else encode(untrained),
        "dimensionality": none if empty else encode(np.array(shares, np.float32)),
        "dimensionality_control": none if empty else encode(draws.uniform(0.25, 0.7, (7, 5))),
        "loss": encode([] if empty else [0.036, 0.039, 0.019, 0.012, 0.0037, 0.0011, 0.0002]),
        "loss_control": encode([] if empty else [0.31, 0.16, 0.09, 0.06, 0.03, 0.015, 0.003]),
        "agree": [] if empty else [4, 1, 4, 4, 3, 4, 4],
        "figures": [] if empty else ["a right angle"] + 3 * ["two antipodal pairs"] + 3 * ["pentagon"],
        "phase": none if empty else encode(alone), "phase_length": none if empty else encode(np.sqrt(alone)),
        "phase_importance": importance.tolist(), "phase_present": present.tolist(),
    }  # fmt: skip


def repair(state: str) -> Traits:
    """Most heads lie on the line; two of layer 23 write what a later head then makes up for."""
    empty, partial, several = state == "empty", state == "partial", state == "done"
    draws = np.random.default_rng(5)
    count = LAYERS * HEADS
    direct = draws.laplace(0, 0.03, count)
    total = direct + draws.laplace(0, 0.03, count)
    for at, writes, loses in (
        (210, 2.9, 2.95),
        (262, 1.7, 1.6),
        (261, -1.0, -1.2),
        (220, -1.0, -0.5),
        (207, 0.82, 0.02),
        (208, 0.78, -0.15),
        (180, -0.2, 1.1),
    ):
        direct[at], total[at] = writes, loses
    if partial:
        total[140:] = np.nan

    def spread(values: NDArray[np.float64], by: float) -> NDArray[np.float64]:
        return np.stack([values, values - by, values + by], -1)

    half = 0.2 if several else np.nan
    effects = [
        spread(direct, half),
        spread(total, half),
        spread(direct, np.nan if partial else 0.08),
        spread(total, np.nan if partial else 0.1),
    ]
    heads = [207, 208, 220, 210, 262, 261, 180]
    parts = np.array([0.63, 0.3, 0.09, 0.05, -0.26, -0.05, 0.04])
    back = np.outer((direct - total)[heads] / parts.sum(), parts)
    by = ["L24H4", "norms", "L28 MLP", "L29H0", "L29 MLP", "L26 MLP", "other heads", "sum"]
    found = {
        "difference": encode(spread(np.array([6.12]), half)),
        "effects": encode(np.stack(effects, 1)),
        "split": None
        if partial
        else {
            "heads": [f"L{n // HEADS}H{n % HEADS}" for n in heads],
            "by": by,
            "back": encode(spread(np.concatenate([back, back.sum(1, keepdims=True)], 1), half)),
        },
        "pairs": None
        if partial
        else {
            "names": [
                "L23H3 + L29H0",
                "L23H0 + L24H4",
                "L23H0 + L23H1",
                "L23H3 + L29H1",
                "L29H0 + L29H1",
                "L20H0 + L29H0",
            ],
            "values": encode(spread(np.array([0.59, 0.4, 0.22, -0.72, -0.1, 0.28]), half)),
            "random_names": ["L0H1 + L3H2", "L9H1 + L14H1", "L23H5 + L29H0"],
            "random": encode(spread(np.array([-0.02, 0.0, 0.1]), np.nan)),
        },
    }
    return _lanes(state, ("repair",)) | {
        "title": "Switched off, and brought back",
        "shows": "What each head writes to the answer itself, what the model loses without it, and which later parts"
        " make up the difference.",
        "hides": "That anything is there to repair: parts further on change because what they read has changed.",
        "prompt": "".join(TEXT), "changed": "".join(TEXT).replace(", John", ", Mary"),
        "answer": " Mary", "foil": " John",
        "brought": "other prompt" if state == "old" else "mean", "prompts": 8 if several else 1,
        "chosen": [20, 0] if state == "gone" else None, "grid": (LAYERS, HEADS), "found": None if empty else found,
    }  # fmt: skip


def minimal(state: str) -> Traits:
    """Twelve units, of which six are enough, in three ways; sixteen in the last."""
    units = 16 if state == "done" else 12
    draws = np.random.default_rng(8)
    count = {"done": 15, "old": 1}.get(state, 3)
    circuits = np.stack([np.isin(np.arange(units), draws.permutation(units)[: units // 2]) for _ in range(count)])
    both = circuits.astype(int) @ circuits.T.astype(int)
    sizes = np.arange(4, 49)
    measured = np.stack([0.55 * 2.0 ** np.arange(4, units + 1), 0.8 * np.arange(4, units + 1) ** 2 / 2], 1).astype(
        np.int32
    )
    greedy = circuits[0] | (np.arange(units) % 4 == 0)
    found = {
        "units": units,
        "share": 0.9,
        "tested": measured[-1].tolist(),
        "circuits": encode(circuits.astype(np.uint8)),
        "greedy": greedy.astype(int).tolist(),
        "overlap": encode(both / (units - both)),
        "kept": [0.9 + 0.002 * n for n in range(count + 1)],
        "random": [0.75, 0.64, 0.84],
        "draws": 200,
    }
    growth = {
        "tested": encode(measured[: 5 if state == "partial" else None]),
        "at_most": encode(np.stack([2.0**sizes, sizes * (sizes + 1) / 2], 1)),
        "speed": 400_000.0,
    }
    return _lanes(state, ("search",)) | {
        "title": "What it costs to be sure",
        "chip": "units-12-seed-0 · 956e92e0 · fp32",
        "shows": "Every smallest set of units that keeps enough of a small network's decisions, all others held at"
        " their mean, and how many sets were tested to find them.",
        "hides": "How many units a circuit of a language model needs: there, no one can test every set.",
        "units": units, "share": 0.9, "seed": 0, "chosen": 1 if state == "done" else 0, "fewest": 4, "most": 16,
        "found": None if state in ("empty", "partial") else found, "growth": None if state == "empty" else growth,
    }  # fmt: skip


def dictionarytraining(state: str) -> Traits:
    """Three prices of firing: the lowest leaves out least, and has the fewest true directions."""
    measured = {"empty": 0, "partial": 30}.get(state, 100)
    steps = 20 * np.arange(1, measured + 1)
    ends = np.array([0.006, 0.06, 0.21])
    fvu = ends + np.exp(-steps[:, None] / np.array([120, 160, 200])) * 1.2
    l0 = np.array([7.4, 4.6, 2.0]) + 6 * np.exp(-steps[:, None] / 300)
    dead = np.array([0, 0.03, 0.06]) * np.minimum(1, steps[:, None] / 800)
    draws = np.random.default_rng(9)
    found = [np.sort(draws.uniform(low, 1, 20))[::-1] for low in (0.6, 0.7, 0.86)]
    chance = np.sort(draws.uniform(0.45, 0.92, (3, 20)))[:, ::-1]
    empty = state == "empty"
    none = encode(np.zeros((0, 0), np.float32))
    control = np.array([0.3, 0.33, 0.39]) + 0 * steps[:, None]
    return _lanes(state, ("train",)) | {
        "title": "Directions that we know",
        "chip": "planted-20-in-8-seed-0 · 4d1f09ab · fp32",
        "shows": "How much of new inputs each dictionary leaves out, and once revealed, which true directions it has.",
        "hides": "What a dictionary of a language model has found: nobody knows its true directions, or whether it has"
        " any.",
        "seed": 0, "started": not empty, "chosen": 2 if state == "done" else 0,
        "revealed": state in ("done", "old", "gone"), "predicted": 15.0, "knob": "sparsity",
        "levels": [0.02, 0.1, 0.3], "updates": 2000, "features": 32, "truth": 20, "resumable": False,
        "steps": encode(steps.astype(np.float32)), "held_out": [],
        "curves": {} if empty else {"fvu": encode(fvu), "l0": encode(l0), "dead": encode(dead)},
        "curves_control": {} if empty else {"fvu": encode(control), "l0": encode(l0), "dead": encode(0 * dead)},
        "recovered": [] if empty else [float((one > 0.9).sum()) for one in found],
        "recovered_control": [] if empty else [float((one > 0.9).sum()) for one in chance],
        "cosine": none if empty else encode(np.array(found)), "cosine_control": none if empty else encode(chance),
    }  # fmt: skip


def patching(state: str) -> Traits:
    """The second name carries the answer in early layers, the end in late ones; the straight line errs early."""
    draws = np.random.default_rng(8)
    layer, position = np.mgrid[:LAYERS, : len(TEXT)].astype(float)
    name = 11.6 / (1 + np.exp((layer - 22.5) / 0.6)) * (position == 9)
    end = 11.7 / (1 + np.exp(-(layer - 22.5) / 0.8)) * (position == 13)
    exact = name + end + np.where(position > 9, draws.normal(0, 0.15, layer.shape), 0)
    exact[22:27, 10] -= 2.4
    exact[:, :9] = 0
    approx = exact * (1 - 0.75 * np.exp(-layer / 6)) + np.where(position > 8, draws.normal(0, 0.3, layer.shape), 0)
    doses = np.arange(17) / 16
    rise = 1 / (1 + np.exp(-(doses - 0.42) / 0.06))
    empty, partial = state == "empty", state == "partial"
    if partial:
        exact[:18, 9:] = np.nan
    changed = [*TEXT[:9], " Mary", *TEXT[10:]]
    about = {
        "clean": "".join(TEXT), "corrupt": "".join(changed), "answer": " Mary", "foil": " John",
        "site": "resid_pre", "metric": "logit difference",
    }  # fmt: skip
    sure = np.stack([np.stack([1 - rise, rise]).T @ row for row in (
        [0.004, 0.92], [0.75, 0.002], [0.07, 0.03], [0.03, 0.01], [0.01, 0.004], [0.002, 0.006],
    )], axis=1)  # fmt: skip
    random = draws.normal(0, 0.2, 16)
    return _lanes(state, ("approx", "map", "dose")) | {
        "title": "Patching",
        "shows": "How much the metric changes when one value inside a run is replaced by the other run's.",
        "hides": "Which later parts use that value, and whether it matters on other prompts.",
        **about, "direction": "denoise",
        "sites": ["resid_pre", "resid_mid", "z"], "metrics": ["logit difference", "KL"],
        "examples": [{"label": "changed at the last name", **about}],
        "selected": None if empty else [12, 9], "dose": 7 if state == "done" else 16,
        "predicted": 0.5 if state == "done" else None,
        "map": None if empty else {
            **about, "direction": "denoise", "by": "position", "unit": "logits",
            "clean_tokens": TEXT, "corrupt_tokens": changed, "first": 9,
            "size": [LAYERS, len(TEXT)], "changed": -5.49, "original": 6.12,
            "approx": encode(approx), "exact": None if state == "busy" else encode(exact),
            "approx_random": encode(random), "exact_random": None if state == "busy" else encode(random),
        },
        "estimate": None if state in ("empty", "busy") else {"seconds": 7.8, "bytes": 27_310_080},
        "dosed": None if empty or state == "busy" else {
            **about, "unit": "logits", "row": 12, "column": 9, "doses": encode(doses),
            "curve": encode(-5.49 + 11.6 * rise), "kl": encode(5.1 * rise),
            "curve_random": encode(np.stack([np.full(17, -5.49), -5.49 + 2.2 * doses**2, -5.49 - 0.6 * doses])),
            "kl_random": encode(np.stack([0 * doses, 0.41 * doses, 0.12 * doses])),
            "sites": ["L12 9: John", "L7 11: a", "L26 9: John", "L19 13: to"],
            "top": [" Mary", " John", " the", " her", " Jesus", " his"], "probabilities": encode(sure),
        },
    }  # fmt: skip


def claim(state: str) -> Traits:
    """Two wordings, two name lists: one wording far above the bar, one far below."""
    wordings = [
        "When {IO} and {S} went to the store, {S} gave a drink to",
        "{IO} went to the store. {S} went there too. {S} gave a drink to",
    ]
    lists = [
        {"name": "English names", "names": "Mary, John, Anna, Peter, Sarah, David, Emma, James"},
        {"name": "names from many languages", "names": "Maria, Carlos, Ahmed, Omar, Wei, Ming, Ivan, Boris"},
    ]
    draft = {
        "claim": "The model names the person who receives the drink.", "access": "weights", "wordings": wordings,
        "names": lists, "n": 32, "measure": "share right", "at_least": 0.75,
    }  # fmt: skip
    measured = ((32, 4.7, 4.2, 5.2), (31, 5.4, 4.8, 6.0), (2, -2.9, -3.6, -2.2), (7, -3.0, -3.9, -2.1))
    cells = []
    for i, (right, mean, low, high) in enumerate(measured):
        share = share_interval(right, 32, 0.9875)
        cells.append(
            {
                "wording": wordings[i // 2], "names": lists[i % 2]["name"], "n": 32,
                "verdict": ("rule met", "rule met", "rule not met", "rule not met")[i],
                "right": [right / 32, *share], "difference": [mean, low, high], "changed": [0.02 * i, -4.9],
                "shuffled": [0.5 + 0.04 * (i - 1), 0.3], "told": [0.94, 0.46],
            }
        )  # fmt: skip
    locked = state in ("partial", "old", "done")
    if state == "partial":
        blank = {"right": [None] * 3, "difference": [None] * 3, "changed": [None] * 2, "shuffled": [None] * 2}
        cells = [cell | {"verdict": ""} for cell in cells[:2]] + [cell | blank | {"verdict": ""} for cell in cells[2:]]
    dose = np.linspace(0, 1, 17)
    curve = -5.5 + 11.8 / (1 + np.exp(-10 * (dose - 0.45)))
    others = np.array([[0.2], [-0.1], [0.4]]) * dose - 5.5
    return _lanes(state, ("claim",), ("dose",)) | {
        "title": "Check a claim",
        "shows": "In how many prompts the model puts the right name first, wording by wording, against a rule that was "
        "locked before.",
        "hides": "Other wordings, names, tasks or models; and why the model answers so.",
        "draft": draft, "offered": {"wordings": wordings, "names": lists, "sizes": [8, 16, 32, 64]},
        "locked_at": "2026-01-31T12:00:00Z" if locked else "",
        "earlier": [
            {"locked_at": "2026-01-31T11:40:00Z", "claim": "The model names the receiver.", "rule": "in every wording, "
             "with every name list, at least 90 % of the prompts are right", "verdict": "rule not met"},
        ] if state == "done" else [],
        "started": locked, "cells": cells if locked else [],
        "problem": "'Zbigniew' is 4 tokens, and only single tokens can be compared." if state == "error" else "",
        "outcome": {
            "verdict": "rule not met",
            "rule": "in every wording, with every name list, at least 75 % of the prompts are right",
            "told": "With n = 32 in a cell and a bar of 75 %, a true value of 94 % or more would have given 'rule met' "
            "there with 80 % chance, and one of 46 % or less 'rule not met'. Anything between, this n could not have "
            "told from the bar.",
            "average": "Over all 128 prompts 56 % are right: an average, in which the cells from 6 % to 100 % are no "
            "longer to be seen.",
            "stamps": [], "cannot": [], "needed": [],
            "not_shown": [
                "Other wordings, other names, other models and other tasks: one more wording can turn the verdict.",
                "Why the model answers so. The slider changes one value in one pair of prompts.",
                "That the prompts are a fair sample of what people write: they were chosen.",
            ],
        } if state in ("old", "done") else {},
        "dose": {
            "site": "layer 15, word 'John'", "others": ["L3 11: a", "L22 10: gave", "L8 12: drink"],
            "curves": encode(np.vstack([curve, others])), "tokens": [" Mary", " John", " the"],
            "chances": encode(np.stack([0.9 * dose, 0.9 * (1 - dose), 0 * dose + 0.04], axis=1)),
            "clean": "When Mary and John went to the store, John gave a drink to",
            "corrupt": "When Mary and John went to the store, Mary gave a drink to", "answer": " Mary", "foil": " John",
        } if state in ("old", "done") else {},
    }  # fmt: skip


def replay(state: str) -> Traits:
    """A claim and its dose, found again; in the state "old" one number is out of its tolerance."""
    done, off = state in ("done", "old"), state == "old"
    names = ("claim / right", "claim / logit difference", "claim / verdict", "dose / metric")
    units = ("share of prompts", "logits", "1 met, 0 cannot tell, -1 not met", "logits")
    largest = (0.0, 0.02 if off else 3.1e-5, 0.0, 2.2e-5)
    moved = "differs by 0.02" if off else "differs by 3.1e-05"
    return _lanes(state, ("replay",)) | {
        "title": "Replay a record",
        "shows": "Whether this machine finds the recorded numbers again, within the tolerance that each states.",
        "hides": "Whether the claim is true, or the prompts were a fair choice: the same mistake replays as well.",
        "files": ["mikit-page-claim-1.html", "mikit-record-claim-1.json"],
        "chosen": "" if state in ("empty", "error") else "mikit-record-claim-1.json", "started": done,
        "problem": "notes.json is JSON, but no record." if state == "error" else "",
        "recorded": {} if state in ("empty", "error") else {
            "lines": [
                "Claim: The model names the person who receives the drink.",
                "Rule, locked 2026-01-31T12:00:00Z: in every wording, with every name list, at least 75 % of the "
                "prompts are right. Access: weights.",
                "Recorded verdict: rule not met.",
            ]
        },
        "environment": [["torch", "2.13.0", "2.14.0"], ["threads", "2", "1"], ["dtype", "fp32", "fp32"]][: 3 * done],
        "rows": [
            {"where": name, "difference": value, "unit": unit, "tolerance": 0.001}
            for name, value, unit in zip(names, largest, units, strict=True)
        ] if done else [],
        "outcome": {
            "within": not off, "sentence": f"{'Not found' if off else 'Found'} again: of 4 sets of numbers, claim / "
            f"logit difference moved most; it {moved} logits, its tolerance is 0.001. Verdict recorded: rule not met. "
            "Verdict now: rule not met.",
        } if done else {},
    }  # fmt: skip


def steering(state: str) -> Traits:
    """An arrow that works up to half of the stream's length, and breaks the text beyond; one odd token a text."""
    empty, busy, beyond = state == "empty", state in ("busy", "partial"), state == "beyond"
    draws = np.random.default_rng(10)
    plain = _tokens(
        " I|'m| so| excited| for| it|!| We|'re| going| to| have| a| great| time|,| and| I| can|'t| wait| to| see| you|"
        " all| there|.|\n|<b>| See| you| soon"
    )
    formal = _tokens(
        " The| committee| has| approved| the| arrangements|,| and| the| attendees| are| requested| to| confirm| their|"
        " participation| in| writing|.| Should| you| require| further| information|,| please| contact| us|."
    )
    broken = 10 * _tokens(" hereby| pursuant| the")
    dose = {"beyond": 0.85, "saved": 0.2}.get(state, 0.4)
    scale = {"min": -1.0, "max": 1.0, "step": 0.05, "unit": "× residual norm"}

    def line(tokens: list[str], pull: float) -> Traits:
        tokens = tokens[: 7 if busy else len(tokens)]
        change = draws.normal(pull, 1.6, len(tokens)).clip(-6, 6)
        return {"tokens": tokens, "change": encode(change), "ended": False}

    steered = broken if beyond else formal
    prompt = [{"text": text, "special": False} for text in _tokens("Hi|,| about| the| party| on| Saturday|:")]
    about = {"direction": "formality", "how": "add", "layer": 14, "last": 14, "since": 1}
    sample = {"unsteered": line(plain, -1.4), "steered": line(steered, 1.3), "random": line(plain[5:], 0.1)}
    doses = np.linspace(-1, 1, 11)

    def curve(values: NDArray[np.float64], half: float = np.nan) -> Traits:
        values = np.where((doses < 0.1) | (state != "partial"), values, np.nan)
        return {"value": encode(values), "low": encode(values - half), "high": encode(values + half)}

    def costs(share: float, half: float = np.nan) -> Traits:
        strength = share * np.abs(doses)
        return {
            "kl": curve(3.2 * strength**2, half / 12), "surprise": curve(2.1 + 4.8 * strength**3, half / 10),
            "repetition": curve(0.03 + 0.55 * strength**4), "ratio": curve(1 + 0.4 * strength**2),
        }  # fmt: skip

    effect = 14 * np.tanh(2.4 * doses) * np.exp(-0.6 * np.abs(doses) ** 4)
    texts = [line(plain if abs(at) < 0.1 else steered if at > 0 else plain[8:] + plain[:8], 3 * at) for at in doses]
    layers = np.arange(LAYERS)
    late = 1 / (1 + np.exp(-(layers - 11.5) / 0.5))
    told = np.clip(0.5 + 0.03 * layers, 0.5, 0.94)
    hows, count = ["add", "project"], 3 if state == "done" else 1
    rating = {
        "question": "Which is more formal?", "outcome": None,
        "items": [{"prompt": "Hi, about the party on Saturday:", "a": plain, "b": formal} for _ in range(12)],
    }  # fmt: skip
    if state == "rated":
        rating["outcome"] = {"picked": [0.88, 0.53, 0.98, 8], "random": [0.5, 0.15, 0.85, 4]}
    score = {"name": "formality", "plus": ["hereby", "committee"], "minus": ["!", "'re"]}
    names = (("random arrows", 0.05, 1.5), ("shuffled pairs", 0.18, np.nan), ("another layer", 0.55, np.nan))
    return _lanes(state, ("stream", "dose"), ("find",)) | {
        "title": "Steering",
        "shows": "What the model writes when it is pushed along a direction, and what that costs.",
        "hides": "That the model uses this direction by itself, or that it does the same on other prompts.",
        "prompt": "Hi, about the party on Saturday:", "mode": "continue", "direction": "formality", "how": "add",
        "layer": 14, "last": 14, "since": 4 if state == "done" else 1, "dose": 0.0 if empty else dose,
        "samples": count, "seed": 0, "shown": 1 if state == "done" else 0,
        "words": {"plus": "hereby, committee, pursuant", "minus": "!, 're, can't"}, "measuring": not empty,
        "directions": [
            {"name": name, "kind": "pairs", "about": "8 pairs of texts, difference of means", "hows": hows}
            for name in ("formality", "mood", "token ' formal'", "feature 3353", "mood without formality")
        ],
        "layers": LAYERS, "has_chat": True, "scale": scale, "norm": None if empty else 155.2,
        "examples": [{"label": "formality: Hi, about", "prompt": "Hi, about", "direction": "formality"}],
        "found": None if empty else {
            "length": encode(np.stack([0.4 + 2.2 * late, 0.4 + 0.2 * late])),
            "sink": encode(np.stack([0.08 + 0.84 * late, 0.06 + 0 * late])),
            "told": encode(np.stack([told, told - 0.2, np.minimum(told + 0.08, 1)], 1)),
            "told_shuffled": encode(draws.normal(0.5, 0.05, LAYERS)),
        },
        "stream": None if empty else {
            **about, "dose": 0.4 if state == "saved" else dose, "prompt": prompt, "samples": [sample] * count,
            "done": not busy,
        },
        "measured": None if empty or state in ("busy", "error", "gone") else {
            **about, "doses": encode(doses), "effect": curve(effect, 2.4), "costs": costs(1, 2.4),
            "controls": [
                {"name": name, "why": "", "effect": curve(share * effect, half), **costs(0.5 + share)}
                for name, share, half in names
            ],
            "score": score, "unit": "hits per 100 words", "bad": (np.abs(doses) > 0.7).tolist(),
            "bounds": {"surprise": 4.1, "repetition": 0.2}, "texts": texts,
            "prompts": ["Hi, about the party on Saturday:"] * 4,
            "of": "8 texts after 4 prompts (KL: 8 neutral texts)",
        },
        "estimate": {"seconds": 41.0},
        "rating": rating if state in ("rating", "rated") else None,
        "problem": "Pairs need as many sentences on either side: 8 and 7 came. Add one, or take one out."
        if state == "build" else "",
    }  # fmt: skip


ROSE = _tokens("A| dog| is| an| animal|.| A| rose| is| a")


def _graph_file() -> bytes:
    """A made-up graph: neurons gather at the last position and above the nouns, rest nodes everywhere, one output."""
    draws, last = np.random.default_rng(11), len(ROSE) - 1
    positions = np.where(draws.random(230) < 0.5, last, draws.choice([0, 1, 4, 7, 8], 230))
    layers = np.where(positions == last, draws.integers(12, LAYERS, 230), draws.integers(0, 22, 230))
    neurons = draws.permutation(1536)[:230]
    rest = [(layer, position) for layer in range(0, LAYERS, 4) for position in (1, 7, last)]
    nodes: list[Traits] = [
        {"node_id": f"{layer}_{neuron}_{position}", "layer": str(layer), "ctx_idx": int(position), "clerp": "",
         "feature_type": "cross layer transcoder", "activation": float(draws.normal(0, 2))}
        for layer, neuron, position in sorted(zip(layers, neurons, positions, strict=True))
    ]  # fmt: skip
    nodes += [
        {"node_id": f"{layer}_-1_{position}", "layer": str(layer), "ctx_idx": position,
         "feature_type": "mlp reconstruction error"}
        for layer, position in rest
    ]  # fmt: skip
    nodes += [
        {"node_id": f"E_{300 + i}_{i}", "layer": "E", "ctx_idx": i, "feature_type": "embedding"}
        for i in range(len(ROSE))
    ]
    nodes.append(
        {"node_id": f"31_49152_{last}", "layer": "31", "ctx_idx": last, "feature_type": "logit", "token_prob": 1.0,
         "clerp": 'Output " flower" - " animal"'}
    )  # fmt: skip
    height = np.array([-1 if one["layer"] == "E" else int(one["layer"]) for one in nodes])
    place = np.array([one["ctx_idx"] for one in nodes])
    links = []
    for target in [*range(230), len(nodes) - 1]:
        below = np.flatnonzero((height < height[target]) & (place <= place[target]))
        many = 90 if target == len(nodes) - 1 else 5
        for source in draws.choice(below, min(many, len(below)), replace=False):
            weight = float(draws.normal(0, 0.3) * draws.gamma(2, 1))
            links.append({"source": nodes[source]["node_id"], "target": nodes[target]["node_id"], "weight": weight})
    metadata = {"prompt_tokens": ROSE, "prompt": "".join(ROSE), "schema_version": 1, "mikit": {"value": 12.0}}
    return json.dumps({"metadata": metadata, "qParams": {}, "nodes": nodes, "links": links}).encode()


def circuitgraph(state: str) -> Traits:
    """A rose is a flower: a graph that holds little of it. Late nodes are foretold when off, not when doubled; single
    early neurons are not foretold at all."""
    empty, busy, file = state == "empty", state == "busy", state == "file"
    drawn, about = file_wire(read_file("rose.json", _graph_file(), None))
    ours = {
        "answer": " flower", "foil": " animal", "share": 0.155, "share_random": [0.004, 0.003, 0.005],
        "source": "", "done": not busy,
    }  # fmt: skip
    graph = graph_wire(NOTHING if busy else drawn, about | ({} if file else ours))
    count = len(drawn.kept)
    there = np.arange(count) < (4 if state == "partial" else count) if not file else np.zeros(count, bool)
    foretold = -9.5 * np.linspace(0.35, 1, count)
    measured = foretold * np.linspace(1.25, 1.02, count)
    random = np.linspace(-0.1, -1.2, count)
    early = np.flatnonzero(drawn.since[:230] <= 6)
    strongest = [drawn.nodes[n].id for n in early[np.argsort(-np.abs(drawn.effect[early]))][:12]]
    late = [one.id for one in drawn.nodes if one.kind == "feature" and (one.layer or 0) > 23][:14]
    tests = [
        {"name": "late layers off", "nodes": late, "how": "ablate", "other": ""},
        {"name": "late layers doubled", "nodes": late, "how": "boost", "other": ""},
        {"name": "late layers swapped", "nodes": late, "how": "swap", "other": "A cat is an animal. A car is a"},
        {"name": strongest[0], "nodes": strongest[:1], "how": "ablate", "other": ""},
    ]
    found = ((-7.35, -7.84, 0.02), (7.35, 1.68, -0.05), (-5.9, -6.4, 0.04), (0.06, -1.97, -0.11))
    outcome = [
        {**test, "predicted": told, "measured": came, "random": [mean, mean - 0.3, mean + 0.25]}
        for test, (told, came, mean) in zip(tests, found, strict=True)
    ]
    written = [
        {"token": text, "value": 1.9 - 0.21 * i} for i, text in enumerate([" flower", " rose", " plant", "⟨E2⟩"])
    ]
    draws = np.random.default_rng(12)
    example: list[Traits] = [
        {"tokens": ODD_TOKENS[i:] + TEXT[: 6 - i], "values": (draws.gamma(1, 1, 20) * (np.arange(20) > 9)).tolist(),
         "centre": 12}
        for i in range(4)
    ]  # fmt: skip
    prompts = ["".join(ROSE), *(f"The capital of {name} is the city of" for name in ("France", "Japan", "Peru"))]
    prompts += [f"{name} gave a drink to" for name in ("Mary and John went out. John", "Anna and Tom met. Anna")] * 4
    asked = np.arange(len(prompts)) < {"partial": 5, "done": 12}.get(state, 0)
    rule = {"replacement": 0.1, "completeness": 0.7, "agreement": 0.8}
    stated = state in ("partial", "done")

    def by_prompt(middle: float, spread: float) -> Any:
        return encode(np.where(asked, draws.normal(middle, spread, len(prompts)).clip(0, 1), np.nan))

    answered = 0 if empty or busy or file else 1 if state == "partial" else 4
    chosen = "" if empty or busy else "flowers" if state == "partial" else strongest[0]
    return _lanes(state, ("graph", "levels", "test"), ("examples", "cover")) | {
        "title": "Attribution graph",
        "shows": "Which neurons acted on which, by straight-line steps with attention held as it was, and what happens"
        " when you change some.",
        "hides": "Why attention looked there, nor the neurons left out: grey diamonds hold them.",
        "prompt": "".join(ROSE), "answer": " flower", "foil": " animal", "count": 600,
        "other": "A cat is an animal. A car is a", "level": {"done": 8, "old": 9, "file": 9}.get(state, 6),
        "pinned": [] if empty or busy else strongest[:3],
        "groups": [] if empty or busy else [{"name": "flowers", "nodes": strongest[3:7]}],
        "chosen": chosen, "tests": tests[: max(answered, 2 if state == "partial" else 0)],
        "rule": {**rule, "agreement": 0.7} if state == "done" else rule, "stated": rule if stated else None,
        "predicted": -3.0 if state == "done" else None,
        "examples": [
            {"label": "a rose", "prompt": "".join(ROSE), "answer": " flower", "foil": " animal"},
            {"label": "a capital", "prompt": prompts[1], "answer": " Paris", "foil": " London"},
        ],
        "counts": [300, 600, 1000, 1500],
        "graph": None if empty else graph,
        "levels": None if empty or busy else {
            "kept": encode(drawn.kept), "replacement": encode(drawn.replacement),
            "completeness": encode(drawn.completeness),
            **{name: encode(np.where(there, values, np.nan)) for name, values in {
                "predicted": foretold, "measured": measured, "random": random,
                "random_low": random - 0.5, "random_high": random + 0.4,
            }.items()},
        },
        "outcome": outcome[:answered],
        "detail": None if empty or busy or state == "partial" else {
            "id": strongest[0], "promoted": written,
            "suppressed": [{**one, "value": -one["value"]} for one in written], "examples": example,
            "other": {"promoted": written[2:], "suppressed": written[:2], "examples": example[2:]},
        },
        "coverage": None if file else {
            "count": 600 if stated else None,
            "prompts": prompts, "replacement": by_prompt(0.15, 0.05), "completeness": by_prompt(0.73, 0.02),
            "agreement": by_prompt(0.7, 0.12),
            "shuffled": encode(np.where(asked[:, None], np.linspace(1, 0, 11) ** 2, np.nan)),
            "stated": [0.33, 0.14, 0.61] if state == "done" else None,
            "stated_shuffled": [0.03, 0.0, 0.17] if state == "done" else None,
        },
        "estimate": {"seconds": 3.0, "bytes": 410_000_000},
        "problem": "rose.json is drawn, but nothing in it can be tested: it was drawn on weights 1f2e3d4c;"
        " smollm2-135m here has 3f9a21c0." if file else "",
    }  # fmt: skip


def circuitbuilder(state: str) -> Traits:
    """A few parts do most of it, the first MLPs among them; twelve are ticked, and keep about half. The adversary finds
    what was left out."""
    empty, busy, error = state == "empty", state in ("busy", "partial"), state in ("error", "gone")
    draws = np.random.default_rng(12)
    count, edges = LAYERS * (HEADS + 1), 62_311
    scores = draws.exponential(0.05, count)
    scores[[9, 19, 29, 186, 173, 174, 212, 219, 239, 249, 259, 285]] += [7, 3, 1, 4, 2.5, 2, 3, 2, 3, 2.5, 2, 1.5]
    order = np.argsort(-scores)
    names = [f"L{n // (HEADS + 1)}H{n % (HEADS + 1)}" for n in range(count)]
    names = [name.replace(f"H{HEADS}", " MLP") for name in names]
    first = np.empty(count, np.int32)
    first[order] = np.cumsum(draws.integers(1, 40, count))
    nothing = np.full((2, 3), np.nan)
    ticked = [] if state == "bare" else [names[n] for n in sorted(order[: 60 if state == "all" else 12])]
    partial, several = state == "partial", state == "done"
    shares = np.array([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0])
    found = np.array([0.05, 0.21, 0.55, 0.82, 0.96, 1.12, 1.08, 1.02, 0.99, 1.0])
    random = np.array([0.0, 0.0, 0.01, 0.02, 0.04, 0.1, 0.22, 0.45, 0.86, 1.0])
    half = np.array([0.01, 0.01, 0.02, 0.02, 0.03, 0.06, 0.1, 0.12, 0.07, 0.0])

    def spread(values: NDArray[np.float64], by: NDArray[np.float64] | float = np.nan) -> Traits:
        return encode(np.stack([values, values - by, values + by], -1))

    kept = {"all": 1.31, "done": 0.82}.get(state, 0.44)
    measure = np.array([6.12, -5.49, -5.49 + 11.61 * kept, 1.6 if not busy else np.nan])
    tested = {
        "mode": "edges" if state == "edges" else "parts", "parts": ticked, "edges": 623, "pairs": 8 if several else 1,
        "measure": spread(measure, 0.6 if several else np.nan),
        "random": encode(nothing) if busy else spread(np.array([-5.38, 5.7]), np.array([0.3, 0.5])),
        "faithfulness": spread(np.array([kept]), 0.07 if several else np.nan),
        "random_faithfulness": encode(nothing[:1]) if busy else spread(np.array([0.01]), 0.03), "draws": 10,
        "needed": {} if busy else {name: float(loss) for name, loss in zip(ticked, scores[order] / 14, strict=False)},
        "done": not busy,
    }  # fmt: skip
    rounds = np.array([[4.0, 6.12], [3.8, 4.1], [3.7, 2.6], [3.3, 1.2], [3.2, -0.4]])
    blindly = np.array([[4.0, 6.12], [4.0, 6.1], [3.9, 6.0], [3.9, 6.1], [3.8, 5.9]])
    beaten = {
        "out": ["L21H2", "L19 MLP", "L23H8", "L2 MLP"], "found": encode(rounds), "random": encode(blindly),
        "done": True,
    }  # fmt: skip
    if partial:
        beaten |= {"out": ["L21H2", "L19 MLP"], "found": encode(rounds[:3]), "random": encode(blindly[:1])}
        beaten["done"] = False
    check = {"edges": 12, "estimated": 0.61, "measured": 0.52, "random_measured": 0.01}
    return _lanes(state, ("rank", "test", "curve"), ("beat",)) | {
        "title": "Circuit builder",
        "shows": "What the model still does on the chosen edges alone, and without them.",
        "hides": "Other prompts, what the parts compute, or other circuits that do it too.",
        "clean": "When Mary and John went to the store, John gave a drink to",
        "corrupt": "When Mary and John went to the store, Mary gave a drink to",
        "answer": " Mary", "foil": " John", "on": 1 if several else 0, "against": "other prompt",
        "mode": "edges" if state == "edges" else "parts", "parts": ticked, "count": 623,
        "beating": state in ("partial", "done", "edges", "old"),
        "sets": ["this pair", "4 name prompts"], "grid": [LAYERS, HEADS], "predicted": 0.9 if several else None,
        "ranking": None if empty else {
            "edges": edges, "scores": encode(scores), "first": encode(first), "check": None if busy else check,
            "done": True,
        },
        "tested": None if empty or error or state == "bare" else tested,
        "curve": None if empty or busy or error else {
            "sizes": encode((shares * edges).astype(np.int32)), "found": spread(found, 0.04 if several else np.nan),
            "random": spread(random, half), "areas": spread(np.array([0.98, 0.06])),
            "random_areas": spread(np.array([0.62, 0.38]), 0.06), "draws": 5, "done": True,
        },
        "beaten": beaten if state in ("partial", "done", "edges", "old") else None,
        "estimate": None if empty else {"seconds": 8.6},
    }  # fmt: skip


VIEWS: dict[str, Callable[[str], Traits]] = {
    "attention": attention,
    "bethehead": bethehead,
    "circuitbuilder": circuitbuilder,
    "circuitgraph": circuitgraph,
    "claim": claim,
    "dictionarytraining": dictionarytraining,
    "features": features,
    "heatmap": heatmap,
    "lens": lens,
    "patching": patching,
    "predict": predict,
    "replay": replay,
    "steering": steering,
    "superposition": superposition,
    "repair": repair,
    "minimal": minimal,
    "tokens": tokens,
    "training": training,
}
