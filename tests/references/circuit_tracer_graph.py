"""A graph file as circuit-tracer writes it, whole and pruned, with the scores that it gives the graph."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import circuit_tracer.graph as theirs
import torch
from circuit_tracer.attribution.targets import LogitTarget
from circuit_tracer.utils.create_graph_files import create_graph_files

FOLDER = Path(__file__).resolve().parent.parent / "circuits" / "fixtures"
LAYERS, TOKENS, FEATURES, OUTPUTS = 3, [5, 6, 7, 8], 25, 2

theirs.convert_nnsight_config_to_transformerlens = lambda cfg: cfg  # no model stands behind this graph
generator = torch.Generator().manual_seed(0)
features = torch.tensor([[n * LAYERS // FEATURES, n % len(TOKENS), 10 + n] for n in range(FEATURES)])
size = FEATURES + LAYERS * len(TOKENS) + len(TOKENS) + OUTPUTS
effects = torch.randn(size, size, generator=generator) * (torch.rand(size, size, generator=generator) < 0.5)
layer = torch.cat([features[:, 0], torch.arange(LAYERS).repeat_interleave(len(TOKENS)), torch.full((4,), -1)])
layer = torch.cat([layer, torch.full((OUTPUTS,), LAYERS)])
effects *= layer[:, None] > layer  # from lower layers to higher
effects[FEATURES:-OUTPUTS] = 0  # into features and outputs only
effects[:, -OUTPUTS:] = 0

graph = theirs.Graph(
    input_string="four tokens of it",
    input_tokens=torch.tensor(TOKENS),
    active_features=features,
    adjacency_matrix=effects,
    cfg=SimpleNamespace(n_layers=LAYERS, d_vocab=100, tokenizer_name=sys.argv[1]),  # any model's folder
    selected_features=torch.arange(FEATURES),
    activation_values=torch.linspace(0.5, 3, FEATURES),
    logit_targets=[LogitTarget(" big", 40), LogitTarget(" large", 41)],
    logit_probabilities=torch.tensor([0.6, 0.3]),
    scan="fixture",
)
replacement, completeness = theirs.compute_graph_scores(graph)
create_graph_files(graph, "pruned", FOLDER, node_threshold=0.8, edge_threshold=0.9)
everything = torch.ones(size, dtype=torch.bool), effects != 0, torch.zeros(size)
theirs.prune_graph = lambda *_: everything  # at thresholds of 1 it still drops the least edges
create_graph_files(graph, "whole", FOLDER)
(FOLDER / "graph-metadata.json").unlink()
said = {"replacement": replacement, "completeness": completeness, "nodes": 0.8, "edges": 0.9}
(FOLDER / "scores.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
print(*((file.name, file.stat().st_size) for file in sorted(FOLDER.iterdir())))
