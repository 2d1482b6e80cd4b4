"""What edits do and where: against plain PyTorch hooks, in one pass and in text written over a key-value cache."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor
from transformers import DynamicCache

from mikit.errors import BadDirection, ShapeMismatch, UnknownSite
from mikit.sae.dictionary import Config, Dictionary, shapes
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate, Clamp, Edit, Patch, Project, Steer
from mikit.trace.engine import begin, remember, rerun, rerun_to, run, step
from mikit.trace.sites import Site
from tests.trace import reference
from tests.trace.reference import changed

PROMPT, WRITTEN, D, FEATURE = 8, 4, 24, 7
SITE = Site(name="resid_post", layer=1)
CLOSE = {"atol": 1e-5, "rtol": 0}
ARROW = torch.linspace(3, -4, D)
RANGES = [(3, None), (None, 3), (2, 5), (1, 7), (PROMPT, None), (4, 4), (0, 99)]


@pytest.fixture
def tokens(tiny):
    return tiny.tokens_from(torch.arange(4, 4 + PROMPT))


def test_a_range_in_one_pass(tiny, tokens):
    found = run(tiny, tokens, [steers([1], *at) for at in RANGES], logits="all")
    for row, at in enumerate(RANGES):
        with changed(*pushes(tiny, [1], *at)):
            expected = reference.logits(tiny.hf, tokens.ids)[0]
        torch.testing.assert_close(found[row], expected, **CLOSE)


def test_a_range_in_written_text(tiny, tokens):
    """From a position in the prompt on, only the prompt, only what is written, across the seam, and in what is not
    written yet; one layer or several; all rows of one batch."""
    ranges = [(3, None), (0, PROMPT), (1, PROMPT), (PROMPT, None), (6, 10), (PROMPT + 2, None)]
    chosen = [([], 0, 0), *(([0, 1, 2], *at) for at in ranges), ([1], 3, None)]
    rows = [steers(*each) for each in chosen]
    states = [begin(tiny, tokens, rows)]
    for _ in range(WRITTEN):
        states.append(step(tiny, states[-1], rows))
    for row, each in enumerate(chosen):
        with changed(*pushes(tiny, *each)):
            ids, logits = plainly_written(tiny.hf, tokens.ids)
        assert states[-1].ids[row].tolist() == ids[0].tolist()
        torch.testing.assert_close(torch.stack([s.logits[row] for s in states]), logits, atol=2e-5, rtol=0)
        with changed(*pushes(tiny, *each)):
            at_once = reference.logits(tiny.hf, ids[:, :-1])[0, PROMPT - 1 :]
        torch.testing.assert_close(logits, at_once, atol=2e-5, rtol=0)


def test_a_negative_position_counts_from_the_prompts_end(tiny, tokens):
    named = Steer(site=SITE.model_copy(update={"position": -2}), direction=Array.of(ARROW))
    ranged = Steer(site=SITE, direction=Array.of(ARROW), since=PROMPT - 2, until=PROMPT - 1)
    state = begin(tiny, tokens, [[named], [ranged]])
    for _ in range(2):
        torch.testing.assert_close(state.logits[0], state.logits[1], atol=1e-6, rtol=0)
        state = step(tiny, state, [[named], [ranged]])


@pytest.mark.parametrize("edit", [Patch(site=SITE, source=Array.of(ARROW), since=2, until=5),
                                  Ablate(site=SITE, since=2, until=5)])  # fmt: skip
def test_every_edit_takes_a_range(tiny, tokens, edit):
    def swap(x: Tensor) -> Tensor:
        x = x.clone()
        x[:, 2:5] = ARROW if isinstance(edit, Patch) else 0
        return x

    with changed((reference.blocks(tiny)[1], "output", swap)):
        expected = reference.logits(tiny.hf, tokens.ids)[0]
    torch.testing.assert_close(run(tiny, tokens, [[edit]], logits="all")[0], expected, **CLOSE)


def test_a_range_with_a_head(tiny, tokens):
    off = Ablate(site=Site(name="z", layer=1, head=2), since=2, until=5)
    module, side, everywhere = reference.head_off(tiny, 1, 2)

    def some(z: Tensor) -> Tensor:
        return torch.cat([z[:, :2], everywhere(z[:, 2:5]), z[:, 5:]], dim=1)

    with changed((module, side, some)):
        expected = reference.logits(tiny.hf, tokens.ids)[0]
    torch.testing.assert_close(run(tiny, tokens, [[off]], logits="all")[0], expected, **CLOSE)


@pytest.mark.parametrize("share", [1.0, 0.25])
def test_projecting_out(tiny, tokens, share):
    """Nothing is left along the direction where it was asked; across it, and elsewhere, nothing changes."""
    edit = Project(site=SITE, direction=Array.of(5 * ARROW), share=share, since=2, until=6)
    own, other = entering(tiny, 2, lambda: run(tiny, tokens, [[], [edit]]))
    unit = ARROW / ARROW.norm()
    left = torch.ones(PROMPT)
    left[2:6] = 1 - share
    torch.testing.assert_close(other @ unit, (own @ unit) * left, **CLOSE)
    torch.testing.assert_close(other - (other @ unit)[:, None] * unit, own - (own @ unit)[:, None] * unit)
    assert other[[0, 1, 6, 7]].equal(own[[0, 1, 6, 7]])


def test_projecting_out_over_a_remembered_prompt(tiny, tokens):
    rows = [[Project(site=SITE, direction=Array.of(ARROW))], []]
    changed_, own = rerun_to(tiny, remember(tiny, tokens), rows, SITE, since=3)
    torch.testing.assert_close(changed_ @ ARROW, torch.zeros(PROMPT - 3), atol=1e-4, rtol=0)
    assert (own @ ARROW).abs().min() > 1e-3


@pytest.mark.parametrize("activation", ["relu", "topk", "jumprelu"])
def test_a_clamped_feature(tiny, tokens, activation):
    """In the model, in a row of its own: decode(features with one changed) + error."""
    own = entering(tiny, 2, lambda: run(tiny, tokens, [[]]))[0]
    size = float(own.std())
    dictionary = made(activation, size)
    features = dictionary.encode(own)
    fires = (features[1:] > 0).sum(0)
    chosen = int(((fires > 1) & (fires < PROMPT - 2)).nonzero()[0])
    clamp = clamped(dictionary, chosen, value=2.5 * size, since=1)
    own, other = entering(tiny, 2, lambda: run(tiny, tokens, [[], [clamp]]))
    features[1:, chosen] = 2.5 * size
    torch.testing.assert_close(other / size, (dictionary.decode(features) + dictionary.error(own)) / size, **CLOSE)
    assert other[0].equal(own[0])


@pytest.mark.parametrize("activation", ["relu", "topk", "jumprelu"])
def test_a_clamp_at_the_features_own_value_changes_nothing(activation):
    dictionary, x = made(activation), torch.randn(40, D, generator=torch.Generator().manual_seed(3))
    own = dictionary.encode(x)[:, FEATURE]
    assert 0 < own.count_nonzero() < len(own)
    for vector, value in zip(x, own.tolist(), strict=True):
        assert clamped(dictionary, value=value).apply(vector).allclose(vector, **CLOSE)


def test_a_share_of_a_clamp():
    """Value 0 with a share takes that share of the feature's part away."""
    dictionary, x = made("relu"), torch.randn(40, D, generator=torch.Generator().manual_seed(3))
    part = dictionary.encode(x)[:, FEATURE, None] * dictionary.W_dec[FEATURE]
    torch.testing.assert_close(clamped(dictionary, value=0, share=0.3).apply(x), x - 0.3 * part)


