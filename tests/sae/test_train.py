"""Planted truth comes back; a training that stopped arrives where one that did not does; gradients are PyTorch's."""

from __future__ import annotations

import errno

import pytest
import torch

from mikit.errors import DictionaryUnusable, NoDisk
from mikit.sae import files, train
from mikit.sae.evaluate import match, measure, random_dictionary, recovered
from mikit.sae.store import Drawn, Store
from mikit.sae.train import Trainer, Training, resume
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.sae import planted

KINDS = [
    {"activation": "topk", "k": 2},
    {"activation": "batchtopk", "k": 2},
    {"activation": "relu", "sparsity": 0.1},
    {"activation": "jumprelu", "sparsity": 0.15},
    {"activation": "batchtopk", "k": 2, "prefixes": (24, 32)},
]
SHORT = {"features": 32, "updates": 400, "dead_after": 20_000, "learning_rate": 1e-2}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(seed: int = 0, **given):
    trainer = Trainer(Training(**SHORT, **given, seed=seed), planted.source(seed))
    return trainer, list(trainer)


@pytest.mark.parametrize("given", KINDS, ids=lambda given: "-".join(map(str, given.values())))
def test_planted_directions_come_back(given):
    trainer, steps = trained(**given)
    dictionary, x = trainer.dictionary(), planted.held_out()
    found, _ = recovered(planted.truth(), dictionary)
    by_chance, _ = recovered(planted.truth(), random_dictionary(dictionary, x))
    tally = measure(dictionary, x)
    assert found >= 20 and by_chance <= 2
    assert tally.fvu < 0.2 < measure(random_dictionary(dictionary, x), x).fvu
    assert tally.l0 < 4.5
    assert [step.update for step in steps] == list(range(1, 401))
    assert torch.allclose(dictionary.W_dec.norm(dim=1), torch.ones(32), atol=1e-5)


def test_batchtopk_is_read_with_a_threshold_that_keeps_its_k():
    trainer, _ = trained(activation="batchtopk", k=2)
    dictionary = trainer.dictionary()
    assert dictionary.threshold.unique().numel() == 1 and float(dictionary.threshold[0]) > 0
    assert measure(dictionary, planted.held_out()).l0 == pytest.approx(2, abs=0.3)


def test_two_seeds_agree_on_planted_truth():
    ours, theirs = (trained(seed, activation="topk", k=2)[0].dictionary() for seed in (0, 1))
    assert not torch.equal(ours.W_dec, theirs.W_dec)
    both = match(planted.truth(), ours.W_dec).paired.mean(), match(planted.truth(), theirs.W_dec).paired.mean()
    assert min(both) > 0.9


@pytest.mark.parametrize("given", KINDS, ids=lambda given: "-".join(map(str, given.values())))
def test_a_stop_changes_nothing(tmp_path, given):
    training = Training(**{**SHORT, "updates": 120, "dead_after": 2_000}, **given)
    whole = Trainer(training, planted.source())
    steps = list(whole)
    stopped = Trainer(training, planted.source())
    before = [next(stopped) for _ in range(47)]
    stopped.save(tmp_path / "half.safetensors")
    resumed = resume(tmp_path / "half.safetensors", planted.source())
    assert [*before, *resumed] == steps == whole.history == resumed.history
    for name, weight in whole.dictionary().weights().items():
        assert torch.equal(weight, resumed.dictionary().weights()[name]), name


def test_a_source_that_was_used_begins_anew():
    used = planted.source()
    used.take()
    training = Training(**{**SHORT, "updates": 3}, k=2)
    assert list(Trainer(training, used)) == list(Trainer(training, planted.source()))


def test_a_stop_while_activations_stream_from_a_model(tmp_path):
    """Stopped in the middle of the second block; the store is made anew, as it was."""
    model = tiny_models.model("llama")
    texts = [" ".join(f"w{(5 * i + 3 * j) % 90}" for j in range(20 + i)) for i in range(30)]

    def store():
        place = Site(name="resid_post", layer=1)
        return Store(model, texts, place, batch=32, context=16, blocks_of=4, trace_tokens=64)

    training = Training(features=48, updates=14, k=4)
    whole = Trainer(training, store())
    steps = [step.update for step in whole]
    assert steps.count(0) > 1  # while the first block was gathered
    stopped = Trainer(training, store())
    while next(stopped).update < 6:
        pass
    stopped.save(tmp_path / "half.safetensors")
    resumed = resume(tmp_path / "half.safetensors", store())
    list(resumed)
    assert resumed.update == whole.update == 14
    assert torch.equal(resumed.dictionary().W_enc, whole.dictionary().W_enc)
    assert resumed.dictionary().place.model_sha256 == model.ref.sha256
    with pytest.raises(DictionaryUnusable, match="was trained on"):
        resume(tmp_path / "half.safetensors", planted.source())


@pytest.mark.parametrize("activation", ["topk", "batchtopk", "relu"])
def test_gathered_gradients_are_the_dense_ones(activation):
    """Plain autograd through both biases, the encoder and the decoder."""
    more = {"sparsity": 0.1} if activation == "relu" else {"k": 3}
    training = Training(features=12, updates=1, activation=activation, prefixes=(5, 12), **more)
    generator = torch.Generator().manual_seed(3)
    u, target = (torch.randn(40, 6, generator=generator) for _ in range(2))
    state = train._begin(training, train.Batch(u, target))
    w = state.learned
    read = u - w["b_dec"].detach()
    if activation == "relu":
        train._dense_loss(training, state, read, target)[0].backward()
    else:
        train._sparse_loss(training, state, read, target, 0)[0].backward()
    ours = {name: weight.grad.clone() for name, weight in w.items()}

    state.optimiser.zero_grad()
    z = (u - w["b_dec"]) @ w["enc"].T + w["b_enc"]
    if activation == "topk":
        mask = torch.zeros_like(z).scatter(1, z.topk(3).indices, 1.0)
    elif activation == "batchtopk":
        mask = torch.zeros(z.numel()).scatter(0, z.flatten().topk(120).indices, 1.0).view_as(z)
    else:
        mask = torch.ones_like(z)
    features = (z * mask).relu()
    losses = [(target - features[:, :size] @ w["dec"][:size] - w["b_dec"]).square().mean() for size in (5, 12)]
    if activation == "relu":
        (sum(losses) + 0.1 * features.sum(1).mean()).backward()
    else:
        (sum(losses) / 2).backward()
    for name, weight in w.items():
        assert torch.allclose(ours[name], weight.grad, atol=1e-6), name


