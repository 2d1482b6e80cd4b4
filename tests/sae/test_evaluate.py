"""Each number against its closed form or an independent computation."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from mikit.errors import DictionaryUnusable, EmptyText, ShapeMismatch, UnknownSite
from mikit.sae import evaluate
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.sae.store import Store
from mikit.sae.train import Trainer, Training
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.trace import reference

LAYER = 1
PLACE = Site(name="resid_post", layer=LAYER)


def identity(width: int, place: Place | None = None, gain: float = 1.0) -> Dictionary:
    """Gives back what it reads, times ``gain``: two features a dimension, one for each sign."""
    eye = torch.eye(width)
    weights = {
        "W_enc": torch.cat([eye, -eye], 1),
        "b_enc": torch.zeros(2 * width),
        "W_dec": torch.cat([eye, -eye]) * gain,
        "b_dec": torch.zeros(width),
    }
    return Dictionary(Config(d_in=width, features=2 * width), weights, place)


def at_layer(model, **more) -> Place:
    return Place(model=model.ref.name, model_sha256=model.ref.sha256, site=PLACE, **more)


@pytest.fixture(scope="module")
def texts(tiny):
    generator = torch.Generator().manual_seed(0)
    return [tiny.tokens_from(torch.randint(4, 90, (2, length), generator=generator)) for length in (9, 12)]


def test_measures_of_a_small_example():
    dictionary = Dictionary(
        Config(d_in=2, features=3, subtract_b_dec=False),
        {
            "W_enc": torch.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]]),
            "b_enc": torch.zeros(3),
            "W_dec": torch.tensor([[1.0, 0.0], [0.0, 0.5], [0.0, 0.0]]),
            "b_dec": torch.zeros(2),
        },
    )
    x = torch.tensor([[2.0, 0.0], [0.0, 2.0], [2.0, 2.0], [0.0, 0.0]])
    tally = evaluate.measure(dictionary, x, batch=3)
    assert tally.fvu == pytest.approx(2 / 8)  # 1 left out twice; variance 4 a dimension
    assert tally.l0 == 1.0
    assert tally.density.tolist() == [0.5, 0.5, 0.0]
    assert tally.dead == pytest.approx(1 / 3)
    assert evaluate.fvu(x, dictionary.reconstruct(x)) == pytest.approx(tally.fvu)
    assert evaluate.fvu(x, x.mean(0).expand_as(x)) == 1.0


def test_fvu_does_not_drown_in_a_large_mean():
    x = torch.randn(4096, 8, generator=torch.Generator().manual_seed(0)) + 300
    output = x + 0.5 * torch.randn(4096, 8, generator=torch.Generator().manual_seed(1))
    tally = evaluate.Tally(1, 8)
    for part, given in zip(x.split(500), output.split(500), strict=True):
        tally.add(torch.zeros(len(part), 1), part, given)
    assert tally.fvu == pytest.approx(evaluate.fvu(x.double(), output.double()), rel=1e-6)


def test_no_activations_are_a_sentence():
    with pytest.raises(EmptyText, match="no activations"):
        evaluate.measure(identity(2), torch.zeros(0, 2))


def test_cross_entropy_against_plain_hooks(tiny, texts):
    """The dictionary halves the stream; the reference does so, and the ablations, by hooks of its own."""
    dictionary = identity(tiny.spec.d_model, at_layer(tiny), gain=0.5)
    mean = torch.linspace(-1, 1, tiny.spec.d_model)
    found = evaluate.cross_entropy(tiny, dictionary, texts, mean)

    def but_first(change):
        return lambda value: torch.cat([value[:, :1], change(value[:, 1:])], dim=1)

    changes = [lambda v: v, lambda v: v / 2, torch.zeros_like, lambda v: mean.expand_as(v)]
    wanted = []
    for change in changes:
        losses = []
        for tokens in texts:
            with reference.changed((reference.blocks(tiny)[LAYER], "output", but_first(change))):
                logits = reference.logits(tiny.hf, tokens.ids)
            losses.append(
                functional.cross_entropy(logits[:, 1:-1].flatten(0, 1), tokens.ids[:, 2:].flatten(), reduction="none")
            )
        wanted.append(float(torch.cat(losses).mean()))
    assert list(found) == pytest.approx(wanted, abs=1e-4)
    assert found.recovered == pytest.approx((found.zero - found.spliced) / (found.zero - found.own))
    assert found.recovered_from_mean == pytest.approx((found.mean - found.spliced) / (found.mean - found.own))


def test_the_identity_recovers_everything(tiny, texts):
    found = evaluate.cross_entropy(
        tiny, identity(tiny.spec.d_model, at_layer(tiny)), texts, torch.zeros(tiny.spec.d_model)
    )
    assert found.recovered == pytest.approx(1, abs=1e-3)
    assert found.spliced == pytest.approx(found.own, abs=1e-4)


def test_activations_leave_position_0_out(tiny, texts):
    x, target = evaluate.activations(tiny, identity(tiny.spec.d_model, at_layer(tiny)), texts)
    hooked = []
    for tokens in texts:
        kept = []
        reference_hook = reference.blocks(tiny)[LAYER].register_forward_hook(
            lambda _m, _a, out, kept=kept: kept.append(out)
        )
        reference.logits(tiny.hf, tokens.ids)
        reference_hook.remove()
        hooked.append(kept[0][:, 1:].flatten(0, 1))
    assert torch.allclose(x, torch.cat(hooked), atol=1e-5)
    assert torch.equal(x, target)


@pytest.fixture(scope="module")
def fitted():
    """A tiny model, texts, and a dictionary trained on its layer 1."""
    model = tiny_models.model("llama")
    generator = torch.Generator().manual_seed(0)
    words = torch.randint(0, 96, (60, 40), generator=generator).tolist()
    store = Store(model, [" ".join(f"w{i}" for i in row) for row in words], PLACE, batch=128, context=40, blocks_of=8)
    training = Training(features=64, updates=300, k=14, learning_rate=5e-3)
    trainer = Trainer(training, store)
    list(trainer)
    texts = [model.tokens_from(torch.randint(4, 90, (2, 40), generator=generator)) for _ in range(4)]
    return model, texts, trainer.dictionary()


def test_fit_measures_before_anything_leans_on_it(fitted):
    model, texts, dictionary = fitted
    dictionary.place = dictionary.place.model_copy(update={"declared": {"l0": 14.0, "fvu": 0.1}})
    found = evaluate.fit(model, dictionary, texts)
    assert found.fvu == pytest.approx(
        evaluate.measure(dictionary, evaluate.activations(model, dictionary, texts)[0]).fvu
    )
    assert 0 < found.fvu < 0.2 and found.l0 == pytest.approx(14, abs=1)
    assert found.declared == {"l0": 14.0, "fvu": 0.1} and found.best == PLACE


@pytest.mark.parametrize(
    ("change", "gain", "message"),
    [
        ({"model_sha256": "0" * 64}, 1.0, "made for .* with weights 00000000"),
        ({"site": None, "hook": "hook_embed"}, 1.0, "names 'hook_embed'"),
        ({"site": Site(name="resid_post", layer=40)}, 1.0, "no layer 40: this model's layers are 0 to 2"),
        ({}, 40.0, "of the variance.*another scale"),
        ({"declared": {"l0": 1.0}}, 1.0, "features fire on a token; 1 were declared"),
        ({"declared": {"fvu": 0.001}}, 1.0, "0.001 was declared"),
    ],
)
def test_dictionaries_that_do_not_fit(fitted, change, gain, message):
    model, texts, made = fitted
    place = made.place.model_copy(update={"declared": {}} | change)
    changed = Dictionary(made.config, {**made.weights(), "W_dec": made.W_dec * gain}, place)
    with pytest.raises((DictionaryUnusable, UnknownSite), match=message):
        evaluate.fit(model, changed, texts)


def test_a_wrong_layer_is_found(fitted, monkeypatch):
    """A random model's layers are alike, so the other one leaves out 0.7 of what this one does, not half."""
    model, texts, made = fitted
    place = made.place.model_copy(update={"declared": {}, "site": Site(name="resid_post", layer=2)})
    wrong = Dictionary(made.config, made.weights(), place)
    assert evaluate.fit(model, wrong, texts).best == PLACE
    monkeypatch.setattr(evaluate, "BETTER", 0.9)
    with pytest.raises(DictionaryUnusable, match=r"at L1 resid_post only .*wrong layer"):
        evaluate.fit(model, wrong, texts)


