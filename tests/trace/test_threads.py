"""Three threads on one model: not one wrong number in 1,000 traces."""

from __future__ import annotations

import threading

import torch

from mikit.trace.edits import Ablate
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site
from tests import tiny as tiny_models

TRACES = 1_000


def test_three_threads_give_no_wrong_number():
    model = tiny_models.model("llama")
    prompts = [model.tokens_from(torch.arange(4 + n, 12 + n)) for n in range(6)]
    z = Site(name="z", layer=1)
    edits = [[], [Ablate(site=Site(name="z", layer=1, head=2))]]
    logits = [run(model, tokens, edits) for tokens in prompts]
    values = [capture(model, tokens, [z])[z] for tokens in prompts]
    left = iter(range(TRACES))
    wrong, done = [], []
    gate = threading.Lock()

    def work():
        torch.set_grad_enabled(True)  # as in a thread that JupyterLab starts
        while True:
            with gate:
                n = next(left, None)
            if n is None:
                return
            k = n % len(prompts)
            if n % 2:
                same = run(model, prompts[k], edits).equal(logits[k])
            else:
                same = capture(model, prompts[k], [z])[z].equal(values[k])
            (done if same else wrong).append(n)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(done) == TRACES
