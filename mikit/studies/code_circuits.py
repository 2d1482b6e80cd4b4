"""The scripts behind "Code" of the studies of edges. In plain nnsight there are the scores of one pair, for models with
separate projections to q, k and v; the rest exists with mikit alone. A mask of thousands of numbers has no script: it
lies in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.circuits import EdgeCircuit
from mikit.studies.code import mikit_script, nnsight_script

if TYPE_CHECKING:
    from mikit.studies.beat_circuit import BeatCircuit
    from mikit.studies.circuit_curve import CircuitCurve
    from mikit.studies.rank_edges import RankEdges
    from mikit.studies.test_circuit import TestCircuit

SHOW_CHECK = 'print(result.frame("check").to_string())'
SHOW_TEST = """\
print(result.frame("measure").to_string())
print(result.frame("faithfulness").to_string())"""
SHOW_BEATEN = """\
print(*result.texts["out"], sep=", ")
print(result.frame("reaction").to_string())"""
SHOW_CURVE = """\
print(result.frame("faithfulness").to_string())
print(result.frame("area").to_string())"""


ADDRESSES = ("blocks", "embed", "final_norm", "attn_norm", "q", "k", "v", "o_proj", "mlp_norm", "mlp_out")

EDGES = """\
hf.requires_grad_(False)
clean = tokenizer({clean!r}, return_tensors="pt").input_ids
corrupt = tokenizer({corrupt!r}, return_tensors="pt").input_ids
layers, heads, kv_heads, size = {layers}, {heads}, {kv_heads}, {size}
blocks = hf.get_submodule("{blocks}")

def written(ids):  # what the embedding, each head and each MLP add to the stream: [sender, position, d_model]
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            found = nnsight.save([lm.{embed}.output.clone()])
            parts = nnsight.save([(b.{o_proj}.input.clone(), b.{mlp_out}.output.clone()) for b in lm.{blocks}])
        for block, (z, mlp) in zip(blocks, parts):
            o_proj, nothing = block.get_submodule("{o_proj}"), torch.zeros_like(z)
            for head in range(heads):
                alone, own = nothing.clone(), slice(head * size, (head + 1) * size)
                alone[..., own] = z[..., own]
                found.append(o_proj(alone) - o_proj(nothing))
            found.append(mlp)
    return torch.cat(found)

def before(norm, stream, slopes, projection=torch.nn.Identity()):  # slopes at an output, as slopes at the stream
    with torch.enable_grad():
        x = stream.expand(len(slopes), -1, -1).clone().requires_grad_()
        return torch.autograd.grad(projection(norm(x)), x, slopes)[0]

def each_head(slope, count):  # [1, position, heads x size] -> a row for each head, the others 0
    rows = torch.zeros(count, *slope.shape[1:])
    for head in range(count):
        own = slice(head * size, (head + 1) * size)
        rows[head, :, own] = slope[0, :, own]
    return rows

own, other = written(clean), written(corrupt)
names = ["embedding"]
for n in range(layers):
    names += [f"L{{n}}H{{h}}" for h in range(heads)] + [f"L{{n}} MLP"]
scores = {{}}
for k in range(1, {steps} + 1):
    embedding = torch.lerp(other[:1], own[:1], k / {steps})
    with torch.enable_grad(), lm.trace(clean, use_cache=False, logits_to_keep=1):
        start = lm.{embed}.output
        start.copy_(embedding)
        start.requires_grad_(True)
        met = []
        for b in lm.{blocks}:
            met += [b.{attn_norm}.input, b.{q}.output, b.{k}.output, b.{v}.output]
            met += [b.{mlp_norm}.input, b.{mlp_norm}.output]
        met.append(lm.{final_norm}.input)
        logits = lm.output.logits[0, -1]
        slopes = nnsight.save(torch.autograd.grad(logits[{answer}] - logits[{foil}], met))
        met = nnsight.save(met)
    read = [("logits", len(names), slopes[-1])]  # receiver, how many senders come before it, its slopes
    for n, block in enumerate(blocks):
        stream, mid = met[6 * n].detach(), met[6 * n + 4].detach()
        norm, reach = block.get_submodule("{attn_norm}"), 1 + n * (heads + 1)
        for i, path in enumerate(["{q}", "{k}", "{v}"]):
            count = kv_heads if i else heads
            rows = before(norm, stream, each_head(slopes[6 * n + 1 + i], count), block.get_submodule(path))
            read += [(f"L{{n}}H{{h}} {{'qkv'[i]}}", reach, rows[h]) for h in range(count)]
        read.append((f"L{{n}} MLP", reach + heads, before(block.get_submodule("{mlp_norm}"), mid, slopes[6 * n + 5])))
    for receiver, reach, slope in read:
        for sender, score in zip(names, (slope * (own - other)[:reach]).sum((1, 2)).tolist()):
            edge = f"{{sender}} > {{receiver}}"
            scores[edge] = scores.get(edge, 0) + score / {steps}
for edge in sorted(scores, key=lambda edge: -abs(scores[edge]))[:12]:
    print(edge, round(scores[edge], 6))
"""


def rank_edges_script(study: RankEdges, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return mikit_script(study, model, SHOW_CHECK)
    s, arch = model.spec, model.arch
    if len(study.pairs) > 1 or arch.layout != "separate" or arch.attn_out_index is None or s.parallel:
        return ""
    pair = study.pairs[0]
    read = pair.read(model)
    body = EDGES.format(
        clean=pair.clean,
        corrupt=pair.corrupt,
        answer=read.answer,
        foil=read.foil,
        steps=study.ig_steps,
        layers=s.layers,
        heads=s.heads,
        kv_heads=s.kv_heads,
        size=s.d_head,
        **{name: getattr(arch, name) for name in ADDRESSES},
    )
    return nnsight_script(study.model, body)


def test_circuit_script(study: TestCircuit, model: Model, flavour: Flavour) -> str:
    return _of_circuit(study, model, flavour, SHOW_TEST)


def beat_circuit_script(study: BeatCircuit, model: Model, flavour: Flavour) -> str:
    return _of_circuit(study, model, flavour, SHOW_BEATEN)


def circuit_curve_script(study: CircuitCurve, model: Model, flavour: Flavour) -> str:
    return mikit_script(study, model, SHOW_CURVE) if flavour == "mikit" else ""


def _of_circuit(study: TestCircuit | BeatCircuit, model: Model, flavour: Flavour, show: str) -> str:
    return "" if flavour == "nnsight" or isinstance(study.circuit, EdgeCircuit) else mikit_script(study, model, show)