def test_a_dictionary_of_another_width(fitted):
    model, texts, _ = fitted
    with pytest.raises(ShapeMismatch, match="24 wide, this dictionary reads 16"):
        evaluate.fit(model, identity(16, at_layer(model)), texts)


def test_a_transcoder_is_measured_from_what_the_mlp_reads_to_what_it_adds(tiny, texts):
    """One without features, whose skip is the best linear map: what it leaves out is the residual of least squares on
    activations that plain hooks saw."""
    block, width = reference.blocks(tiny)[LAYER], tiny.spec.d_model
    seen: dict[str, list[torch.Tensor]] = {"in": [], "out": []}
    writer = getattr(block, "post_feedforward_layernorm", block.mlp)
    hooks = [
        block.mlp.register_forward_pre_hook(lambda _, args: seen["in"].append(args[0][:, 1:].flatten(0, 1))),
        writer.register_forward_hook(lambda _m, _a, out: seen["out"].append(out[:, 1:].flatten(0, 1))),
    ]
    for tokens in texts:
        reference.logits(tiny.hf, tokens.ids)
    for hook in hooks:
        hook.remove()
    x, y = torch.cat(seen["in"]), torch.cat(seen["out"])
    half = torch.eye(width)[:, ::2]  # of the input every second number, so that something is left out
    skip = half @ torch.linalg.lstsq((x - x.mean(0)) @ half, y - y.mean(0)).solution
    weights = {
        "W_enc": torch.zeros(width, 1),
        "b_enc": torch.zeros(1),
        "W_dec": torch.zeros(1, width),
        "b_dec": y.mean(0) - x.mean(0) @ skip,
        "W_skip": skip,
    }
    config = Config(d_in=width, features=1, transcoder=True, skip=True, subtract_b_dec=False)
    place = Place(site=Site(name="mlp_in", layer=LAYER), target=Site(name="mlp_out", layer=LAYER))
    found = evaluate.fit(tiny, Dictionary(config, weights, place), texts)
    left = (y - x @ skip - weights["b_dec"]).square().sum() / (y - y.mean(0)).square().sum()
    assert found.fvu == pytest.approx(float(left), rel=1e-3) and 0.05 < found.fvu < 1
    assert found.l0 == 0 and found.dead == 1