def test_half_precision_stays_what_it_is():
    """Though a dictionary's weights, and so what reads a feature, are in single precision."""
    x = torch.randn(5, D, dtype=torch.bfloat16)
    clamp = Clamp(site=SITE, direction=Array.of(ARROW), read=lambda x: x @ ARROW, value=1.0)
    for edit in (clamp, Project(site=SITE, direction=Array.of(ARROW))):
        assert edit.apply(x).dtype == torch.bfloat16


def test_no_edit_writes_into_the_old_value():
    x = torch.randn(5, D)
    before = x.clone()
    arrow = Array.of(ARROW)
    for edit in (
        Patch(site=SITE, source=arrow),
        Ablate(site=SITE),
        Steer(site=SITE, direction=arrow),
        Project(site=SITE, direction=arrow),
        clamped(made("relu"), value=9.0),
    ):
        assert not edit.apply(x).equal(before)
        assert x.equal(before)


def test_records_keep_ranges_and_projections_but_no_functions():
    edits = TypeAdapter(Edit)
    project = Project(site=SITE, direction=Array.of(ARROW), share=0.5, since=1, until=9)
    assert edits.validate_json(edits.dump_json(project)) == project
    old = {"kind": "ablate", "site": {"name": "mlp_out", "layer": 0}}
    assert edits.validate_python(old) == Ablate(site=Site(name="mlp_out", layer=0))
    with pytest.raises(ValidationError):
        edits.validate_python(clamped(made("relu"), value=1.0))


@pytest.mark.parametrize(
    ("site", "at", "words"),
    [
        (SITE, (5, 3), "ends where it begins or later; since=5, until=3"),
        (SITE, (-3, None), "counts from the text's first token"),
        (SITE, (None, -1), "counts from the text's first token"),
        (Site(name="mlp_out", layer=0, position=2), (1, None), "L0 mlp_out @2 names one position"),
        (Site(name="mlp_out", layer=0, position="end"), (None, 4), "names one position"),
        (Site(name="pattern", layer=0, head=1), (1, None), "spans all positions"),
    ],
)
def test_wrong_ranges_are_sentences(site, at, words):
    with pytest.raises(UnknownSite, match=words):
        Ablate(site=site, since=at[0], until=at[1])


