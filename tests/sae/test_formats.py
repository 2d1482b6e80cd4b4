"""Other libraries' dictionaries give the features that those libraries gave (tests/references), and bad files are
refused with the reason."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from mikit.errors import DictionaryUnusable, NoDisk
from mikit.sae import formats
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.sae.formats import read, write
from mikit.sae.hooks import from_lens, from_modules, to_lens
from mikit.sae.train import Trainer, Training
from mikit.trace.sites import Site
from tests.references import ours
from tests.sae import planted

FIXTURES = Path(__file__).parent / "fixtures"
FOLDERS = sorted(found.parent for found in FIXTURES.rglob("expected.safetensors"))
LENS = FIXTURES / "sae_lens"
GEMMA = FIXTURES / "gemma_scope"


def names(folder: Path) -> str:
    return folder.relative_to(FIXTURES).as_posix()


def test_all_fixtures_are_here():
    assert len(FOLDERS) == 33


@pytest.mark.parametrize("folder", FOLDERS, ids=names)
def test_features_and_output_are_the_original_librarys(folder):
    expected = load_file(folder / "expected.safetensors")
    dictionary = read(folder)
    features = dictionary.encode(expected["x"])
    assert torch.equal(features > 0, expected["features"] > 0)
    assert torch.allclose(features, expected["features"], atol=1e-5)
    assert torch.allclose(dictionary.reconstruct(expected["x"]), expected["output"], atol=1e-5)


@pytest.mark.parametrize(
    ("folder", "site", "target", "model"),
    [
        (LENS / "standard", "L5 resid_post", None, "a-model"),
        (LENS / "topk_before_6", "L5 resid_post", None, "a-model"),
        (LENS / "skip_transcoder", "L5 resid_post", "L6 mlp_out", "a-model"),
        (FIXTURES / "dictionary_learning" / "BatchTopKSAE", "L8 resid_post", None, "a-model"),
        (FIXTURES / "sparsify" / "layers.8", "L8 resid_post", None, ""),
        (FIXTURES / "sparsify" / "layers.8.mlp", "L8 mlp_in", "L8 mlp_out", ""),
        (GEMMA / "gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71", "L20 resid_post", None, "gemma-2-2b"),
        (
            GEMMA / "gemma-scope-2-270m-pt/resid_post/layer_9_width_16k_l0_medium",
            "L9 resid_post",
            None,
            "gemma-v3-270m-pt",
        ),
        (
            GEMMA / "gemma-scope-2-270m-pt/transcoder/layer_9_width_16k_l0_medium_affine",
            "L9 mlp_in",
            "L9 mlp_out",
            "gemma-v3-270m-pt",
        ),
    ],
    ids=lambda value: names(value) if isinstance(value, Path) else None,
)
def test_where_a_dictionary_belongs(folder, site, target, model):
    place = read(folder).place
    assert (place.site and str(place.site), place.target and str(place.target), place.model) == (site, target, model)


def test_what_its_makers_declared():
    assert read(GEMMA / "gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71").place.declared == {"l0": 71}
    assert read(GEMMA / "gemma-scope-2-270m-pt/resid_post/layer_9_width_16k_l0_medium").place.declared == {"l0": 60}


def test_a_matryoshkas_sizes_are_kept():
    assert read(FIXTURES / "dictionary_learning" / "MatryoshkaBatchTopKSAE").config.prefixes == (4, 12)
    assert read(LENS / "matryoshka_checkpoint").config.prefixes == (4, 12)


@pytest.mark.parametrize("folder", [f for f in FOLDERS if f.name != "layers.8.mlp"], ids=names)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_what_is_written_reads_back(folder, dtype, tmp_path):
    dictionary, x = read(folder), load_file(folder / "expected.safetensors")["x"]
    write(dictionary, tmp_path / "a", dtype=dtype)
    again = read(tmp_path / "a")
    assert again.config == dictionary.config
    assert again.place.model_dump(exclude={"hook"}) == dictionary.place.model_dump(exclude={"hook"})
    if dtype == "float32":
        assert torch.equal(again.encode(x), dictionary.encode(x))
        assert torch.equal(again.reconstruct(x), dictionary.reconstruct(x))
    else:
        assert torch.allclose(again.W_dec, dictionary.W_dec, rtol=1e-3)


def test_a_trained_dictionary_keeps_model_kind_and_numbers(tmp_path):
    training = Training(features=32, updates=40, activation="batchtopk", k=2, prefixes=(8, 32), learning_rate=1e-2)
    trainer = Trainer(training, planted.source())
    list(trainer)
    made = trainer.dictionary()
    made.place = Place(
        model="m",
        model_sha256="ab" * 32,
        site=Site(name="z", layer=3),
        hook="blocks.3.attn.hook_z",
        declared={"l0": 2.0},
    )
    write(made, tmp_path)
    again = read(tmp_path)
    assert again.config == made.config and again.place == made.place
    config = json.loads((tmp_path / "cfg.json").read_text())
    assert config["architecture"] == "jumprelu" and config["reshape_activations"] == "hook_z"
    assert torch.equal(again.encode(planted.held_out()), made.encode(planted.held_out()))


def test_what_sae_lens_read_is_what_is_written_today(tmp_path):
    """The folders in fixtures/ours were written by tests/references/ours.py and read by SAELens."""
    ours.write_all(tmp_path)
    for folder in sorted((FIXTURES / "ours").iterdir()):
        for name in ("cfg.json", "sae_weights.safetensors"):
            assert (tmp_path / folder.name / name).read_bytes() == (folder / name).read_bytes(), folder.name


def test_a_full_disk_leaves_the_old_dictionary_whole(tmp_path, monkeypatch):
    write(read(LENS / "jumprelu"), tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(data):
        def fails(file):
            file.write_text("{")
            raise OSError(errno.ENOSPC, "No space left on device")

        return fails

    monkeypatch.setattr(formats, "json_to", full)
    with pytest.raises(NoDisk, match="is whole"):
        write(read(LENS / "standard"), tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_what_sae_lens_cannot_hold(tmp_path):
    with pytest.raises(DictionaryUnusable, match="no TopK transcoder"):
        write(read(FIXTURES / "sparsify" / "layers.8.mlp"), tmp_path)
    small = read(LENS / "standard")
    large = Dictionary(small.config, {**small.weights(), "b_dec": torch.full((8,), 1e6)})
    with pytest.raises(DictionaryUnusable, match="b_dec is too large for float16"):
        write(large, tmp_path, dtype="float16")
    assert not list(tmp_path.iterdir())


class OpenAI:
    """As openai/sparse_autoencoder, model.py at 764586a, computes: written here from its description."""

    def __init__(self, k: int | None) -> None:
        generator = torch.Generator().manual_seed(0)
        self.k = k
        self.enc, self.dec = torch.randn(12, 8, generator=generator), torch.randn(8, 12, generator=generator)
        self.pre, self.latent = torch.randn(8, generator=generator), torch.randn(12, generator=generator)

    def save(self, file: Path) -> None:
        file.parent.mkdir(parents=True)
        state = {
            "encoder.weight": self.enc,
            "decoder.weight": self.dec,
            "pre_bias": self.pre,
            "latent_bias": self.latent,
            "stats_last_nonzero": torch.zeros(12, dtype=torch.long),
            "activation": "TopK" if self.k else "ReLU",
        }
        if self.k:
            state["activation_state_dict"] = {"k": self.k, "postact_fn": "ReLU"}
        torch.save(state, file)

    def __call__(self, x):
        u, centre, spread = x, 0.0, 1.0
        if self.k:
            centre = x.mean(-1, keepdim=True)
            spread = (x - centre).std(-1, keepdim=True)
            u = (x - centre) / (spread + 1e-5)
        z = functional.linear(u - self.pre, self.enc, self.latent)
        if self.k:
            kept = z.topk(self.k).indices
            z = torch.zeros_like(z).scatter(-1, kept, z.gather(-1, kept))
        features = z.relu()
        return features, (functional.linear(features, self.dec) + self.pre) * spread + centre


@pytest.mark.parametrize("k", [3, None])
def test_openais_dictionaries(tmp_path, k):
    file = tmp_path / "resid_post_mlp_v5_32k" / "autoencoders" / "8.pt"
    theirs = OpenAI(k)
    theirs.save(file)
    dictionary = read(file)
    x = torch.randn(20, 8, generator=torch.Generator().manual_seed(1)) * 5 + 1
    features, output = theirs(x)
    assert torch.allclose(dictionary.encode(x), features, atol=1e-5)
    assert torch.allclose(dictionary.reconstruct(x), output, atol=1e-4)
    assert dictionary.place.site == Site(name="resid_post", layer=8) and dictionary.place.model == "gpt2"


@pytest.mark.parametrize("with_threshold", [False, True])
def test_one_layer_of_a_set_of_transcoders(tmp_path, with_threshold):
    generator = torch.Generator().manual_seed(0)
    enc, dec, skip = (torch.randn(*s, generator=generator) for s in ((12, 8), (12, 6), (6, 8)))
    weights = {"W_enc": enc, "W_dec": dec, "W_skip": skip, "b_enc": torch.ones(12), "b_dec": torch.ones(6)}
    if with_threshold:
        weights["activation_function.threshold"] = torch.full((12,), 2.0)
    save_file(weights, tmp_path / "layer_7.safetensors")
    transcoder = read(tmp_path / "layer_7.safetensors")
    x = torch.randn(20, 8, generator=generator)
    z = x @ enc.T + 1
    features = z * (z > (2.0 if with_threshold else 0.0))
    assert torch.allclose(transcoder.encode(x), features, atol=1e-5)
    assert torch.allclose(transcoder.reconstruct(x), features @ dec + 1 + x @ skip.T, atol=1e-5)
    assert (str(transcoder.place.site), str(transcoder.place.target)) == ("L7 mlp_in", "L7 mlp_out")
    (tmp_path / "config.yaml").write_text(
        "model: a\nfeature_input_hook: 'hook_resid_mid'\nfeature_output_hook: hook_mlp_out\n"
    )
    assert str(read(tmp_path / "layer_7.safetensors").place.site) == "L7 resid_mid"


def test_a_gemma_scope_1_transcoder_reads_the_norm_without_its_gain(tmp_path):
    folder = tmp_path / "gemma-scope-2b-pt-transcoders/layer_5/width_16k/average_l0_8"
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    enc, dec = torch.randn(8, 12, generator=generator), torch.randn(12, 8, generator=generator)
    weights = {"W_enc": enc, "W_dec": dec, "b_enc": torch.ones(12), "b_dec": torch.ones(8), "threshold": torch.ones(12)}
    np.savez(folder / "params.npz", **{name: value.numpy() for name, value in weights.items()})
    transcoder, stream = read(folder), 7 * torch.randn(20, 8, generator=generator)
    z = functional.rms_norm(stream, (8,), eps=1e-6) @ enc + 1
    assert torch.allclose(transcoder.encode(stream), z * (z > 1), atol=1e-4)
    assert torch.allclose(transcoder.reconstruct(stream), z * (z > 1) @ dec + 1, atol=1e-3)
    assert (str(transcoder.place.site), str(transcoder.place.target)) == ("L5 resid_mid", "L5 mlp_out")


# Files that are refused ---------------------------------------------------------------------------------------------


def copied(folder: Path, tmp_path: Path, **changes) -> Path:
    """A copy of a fixture with another configuration; a value of None takes the entry out."""
    target = tmp_path / folder.name
    shutil.copytree(folder, target)
    file = next(path for path in target.iterdir() if path.suffix == ".json")
    config = {**json.loads(file.read_text()), **changes}
    file.write_text(json.dumps({name: value for name, value in config.items() if value is not None}))
    return target


@pytest.mark.parametrize(
    ("folder", "changes", "message"),
    [
        (LENS / "standard", {"architecture": "gated"}, "architecture 'gated'; mikit reads standard"),
        (LENS / "standard", {"d_in": 9}, r"W_enc has shape \[8, 12\]; its configuration says \[9, 12\]"),
        (LENS / "standard", {"d_in": "eight"}, "d_in = 'eight'"),
        (LENS / "jumprelu", {"d_sae": None}, "d_sae = None"),
        (LENS / "topk", {"k": 99}, "from 1 to 12 features; it is 99"),
        (LENS / "standard", {"normalize_activations": "expected_average_only_in"}, r"read\(folder, scale=...\)"),
        (LENS / "standard", {"normalize_activations": "covariance_whitening"}, "cannot undo"),
        (LENS / "topk_before_6", {"finetuning_scaling_factor": True}, "factor a feature"),
        (FIXTURES / "sparsify/layers.8", {"activation": "groupmax"}, "groupmax"),
        (FIXTURES / "sparsify/layers.8", {"k": None}, "k = None"),
        (
            FIXTURES / "dictionary_learning/BatchTopKSAE",
            {"trainer": {"dict_class": "GatedAutoEncoder"}},
            "dict_class 'GatedAutoEncoder'; mikit reads AutoEncoder",
        ),
        (FIXTURES / "dictionary_learning/BatchTopKSAE", {"trainer": None}, "dict_class 'None'"),
        (
            GEMMA / "gemma-scope-2-270m-pt/resid_post/layer_9_width_16k_l0_medium",
            {"architecture": "topk"},
            "architecture 'topk'; mikit reads jump_relu",
        ),
    ],
)
def test_configurations_that_are_refused(folder, changes, message, tmp_path):
    with pytest.raises(DictionaryUnusable, match=message):
        read(copied(folder, tmp_path, **changes))


@pytest.mark.parametrize(
    "folder",
    [LENS / "jumprelu", FIXTURES / "sparsify/layers.8", FIXTURES / "dictionary_learning/BatchTopKSAE"],
    ids=names,
)
def test_without_its_configuration(folder, tmp_path):
    copy = copied(folder, tmp_path)
    config = next(path for path in copy.iterdir() if path.suffix == ".json")
    config.unlink()
    with pytest.raises(DictionaryUnusable, match=f"has no {config.name}: without it .* is not known"):
        read(copy)
    config.write_text("{half")
    with pytest.raises(DictionaryUnusable, match="is no JSON"):
        read(copy)
    config.write_text("[]")
    with pytest.raises(DictionaryUnusable, match="holds a list"):
        read(copy)


def test_a_scale_that_is_given_is_folded_in(tmp_path):
    copy = copied(LENS / "standard", tmp_path, normalize_activations="expected_average_only_in")
    plain, x = read(LENS / "standard"), load_file(LENS / "standard" / "expected.safetensors")["x"]
    folded = read(copy, scale=0.25)
    assert torch.allclose(folded.encode(4 * x), plain.encode(x), atol=1e-5)
    assert torch.allclose(folded.reconstruct(4 * x), 4 * plain.reconstruct(x), atol=1e-4)
    with pytest.raises(DictionaryUnusable, match="no scale to give"):
        read(LENS / "standard", scale=2.0)


def test_weights_that_are_lost_or_damaged(tmp_path):
    copy = copied(LENS / "jumprelu", tmp_path)
    file = copy / "sae_weights.safetensors"
    weights = load_file(file)
    for change, message in [
        ({"threshold": None}, "no threshold.*silent"),
        ({"b_enc": None}, "no b_enc"),
        ({"W_dec": torch.full((12, 8), float("nan"))}, "96 values that are no numbers"),
    ]:
        given = {name: value for name, value in {**weights, **change}.items() if value is not None}
        save_file({name: value.clone() for name, value in given.items()}, file)
        with pytest.raises(DictionaryUnusable, match=message):
            read(copy)
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(DictionaryUnusable, match="cannot be read"):
        read(copy)


def test_a_threshold_that_training_never_set(tmp_path):
    copy = copied(FIXTURES / "dictionary_learning/BatchTopKSAE", tmp_path)
    weights = torch.load(copy / "ae.pt", weights_only=True)
    torch.save({**weights, "threshold": torch.tensor(-1.0)}, copy / "ae.pt")
    with pytest.raises(DictionaryUnusable, match="threshold -1, which it starts with"):
        read(copy)


class Bomb:
    """Unpickling it would run code."""

    def __reduce__(self):
        return print, ("ran",)


def test_pickles_are_refused_unopened(tmp_path, capsys):
    copy = copied(FIXTURES / "dictionary_learning/AutoEncoderTopK", tmp_path)
    weights = torch.load(copy / "ae.pt", weights_only=True)
    torch.save({**weights, "more": Bomb()}, copy / "ae.pt")
    with pytest.raises(DictionaryUnusable, match="could run code"):
        read(copy)
    folder = tmp_path / "gemma"
    folder.mkdir()
    np.savez(folder / "params.npz", W_enc=np.array([Bomb()], dtype=object))
    with pytest.raises(DictionaryUnusable, match="pickled objects"):
        read(folder)
    assert "ran" not in capsys.readouterr().out


def test_folders_that_hold_no_dictionary(tmp_path):
    with pytest.raises(DictionaryUnusable, match="there is nothing"):
        read(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DictionaryUnusable, match=r"notes.txt.*sae_weights.safetensors, params.npz"):
        read(tmp_path)


def test_names_of_places():
    for site in (Site(name="resid_pre", layer=0), Site(name="z", layer=11), Site(name="mlp_post", layer=3)):
        assert from_lens(to_lens(site)) == site
    assert from_lens("blocks.3.ln2.hook_normalized") is None and from_lens("hook_embed") is None
    assert from_modules("gpt_neox.layers.4") == Site(name="resid_post", layer=4)
    assert from_modules("transformer.h.4.attn") == Site(name="attn_out", layer=4)
    assert from_modules("model.layers.9.self_attn.o_proj.input") == Site(name="z", layer=9)
    assert from_modules("model.layers.9.pre_feedforward_layernorm.output") == Site(name="mlp_in", layer=9)
    assert from_modules("model.layers.9.self_attn.input") is None
    assert from_lens("blocks.3.mlp.hook_in") == from_modules("layers.3.mlp.input") == Site(name="mlp_in", layer=3)
    assert from_lens("blocks.3.hook_mlp_in") == Site(name="resid_mid", layer=3)  # the stream, before the norm
    assert to_lens(Site(name="mlp_out", layer=3)) == "blocks.3.hook_mlp_out"


def test_an_odd_configuration_of_ours_is_a_sentence(tmp_path):
    copy = copied(LENS / "standard", tmp_path, metadata={"mikit": {"activation": "sigmoid"}})
    with pytest.raises(DictionaryUnusable, match="activation = 'sigmoid'"):
        read(copy)
    assert Config(d_in=2, features=3).d_out == 2