def test_match_pairs_each_row_once():
    ours = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 2.0]])
    theirs = torch.tensor([[3.0, 0.0], [0.0, 1.0]])
    found = evaluate.match(ours, theirs)
    near = 1 / 1.01**0.5
    assert found.likest.tolist() == pytest.approx([1, near, 1])
    assert found.paired.tolist() == pytest.approx([1, 0, 1])
    assert found.mean_max == pytest.approx((2 + near) / 3) and found.mean_paired == pytest.approx(2 / 3)


def test_a_feature_cannot_stand_for_two_true_directions():
    truth = functional.normalize(torch.tensor([[1.0, 0.1], [1.0, -0.1]]), dim=1)
    dictionary = Dictionary(
        Config(d_in=2, features=2),
        {"W_enc": torch.eye(2), "b_enc": torch.zeros(2), "W_dec": torch.eye(2), "b_dec": torch.zeros(2)},
    )
    count, cosines = evaluate.recovered(truth, dictionary)
    assert count == 1 and cosines.max() > 0.99


def test_the_random_control_has_the_same_sparsity_and_is_scaled_fairly():
    x = torch.randn(500, 16, generator=torch.Generator().manual_seed(0)) * 3 + 2
    ours = identity(16)
    control = evaluate.random_dictionary(ours, x, seed=1)
    assert evaluate.measure(control, x).l0 == pytest.approx(evaluate.measure(ours, x).l0, rel=0.1)
    base = evaluate.measure(control, x).fvu
    assert base < 1
    for factor in (0.9, 1.1):
        other = Dictionary(control.config, {**control.weights(), "W_dec": control.W_dec * factor})
        assert evaluate.measure(other, x).fvu > base
    assert torch.equal(control.W_dec, evaluate.random_dictionary(ours, x, seed=1).W_dec)
    assert not torch.equal(control.W_dec, evaluate.random_dictionary(ours, x, seed=2).W_dec)
