"""The scripts behind "Code" of the studies of attribution graphs; how such scripts are held to the truth stands in
``code``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mikit.methods.lens import softcap
from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script, nnsight_script
from mikit.studies.prompts import token_id

if TYPE_CHECKING:
    from mikit.studies.draw_graph import DrawGraph
    from mikit.studies.graph_coverage import GraphCoverage
    from mikit.studies.graphs import NodeStudy
    from mikit.studies.neuron_examples import NeuronExamples
    from mikit.studies.test_graph import TestGraph
    from mikit.studies.test_levels import TestLevels


TEST_GRAPH = """\
ids = tokenizer({prompt!r}, return_tensors="pt").input_ids

def output(logits):  # what the graph traces back
    return {output}

with torch.no_grad():
    with lm.trace(ids, use_cache=False):
        own = nnsight.save(lm.output.logits[0, -1].clone())
    # Each name; from which prompt's values its neurons are set, and times what; and where they are: by layer, from the
    # first up, their positions and numbers.
    for name, source, factor, places in {interventions}:
        with lm.trace(tokenizer(source, return_tensors="pt").input_ids, use_cache=False):
            values = nnsight.save([lm.{blocks}[layer].{mlp_down}.input[0].clone() for layer in places])
        with lm.trace(ids, use_cache=False):
            for n, (layer, (positions, neurons)) in enumerate(places.items()):
                here = lm.{blocks}[layer].{mlp_down}.input
                here[0, positions, neurons] = factor * values[n][positions, neurons]
            logits = nnsight.save(lm.output.logits[0, -1].clone())
        print(name, round((output(logits) - output(own)).item(), 6))
"""

EXAMPLES = """\
found = []
for text in {texts}:
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            values = nnsight.save(lm.{blocks}[{layer}].{mlp_down}.input[0, :, {neuron}].clone())
    place = 1 + int(values[1:].abs().argmax())  # position 0 is a sink
    around = ids[0, max(0, place - 8) : place + 4].tolist()
    found.append((values[place].item(), [tokenizer.decode([i]) for i in around]))
for value, tokens in sorted(found, key=lambda each: -abs(each[0]))[:{examples}]:
    print(round(value, 6), tokens)
"""


def draw_graph_script(study: DrawGraph, model: Model, flavour: Flavour) -> str:
    """The graph has no script in plain nnsight: it is weights multiplied, not a run."""
    if flavour == "nnsight":
        return ""
    return _printed(study, model, "share", "score", "kept")


def test_graph_script(study: TestGraph, model: Model, flavour: Flavour) -> str:
    """In plain nnsight what is measured, of neurons; what is predicted leans on the graph."""
    if flavour == "mikit":
        return _printed(study, model, "predicted", "measured")
    if study.transcoders:
        return ""
    factors = {"ablate": 0.0, "boost": 2.0, "swap": 1.0}
    interventions = [
        (one.name, one.other or study.prompt, factors[one.how], _by_layer(one.nodes)) for one in study.interventions
    ]
    answer, cap = token_id(model, study.answer), softcap(model)
    free = "logits" if cap is None else f"({cap} * torch.atanh(logits / {cap}))"
    less = "" if study.foil is None else f" - {free}[{token_id(model, study.foil)}]"
    body = TEST_GRAPH.format(
        prompt=study.prompt,
        output=f"{free}[{answer}]{less}",
        interventions=interventions,
        blocks=model.arch.blocks,
        mlp_down=model.arch.mlp_down,
    )
    return nnsight_script(study.model, body)


def _by_layer(nodes: Sequence[str]) -> dict[int, tuple[list[int], list[int]]]:
    """Positions and numbers of neurons, by layer from the first up."""
    found: dict[int, tuple[list[int], list[int]]] = {}
    for layer, neuron, position in sorted(tuple(map(int, node.split("_"))) for node in nodes):
        positions, neurons = found.setdefault(layer, ([], []))
        positions.append(position)
        neurons.append(neuron)
    return found


def test_levels_script(study: TestLevels, model: Model, flavour: Flavour) -> str:
    """Which neurons a level keeps leans on the graph, so plain nnsight has no script."""
    return "" if flavour == "nnsight" else _printed(study, model, "predicted", "measured")


def coverage_script(study: GraphCoverage, model: Model, flavour: Flavour) -> str:
    if flavour == "nnsight":
        return ""
    return _printed(study, model, "agreement", "covered")


def neuron_examples_script(study: NeuronExamples, model: Model, flavour: Flavour, examples: int) -> str:
    """In plain nnsight the places alone."""
    if flavour == "nnsight":
        body = EXAMPLES.format(
            texts=list(study.texts),
            layer=study.layer,
            neuron=study.neuron,
            examples=examples,
            blocks=model.arch.blocks,
            mlp_down=model.arch.mlp_down,
        )
        return nnsight_script(study.model, body)
    show = 'print(result.frame("activation").to_string())\nprint(result.texts["promoted"], result.texts["suppressed"])'
    return mikit_script(study, model, show)


def _printed(study: NodeStudy, model: Model, *grids: str) -> str:
    """With mikit; "" for a study that another session cannot run."""
    show = f"for name in {grids}:\n    print(result.frame(name).to_string())"
    return "" if study.unrecordable else mikit_script(study, model, show)
