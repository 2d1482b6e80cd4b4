"""One contender of the benchmark of dictionaries, in a process of its own: `python sae_contenders.py NAME FOLDER
THREADS`, where FOLDER holds the model.

It reads jobs as lines of JSON and answers each with one line: what it made, and the seconds that took. Each contender
does a job as its users write it; only mikit needs mikit."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

Job = dict[str, Any]
Did = dict[str, Any]
Clock = dict[str, float]

WIDTH, DIRECTIONS = 576, 2000
SPARSITY = {"relu": 0.05}
HOOK = "blocks.9.hook_resid_post"
LAYER = 9


@contextmanager
def timed() -> Iterator[Clock]:
    """CPU seconds of all threads, and seconds on the clock."""
    found: Clock = {}
    cpu, wall = time.process_time(), time.perf_counter()
    yield found
    found |= {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def planted(number: int, batch: int) -> Tensor:
    """[batch, 576]: each of 2000 directions is there with a chance of 1 %, at a length that makes them 24 long."""
    directions = torch.randn(DIRECTIONS, WIDTH, generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1 + number)
    there = (torch.rand(batch, DIRECTIONS, generator=generator) < 0.01) * torch.rand(
        batch, DIRECTIONS, generator=generator
    )
    return there @ directions / 2.5


def fvu(target: Tensor, output: Tensor) -> float:
    return float((target - output).square().sum() / (target - target.mean(0)).square().sum())


class Mikit:
    """Every job through mikit."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.trainers: dict[str, Any] = {}

    def train(self, job: Job) -> Did:
        """Some more updates of one training, on batches that are there already."""
        from mikit.sae.store import Drawn
        from mikit.sae.train import Trainer, Training

        if job["activation"] not in self.trainers:
            batches = [planted(number, job["batch"]) for number in range(4)]
            turn = iter(range(10**9))
            training = Training(
                features=job["features"],
                updates=200,
                activation=job["activation"],
                k=job["k"] if job["activation"] == "topk" else None,
                sparsity=SPARSITY.get(job["activation"], 0),
            )
            trainer = Trainer(training, Drawn(lambda _: batches[next(turn) % 4]))
            self.trainers[job["activation"]] = trainer
            next(trainer), next(trainer)
        trainer = self.trainers[job["activation"]]
        with timed() as took:
            for _ in range(job["updates"]):
                next(trainer)
        x = planted(-1, job["batch"])
        return {**took, "fvu": fvu(x, trainer.dictionary().reconstruct(x))}

    def harvest(self, job: Job) -> Did:
        """Text to a shuffled block of activations."""
        import mikit
        from mikit.sae.store import Store
        from mikit.trace.sites import Site

        model = mikit.load(self.folder)
        sizes = {"batch": job["tokens"], "context": job["context"], "trace_tokens": job["rows"] * job["context"]}
        store = Store(model, job["texts"], Site(name="resid_post", layer=LAYER), blocks_of=1, **sizes)
        with timed() as took:
            while not store.ready():
                pass
            x = store.take().x
        return {**took, "tokens": len(x), "mean": x.mean(0)[:8].tolist()}

    def dashboard(self, job: Job) -> Did:
        import mikit
        from mikit.sae import index

        model, dictionary = mikit.load(self.folder), mikit.load_dictionary(job["dictionary"])
        with timed() as took:
            *_, found = index.build(model, dictionary, {"text": job["texts"]}, windows=len(job["ids"]))
        return {**took, "features": len(found), "density": found.density[:50].tolist()}

    def memory(self, job: Job) -> Did:
        """A training on a real model, from its first token to its last update."""
        import mikit
        from mikit.sae.store import Store
        from mikit.sae.train import Trainer, Training
        from mikit.trace.sites import Site

        model = mikit.load(self.folder)
        store = Store(
            model, job["texts"], Site(name="resid_post", layer=LAYER), batch=job["batch"], blocks_of=job["blocks_of"]
        )
        with timed() as took:
            trainer = Trainer(Training(features=job["features"], updates=job["updates"], k=job["k"]), store)
            for _ in trainer:
                pass
            trainer.dictionary()
        return {**took, "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


class Plain:
    """PyTorch and transformers alone."""

    def __init__(self, folder: str) -> None:
        from transformers import AutoModelForCausalLM

        self.hf = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        self.hf.model.layers = self.hf.model.layers[: LAYER + 1]
        self.hf.model.norm = torch.nn.Identity()

    @torch.no_grad()
    def harvest(self, job: Job) -> Did:
        """The forward passes of the layers, and nothing else."""
        with timed() as took:
            found = self._read(job)
        x = found[: job["tokens"]]
        return {**took, "tokens": len(found), "mean": x.mean(0)[:8].tolist()}

    @torch.no_grad()
    def dashboard(self, job: Job) -> Did:
        """One feature after the other: density, histogram, examples of the strongest and of three bands with the text
        about them, tokens promoted and suppressed, and the features it fires with. No labels and no tests of them. The
        loop is taken over the first ``loop`` features, and its time multiplied."""
        from safetensors.torch import load_file

        w = load_file(Path(job["dictionary"]) / "sae_weights.safetensors")
        k = json.loads((Path(job["dictionary"]) / "cfg.json").read_text())["k"]
        unembed = self.hf.lm_head.weight
        with timed() as reading:
            x = self._read(job)
        with timed() as took:
            z = (x - w["b_dec"]) @ w["W_enc"] + w["b_enc"]
            top = z.topk(k)
            active = torch.zeros_like(z).scatter(1, top.indices, top.values.relu())
            fires = (active > 0).float()
            often = fires.sum(0)
            found = []
            for feature in range(job["loop"]):
                values = active[:, feature]
                at = values.nonzero().flatten()
                peak = values.max()
                order = at[values[at].argsort(descending=True)]
                bands = [order[:3], *(band[torch.randperm(len(band))[:3]] for band in order[3:].tensor_split(3))]
                around = [[values[max(p - 12, 0) : p + 13] for p in band.tolist()] for band in bands]
                logits = unembed @ w["W_dec"][feature]
                both = fires.T @ fires[:, feature]
                found.append(
                    {
                        "density": len(at) / len(values),
                        "histogram": torch.histc(values[at] / peak, 24, 0, 1) if len(at) else None,
                        "around": around,
                        "promoted": logits.topk(6),
                        "suppressed": (-logits).topk(6),
                        "together": (both / (often + often[feature] - both).clamp(min=1)).topk(6),
                    }
                )
        times = active.shape[1] / len(found)
        took = {name: reading[name] + times * seconds for name, seconds in took.items()}
        return {**took, "features": active.shape[1], "density": [one["density"] for one in found[:50]]}

    def _read(self, job: Job) -> Tensor:
        rows = torch.tensor(job["ids"]).split(job["rows"])
        return torch.cat([self.hf.model(ids, use_cache=False)[0][:, 1:].flatten(0, 1) for ids in rows])


class SAELens:
    """SAELens, and for dashboards sae-dashboard, which reads models of TransformerLens alone."""

    def __init__(self, folder: str) -> None:
        from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerFast

        self.folder = folder
        self.config = AutoConfig.from_pretrained(folder)
        # Its transformers is older than the one that wrote the folder, and looks for two things elsewhere.
        self.config.rope_theta = json.loads((Path(folder) / "config.json").read_text())["rope_parameters"]["rope_theta"]
        given = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
        self.home = TemporaryDirectory()
        PreTrainedTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json", **given).save_pretrained(self.home.name)
        self.tokenizer = AutoTokenizer.from_pretrained(self.home.name)
        self.trainers: dict[str, Any] = {}
        self.stores: dict[str, Any] = {}

    def train(self, job: Job) -> Did:
        """Dense TopK, as SAELens trains unless asked; its sparse one does not run on a CPU in this version."""
        from sae_lens import StandardTrainingSAE, StandardTrainingSAEConfig, TopKTrainingSAE, TopKTrainingSAEConfig
        from sae_lens.config import SAETrainerConfig
        from sae_lens.training.sae_trainer import SAETrainer

        kind = job["activation"]
        if kind not in self.trainers:
            both = {"d_in": WIDTH, "d_sae": job["features"]}
            if job["activation"] == "topk":
                sae = TopKTrainingSAE(TopKTrainingSAEConfig(**both, k=job["k"]))
            else:
                sae = StandardTrainingSAE(StandardTrainingSAEConfig(**both, l1_coefficient=5.0))
            config = SAETrainerConfig(
                total_training_samples=10**9, train_batch_size_samples=job["batch"], lr=1e-3, lr_end=1e-4
            )
            batches = [planted(number, job["batch"]) for number in range(4)]
            self.trainers[kind] = SAETrainer(config, sae, iter(())), batches
            for batch in batches[:2]:
                self._update(self.trainers[kind][0], batch)
        trainer, batches = self.trainers[kind]
        with timed() as took:
            for _ in range(job["updates"]):
                self._update(trainer, batches[trainer.n_training_steps % 4])
        x = planted(-1, job["batch"])
        with torch.no_grad():
            return {**took, "fvu": fvu(x, trainer.sae(x))}

    def _update(self, trainer: Any, batch: Tensor) -> None:
        trainer.step(batch)
        trainer.n_training_steps += 1

    def harvest(self, job: Job) -> Did:
        """Tokens to activations, without the buffer that shuffles them. ``through`` is its model: TransformerLens'
        HookedTransformer, or transformers' own."""
        from datasets import Dataset
        from sae_lens.load_model import HookedProxyLM
        from sae_lens.training.activations_store import ActivationsStore

        if job["through"] not in self.stores:
            if job["through"] == "TransformerLens":
                model, hook = self._hooked(), HOOK
            else:
                hook = f"model.layers.{LAYER}"
                model = HookedProxyLM(self._hf("sdpa"), self.tokenizer, hook_names=[hook])
            self.stores[job["through"]] = ActivationsStore(
                model,
                Dataset.from_dict({"tokens": job["ids"]}),
                streaming=False,
                hook_name=hook,
                hook_head_index=None,
                context_size=job["context"],
                d_in=WIDTH,
                n_batches_in_buffer=job["rows"],
                total_training_tokens=job["tokens"],
                store_batch_size_prompts=job["rows"],
                train_batch_size_tokens=job["rows"] * (job["context"] - 1),
                prepend_bos=False,
                normalize_activations="none",
                device=torch.device("cpu"),
                dtype="float32",
                seqpos_slice=(1, None),
                sequence_separator_token=None,
            )
        store = self.stores[job["through"]]
        store.reset_input_dataset()
        store.iterable_sequences = store._iterate_tokenized_sequences()
        with timed() as took:
            found = torch.cat([store.get_raw_llm_batch()[0] for _ in range(len(job["ids"]) // job["rows"])])
        return {**took, "tokens": len(found), "mean": found[: job["tokens"]].mean(0)[:8].tolist()}

    def dashboard(self, job: Job) -> Did:
        """All features in one batch, so that the model runs once."""
        from sae_dashboard.sae_vis_data import SaeVisConfig
        from sae_dashboard.sae_vis_runner import SaeVisRunner
        from sae_lens import SAE

        model, encoder = self._hooked(), SAE.load_from_disk(job["dictionary"])
        features = range(encoder.cfg.d_sae)
        config = SaeVisConfig(
            hook_point=HOOK,
            features=list(features),
            minibatch_size_features=len(features),
            minibatch_size_tokens=job["rows"],
            ignore_positions=[0],
        )
        with timed() as took:
            found = SaeVisRunner(config).run(encoder=encoder, model=model, tokens=torch.tensor(job["ids"]))
        shown = [found.feature_data_dict[feature].acts_histogram_data.title for feature in features[:50]]
        tokens = sum(len(ids) for ids in job["ids"])
        share = tokens / (tokens - len(job["ids"]))  # its density counts position 0 as silent
        density = [float(title.rpartition("=")[2].strip(" %")) / 100 * share if title else 0.0 for title in shown]
        return {**took, "features": len(found.feature_data_dict), "density": density}

    def _hf(self, attention: str) -> Any:
        from transformers import AutoModelForCausalLM

        given = {"config": self.config, "dtype": torch.float32, "attn_implementation": attention}
        return AutoModelForCausalLM.from_pretrained(self.folder, **given).eval()

    def _hooked(self) -> Any:
        """TransformerLens does not list this model, so its weights are handed over."""
        from sae_lens import HookedSAETransformer
        from transformer_lens import HookedTransformerConfig
        from transformer_lens.pretrained.weight_conversions import convert_llama_weights

        hf, c = self._hf("eager"), self.config
        config = HookedTransformerConfig(
            n_layers=c.num_hidden_layers,
            d_model=c.hidden_size,
            n_ctx=512,
            d_head=c.hidden_size // c.num_attention_heads,
            n_heads=c.num_attention_heads,
            n_key_value_heads=c.num_key_value_heads,
            d_mlp=c.intermediate_size,
            d_vocab=c.vocab_size,
            act_fn=c.hidden_act,
            normalization_type="RMS",
            positional_embedding_type="rotary",
            rotary_adjacent_pairs=False,
            rotary_dim=c.hidden_size // c.num_attention_heads,
            rotary_base=c.rope_theta,
            gated_mlp=True,
            final_rms=True,
            eps=c.rms_norm_eps,
            original_architecture="LlamaForCausalLM",
            device="cpu",
        )
        model = HookedSAETransformer(config, tokenizer=self.tokenizer)
        model.load_state_dict(convert_llama_weights(hf, config), strict=False)
        return model.eval()


def main(name: str, folder: str, threads: str) -> None:
    torch.set_num_threads(int(threads))
    answers = sys.stdout
    sys.stdout = sys.stderr  # for what libraries print
    contender = {"mikit": Mikit, "plain": Plain, "sae_lens": SAELens}[name](folder)
    print("ready", flush=True, file=answers)
    for line in sys.stdin:
        job = json.loads(line)
        work: Callable[[Job], Did] = getattr(contender, job["do"])
        print(json.dumps(work(job)), flush=True, file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
