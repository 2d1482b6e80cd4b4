"""One contender of the patching benchmark, in a process of its own: `python contenders.py NAME FOLDER THREADS`.

It reads jobs as lines of JSON and answers each with one line: the map of patched logit differences [layer, position]
and the seconds it took. The three give the same map, each as its users write it; the other two need no mikit."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Job = dict[str, Any]
Sweep = Callable[[Job], Tensor]


def mikit(folder: str) -> Sweep:
    import mikit
    from mikit.studies.patch_sweep import PatchSweep

    model = mikit.load(folder)

    def sweep(job: Job) -> Tensor:
        pair = mikit.PromptPair(clean=job["clean"], corrupt=job["corrupt"], answer=job["answer"], foil=job["foil"])
        result = mikit.run_study(PatchSweep(model=model.ref, pairs=(pair,)), model)
        unpatched = result.grids["baseline"].values.numpy()[1]
        return torch.from_numpy(result.grids["resid_pre"].values.numpy() + unpatched)

    return sweep


def hooks(folder: str) -> Sweep:
    """Plain PyTorch: one batched pass a layer, whose row t has position t patched."""
    from transformers import AutoModelForCausalLM

    hf = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    blocks = hf.model.layers

    def sweep(job: Job) -> Tensor:
        clean, corrupt = torch.tensor([job["clean_ids"]]), torch.tensor([job["corrupt_ids"]])
        source: list[Tensor] = []
        handles = [block.register_forward_pre_hook(lambda _, args: source.append(args[0][0])) for block in blocks]
        hf(clean, use_cache=False, logits_to_keep=1)
        for handle in handles:
            handle.remove()
        index = torch.arange(clean.shape[1])
        rows = corrupt.expand(len(index), -1)
        found = []
        for block, value in zip(blocks, source, strict=True):

            def patch(_: object, args: tuple[Tensor, ...], value: Tensor = value) -> tuple[Tensor, ...]:
                stream = args[0].clone()
                stream[index, index] = value
                return stream, *args[1:]

            handle = block.register_forward_pre_hook(patch)
            found.append(hf(rows, use_cache=False, logits_to_keep=1).logits[:, -1])
            handle.remove()
        return torch.stack([logits[:, job["answer_id"]] - logits[:, job["foil_id"]] for logits in found])

    return sweep


def transformer_lens(folder: str) -> Sweep:
    from transformer_lens.model_bridge import TransformerBridge
    from transformer_lens.patching import get_act_patch_resid_pre
    from transformers import AutoModelForCausalLM, AutoTokenizer

    hf = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer("The same weights give the same logits", return_tensors="pt").input_ids
    before = hf(ids).logits
    bridge = TransformerBridge.boot_transformers(folder, hf_model=hf, tokenizer=tokenizer)
    torch.testing.assert_close(bridge(ids), before)

    def sweep(job: Job) -> Tensor:
        _, cache = bridge.run_with_cache(
            torch.tensor([job["clean_ids"]]), names_filter=lambda name: name.endswith("hook_resid_pre")
        )
        return get_act_patch_resid_pre(
            bridge,
            torch.tensor([job["corrupt_ids"]]),
            cache,
            lambda logits: logits[0, -1, job["answer_id"]] - logits[0, -1, job["foil_id"]],
        )

    return sweep


def main(name: str, folder: str, threads: str) -> None:
    torch.set_num_threads(int(threads))
    with torch.no_grad():
        sweep = {"mikit": mikit, "hooks": hooks, "transformer_lens": transformer_lens}[name](folder)
        print("ready", flush=True)
        for line in sys.stdin:
            cpu, wall = time.process_time(), time.perf_counter()
            found = sweep(json.loads(line))
            took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
            print(json.dumps({"map": found.tolist(), **took}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