def test_a_pass_with_one_start_for_all_rows_refuses_ranges(tiny, tokens):
    past = remember(tiny, tokens)
    for edit in (Ablate(site=SITE, since=3), Ablate(site=SITE, until=6)):
        with pytest.raises(UnknownSite, match=r"range of its own.*or use run"):
            rerun(tiny, past, [[edit]], since=2)
        with pytest.raises(UnknownSite, match="range of its own"):
            rerun_to(tiny, past, [[edit]], SITE, since=2)


def test_directions_that_point_nowhere_are_sentences():
    for direction, words in [(torch.zeros(D), "is zero"), (torch.full((D,), torch.nan), "is not finite")]:
        with pytest.raises(BadDirection, match=f"L1 resid_post {words}"):
            Project(site=SITE, direction=Array.of(direction))
        with pytest.raises(BadDirection, match=words):
            Clamp(site=SITE, direction=Array.of(direction), read=lambda x: x[..., 0], value=1.0)


@pytest.mark.parametrize("shape", [(D + 1,), (1,), (PROMPT, D)])
def test_directions_of_another_width_are_sentences(tiny, tokens, shape):
    direction = Array.of(torch.ones(shape))
    clamp = Clamp(site=SITE, direction=direction, read=lambda x: x[..., 0], value=1.0)
    for edit in (Project(site=SITE, direction=direction), clamp):
        with pytest.raises(ShapeMismatch, match=rf"L1 resid_post a direction has shape \({D},\).*brings"):
            run(tiny, tokens, [[edit]])


def test_a_clamp_that_reads_no_single_feature_is_a_sentence():
    clamp = Clamp(site=SITE, direction=Array.of(ARROW), read=lambda x: x, value=1.0)
    with pytest.raises(ShapeMismatch, match=rf"read as \(5, {D}\).*one activation for each vector, \(5,\)"):
        clamp.apply(torch.zeros(5, D))


def steers(layers: list[int], since: int | None, until: int | None) -> list[Steer]:
    sites = [Site(name="resid_post", layer=layer) for layer in layers]
    return [Steer(site=site, direction=Array.of(ARROW), dose=0.5, since=since, until=until) for site in sites]


def pushes(model, layers: list[int], since: int | None, until: int | None):
    """The same as changes for ``changed``, each of which counts the positions that it has seen."""
    return [(reference.blocks(model)[layer], "output", _push(since or 0, until or 1000)) for layer in layers]


def _push(since: int, until: int) -> Callable[[Tensor], Tensor]:
    seen = 0

    def push(x: Tensor) -> Tensor:
        nonlocal seen
        x = x.clone()
        for place in range(x.shape[1]):
            if since <= seen + place < until:
                x[:, place] += 0.5 * ARROW
        seen += x.shape[1]
        return x

    return push


@torch.no_grad()
def plainly_written(hf, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Greedy text over a key-value cache, and the logits of each token that was picked."""
    cache, new, logits = DynamicCache(config=hf.config), ids, []
    for _ in range(WRITTEN + 1):
        logits.append(hf(new, past_key_values=cache, use_cache=True).logits[0, -1])
        new = logits[-1].argmax()[None, None]
        ids = torch.cat([ids, new], dim=1)
    return ids, torch.stack(logits)


def entering(model, layer: int, call: Callable[[], Tensor]) -> Tensor:
    """What a plain hook sees enter a block while ``call`` runs: [row, position, d]."""
    seen: list[Tensor] = []
    hook = reference.blocks(model)[layer].register_forward_pre_hook(
        lambda _, args, kwargs: seen.append((args[0] if args else kwargs["hidden_states"]).clone()), with_kwargs=True
    )
    call()
    hook.remove()
    return seen[0]


def made(activation: str, size: float = 1.0) -> Dictionary:
    """A random dictionary for activations of this size."""
    config = Config(d_in=D, features=30, activation=activation, k=12 if activation == "topk" else None)
    generator = torch.Generator().manual_seed(5)
    weights = {name: torch.randn(shape, generator=generator) for name, shape in shapes(config).items()}
    return Dictionary(config, {name: w if name.startswith("W_") else w * size for name, w in weights.items()})


def clamped(dictionary: Dictionary, feature: int = FEATURE, **fields) -> Clamp:
    return Clamp(
        site=SITE,
        direction=Array.of(dictionary.W_dec[feature]),
        read=lambda x: dictionary.encode(x)[..., feature],
        **fields,
    )