def dead_share(given, updates=250):
    """The share of dead features when all but four of 64 were pushed below every activation after the first update,
    at its worst and at the end."""
    training = Training(**{**SHORT, "features": 64, "updates": updates, "dead_after": 2_000}, **given)
    trainer = Trainer(training, planted.source())
    next(trainer)
    with torch.no_grad():
        trainer._state.learned["b_enc"][4:] -= 6
    shares = [step.dead for step in trainer]
    return max(shares), shares[-1]


@pytest.mark.parametrize("given", KINDS[:4], ids=lambda given: given["activation"])
def test_dead_features_are_revived(given, monkeypatch):
    worst, end = dead_share(given)
    assert worst > 0.7
    monkeypatch.setattr(train, "AUX_WEIGHT", 0)
    monkeypatch.setattr(train, "POINTED_EVERY", 10**9)
    assert dead_share(given)[1] > end + 0.15


def test_the_auxiliary_loss_lets_the_dead_alone_explain_what_is_left():
    generator = torch.Generator().manual_seed(3)
    read, left = (torch.randn(40, 6, generator=generator) for _ in range(2))
    state = train._begin(Training(features=12, updates=1, k=3), train.Batch(read, left))
    w, dead = state.learned, torch.tensor([1, 4, 7, 8, 11])
    loss = train._dead_loss(w, dead, read, left)
    loss.backward()
    ours = {name: w[name].grad.clone() for name in ("enc", "b_enc", "dec")}

    state.optimiser.zero_grad()
    z = read @ w["enc"].T + w["b_enc"]
    top = z[:, dead].topk(3)  # half the width
    features = torch.zeros_like(z).scatter(1, dead[top.indices], top.values.relu())
    dense = (left - features @ w["dec"]).square().mean()
    dense.backward()
    assert loss.item() == pytest.approx(dense.item())
    for name, grad in ours.items():
        assert torch.allclose(grad, w[name].grad, atol=1e-6), name
        assert grad[[0, 2, 3]].abs().max() == 0 < grad[dead].abs().max()


def test_a_transcoder_learns_another_target():
    class Turned(Drawn):
        def take(self):
            x, _ = super().take()
            return train.Batch(x, (x - planted.OFFSET)[:, :10].flip(1) * 7 + 1)

    training = Training(**SHORT, activation="topk", k=3, transcoder=True)
    trainer = Trainer(training, Turned(planted.draw))
    *_, last = trainer
    transcoder, x = trainer.dictionary(), planted.held_out()
    target = (x - planted.OFFSET)[:, :10].flip(1) * 7 + 1
    assert transcoder.config.d_out == 10 and last.fvu < 0.25
    assert measure(transcoder, x, target).fvu < 0.25


def test_scale_of_the_activations_is_folded_in():
    big = Trainer(Training(**{**SHORT, "updates": 60}, activation="topk", k=2), Drawn(lambda g: 50 * planted.draw(g)))
    list(big)
    one = Trainer(Training(**{**SHORT, "updates": 60}, activation="topk", k=2), planted.source())
    list(one)
    x = planted.held_out()
    assert torch.allclose(big.dictionary().reconstruct(50 * x), 50 * one.dictionary().reconstruct(x), atol=0.05)


def test_what_cannot_be_trained():
    for given, message in [
        ({"activation": "relu"}, "sparsity above 0"),
        ({"activation": "topk", "k": 2, "sparsity": 0.1}, "not both"),
        ({"activation": "topk", "k": 40}, "from 1 to 32"),
    ]:
        with pytest.raises(DictionaryUnusable, match=message):
            Training(**SHORT, **given)
    trainer = Trainer(Training(**SHORT, k=2), Drawn(lambda generator: torch.ones(8, 4)))
    with pytest.raises(DictionaryUnusable, match="nothing to learn"):
        next(trainer)
    with pytest.raises(DictionaryUnusable, match="not begun"):
        trainer.dictionary()


def test_a_full_disk_leaves_the_old_file_whole(tmp_path, monkeypatch):
    trainer = Trainer(Training(**SHORT, k=2), planted.source())
    next(trainer)
    file = tmp_path / "training.safetensors"
    trainer.save(file)
    before = file.read_bytes()

    def full(tensors, path, metadata):
        path.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "save_file", full)
    next(trainer)
    with pytest.raises(NoDisk, match="is whole"):
        trainer.save(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["training.safetensors"]


def test_files_that_hold_no_training(tmp_path):
    file = tmp_path / "x.safetensors"
    file.write_bytes(b"not safetensors at all")
    with pytest.raises(DictionaryUnusable, match="no training that can go on"):
        resume(file, planted.source())
    with pytest.raises(DictionaryUnusable, match="no training that can go on"):
        resume(tmp_path / "nowhere", planted.source())
    files.write_whole({file: files.tensors_to({"a": torch.zeros(1)}, {"format": "another"})})
    with pytest.raises(DictionaryUnusable, match="its format is another"):
        resume(file, planted.source())
