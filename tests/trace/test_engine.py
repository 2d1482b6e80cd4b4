"""capture, run, step and value_and_grad against plain PyTorch hooks, on four families."""

from __future__ import annotations

import pytest
import torch

from mikit.errors import Busy, ShapeMismatch, TooLong, UnknownSite, WrongDtype
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate, Patch, Steer
from mikit.trace.engine import Start, begin, capture, exclusive, run, step, value_and_grad
from mikit.trace.sites import Site
from tests.trace import reference
from tests.trace.reference import changed

CLOSE = {"atol": 1e-6, "rtol": 0}


@pytest.fixture
def tokens(tiny):
    return tiny.tokens_from(torch.arange(4, 12))


def test_capture_gives_what_hooks_see(tiny, tokens):
    seen = {}
    hooks = [
        reference.projection(tiny, 1).register_forward_pre_hook(lambda _, a: seen.__setitem__("z", a[0].clone())),
        reference.blocks(tiny)[1].register_forward_hook(lambda _m, _a, out: seen.__setitem__("post", out.clone())),
    ]
    with torch.no_grad():
        out = tiny.hf(tokens.ids, use_cache=False, output_attentions=True)
    for hook in hooks:
        hook.remove()
    z, post, pattern = (Site(name=name, layer=1) for name in ("z", "resid_post", "pattern"))
    found = capture(tiny, tokens, [pattern, post, z, Site(name="logits", position=-1)])  # any order
    torch.testing.assert_close(found[z].flatten(2), seen["z"], **CLOSE)
    torch.testing.assert_close(found[post], seen["post"], **CLOSE)
    torch.testing.assert_close(found[pattern], out.attentions[1], **CLOSE)
    torch.testing.assert_close(found[Site(name="logits", position=-1)], out.logits[:, -1], **CLOSE)


def test_what_the_mlp_reads(tiny, tokens):
    """Captured, and changed for one row: only the MLP sees it, not the stream."""
    mlp, site = reference.blocks(tiny)[1].mlp, Site(name="mlp_in", layer=1)
    seen = []
    hook = mlp.register_forward_pre_hook(lambda _, args: seen.append(args[0].clone()))
    reference.logits(tiny.hf, tokens.ids)
    hook.remove()
    torch.testing.assert_close(capture(tiny, tokens, [site])[site], seen[0], **CLOSE)

    other = torch.randn(seen[0].shape[1:], generator=torch.Generator().manual_seed(2))
    found = run(tiny, tokens, [[], [Patch(site=site, source=Array.of(other))]])
    with changed((mlp, "input", lambda _: other[None])):
        torch.testing.assert_close(found[1], reference.logits(tiny.hf, tokens.ids)[0, -1], atol=1e-5, rtol=0)
    torch.testing.assert_close(found[0], reference.logits(tiny.hf, tokens.ids)[0, -1], atol=1e-5, rtol=0)


def test_capture_of_a_head_and_a_position_is_that_slice(tiny, tokens):
    whole, head, place, row = (
        Site(name="z", layer=2),
        Site(name="z", layer=2, head=3),
        Site(name="z", layer=2, head=3, position=-2),
        Site(name="pattern", layer=2, head=1, position=5),
    )
    found = capture(tiny, tokens, [whole, head, place, row])
    torch.testing.assert_close(found[head], found[whole][:, :, 3])
    torch.testing.assert_close(found[place], found[whole][:, -2, 3])
    assert found[row].shape == (1, 8)
    assert found[row][0, 6:].eq(0).all()


def test_each_row_has_its_own_edits(tiny, tokens):
    edits = [[], [off(1, 2)], [off(0, 0), off(2, 3)], []]
    found = run(tiny, tokens, edits, logits="all")
    for row, heads in enumerate([[], [(1, 2)], [(0, 0), (2, 3)], []]):
        with changed(*(reference.head_off(tiny, *head) for head in heads)):
            torch.testing.assert_close(found[row], reference.logits(tiny.hf, tokens.ids)[0], atol=1e-5, rtol=0)


def test_kept_positions(tiny, tokens):
    everything = run(tiny, tokens, [[], [off(1, 2)]], logits="all")
    torch.testing.assert_close(run(tiny, tokens, [[], [off(1, 2)]]), everything[:, -1], **CLOSE)
    torch.testing.assert_close(run(tiny, tokens, [[], [off(1, 2)]], logits=[2, 5]), everything[:, [2, 5]], **CLOSE)


def test_steering_and_patching_at_one_position(tiny, tokens):
    direction = torch.linspace(-1, 1, tiny.spec.d_model)
    other = torch.randn(tiny.spec.d_model, generator=torch.Generator().manual_seed(1))
    site = Site(name="resid_post", layer=1, position=3)

    def added(out):
        out = out.clone()
        out[:, 3] += 2.5 * direction
        return out

    def swapped(out):
        out = out.clone()
        out[:, 3] = other
        return out

    edits = [[Steer(site=site, direction=Array.of(direction), dose=2.5)], [Patch(site=site, source=Array.of(other))]]
    found = run(tiny, tokens, edits)
    for row, change in enumerate([added, swapped]):
        with changed((reference.blocks(tiny)[1], "output", change)):
            expected = reference.logits(tiny.hf, tokens.ids)[0, -1]
        torch.testing.assert_close(found[row], expected, atol=1e-5, rtol=0)


def test_some_neurons_are_patched_and_the_others_go_on(tiny, tokens):
    site = Site(name="mlp_post", layer=1, position=3)
    some = Patch(site=site, source=Array.of([0.5, -2.0]), units=(4, 1))

    def swapped(x):
        x = x.clone()
        x[:, 3, [4, 1]] = torch.tensor([0.5, -2.0])
        return x

    with changed((reference.second_matrix(tiny, 1), "input", swapped)):
        expected = reference.logits(tiny.hf, tokens.ids)[0, -1]
    torch.testing.assert_close(run(tiny, tokens, [[some]])[0], expected, atol=1e-5, rtol=0)
    with pytest.raises(UnknownSite, match="no number 999 in L1 mlp_post @3"):
        run(tiny, tokens, [[Patch(site=site, source=Array.of([0.0]), units=(999,))]])


def test_a_pattern_can_be_set_by_hand(tiny, tokens):
    """All attention on each token itself: z is then the head's own value vector."""
    site = Site(name="pattern", layer=1, head=2)
    itself = Patch(site=site, source=Array.of(torch.eye(8)))
    v, z = (Site(name=name, layer=1) for name in ("v", "z"))
    group = tiny.spec.heads // tiny.spec.kv_heads
    values = capture(tiny, tokens, [v])[v][:, :, 2 // group]
    expected = capture(tiny, tokens, [z])[z].clone()
    expected[:, :, 2] = values

    with changed((reference.projection(tiny, 1), "input", lambda _: expected.flatten(2))):
        logits = reference.logits(tiny.hf, tokens.ids)[0, -1]
    torch.testing.assert_close(run(tiny, tokens, [[itself]])[0], logits, atol=1e-5, rtol=0)


def test_mean_and_resample_bring_their_values(tiny, tokens):
    site = Site(name="mlp_out", layer=0)
    mean = torch.full((tiny.spec.d_model,), 0.3)
    edits = [
        [Ablate(site=site, how="mean", source=Array.of(mean))],
        [Patch(site=site, source=Array.of(mean.expand(8, -1)))],
    ]
    found = run(tiny, tokens, edits)
    torch.testing.assert_close(found[0], found[1], **CLOSE)


def test_starting_in_the_middle(tiny, tokens):
    for layer in (0, 1, 2):
        site = Site(name="resid_pre", layer=layer)
        resid = capture(tiny, tokens, [site])[site]
        found = run(tiny, tokens, [[], [off(2, 1)]], start=Start(layer, resid.repeat(2, 1, 1)))
        torch.testing.assert_close(found, run(tiny, tokens, [[], [off(2, 1)]]), **CLOSE)


def test_gradients_against_finite_differences(tiny, tokens):
    metric = lambda logits: logits[:, 7] - logits[:, 9]  # noqa: E731
    for name in ("resid_pre", "z", "mlp_in", "mlp_post", "pattern"):
        site = Site(name=name, layer=1)
        value, slope = capture(tiny, tokens, [site])[site], value_and_grad(tiny, tokens, [site], metric)[site][1]
        direction = torch.randn(value.shape, generator=torch.Generator().manual_seed(3))
        if name == "pattern":
            direction = direction.tril()
        h = 1e-2
        rows = [[Patch(site=site, source=Array.of((value + sign * h * direction)[0]))] for sign in (1, -1)]
        up, down = metric(run(tiny, tokens, rows))
        torch.testing.assert_close((up - down) / (2 * h), (slope * direction).sum(), atol=2e-3, rtol=2e-2)


def test_step_writes_what_generate_writes(tiny, tokens):
    expected = tiny.hf.generate(tokens.ids, max_new_tokens=6, do_sample=False, pad_token_id=0, eos_token_id=None)
    state = begin(tiny, tokens, [[], []])
    while state.ids.shape[1] < expected.shape[1]:
        state = step(tiny, state, [[], []])
    assert state.ids.tolist() == expected.repeat(2, 1).tolist()


def test_an_edit_acts_on_every_new_token_unless_it_names_a_position(tiny, tokens):
    site = Site(name="resid_post", layer=1)
    direction = Array.of(torch.linspace(3, -3, tiny.spec.d_model))
    always = Steer(site=site, direction=direction)
    prompt_only = Steer(site=site.model_copy(update={"position": -1}), direction=direction)
    rows = [[always], [prompt_only]]
    state = begin(tiny, tokens, rows)
    for _ in range(3):
        state = step(tiny, state, rows)

    def add(out):
        return out + torch.linspace(3, -3, tiny.spec.d_model)

    def add_at_prompt_end(out):
        out = out.clone()
        out[:, 7] += torch.linspace(3, -3, tiny.spec.d_model)
        return out

    for row, change in enumerate([add, add_at_prompt_end]):
        with changed((reference.blocks(tiny)[1], "output", change)):
            expected = reference.logits(tiny.hf, state.ids[row : row + 1, :-1])[0, -1]
        torch.testing.assert_close(state.logits[row], expected, atol=1e-5, rtol=0)


def test_an_edit_may_wait_for_a_token_that_is_not_written_yet(tiny, tokens):
    site = Site(name="resid_post", layer=1, position=9)
    rows = [[], [Steer(site=site, direction=Array.of(torch.linspace(9, -9, tiny.spec.d_model)))]]
    state = begin(tiny, tokens, rows)
    state = step(tiny, state, rows)  # reads position 8
    torch.testing.assert_close(state.logits[0], state.logits[1], **CLOSE)
    state = step(tiny, state, rows)  # reads position 9
    assert not torch.allclose(state.logits[0], state.logits[1])


def test_logits_are_read_only(tiny, tokens):
    logits = Site(name="logits")
    with pytest.raises(UnknownSite, match="what comes out"):
        run(tiny, tokens, [[Ablate(site=logits)]])
    with pytest.raises(UnknownSite, match="made of the logits"):
        value_and_grad(tiny, tokens, [logits], lambda x: x[:, 0])


def test_wrong_sites_are_sentences(tiny, tokens):
    for site, words in [
        (Site(name="z", layer=7), "no layer 7: this model's layers are 0 to 2"),
        (Site(name="z", layer=1, head=9), "no head 9"),
        (Site(name="mlp_out", layer=1, head=0), "not split into heads"),
        (Site(name="z"), "needs a layer"),
        (Site(name="z", layer=1, position=8), "no position 8: the prompt has 8 tokens"),
        (Site(name="z", layer=1, position="IO"), "'IO' is a name"),
        (Site(name="logits", layer=1), "no layer or head"),
    ]:
        with pytest.raises(UnknownSite, match=words):
            capture(tiny, tokens, [site])
        with pytest.raises(UnknownSite, match=words):
            run(tiny, tokens, [[Ablate(site=site)]])
    with pytest.raises(UnknownSite, match="Did you mean 'resid_post'"):
        Site(name="resid_pots", layer=0)
    if tiny.spec.parallel:
        with pytest.raises(UnknownSite, match="no resid_mid"):
            capture(tiny, tokens, [Site(name="resid_mid", layer=0)])


def test_wrong_shapes_name_both(tiny, tokens):
    wrong = Patch(site=Site(name="z", layer=1, head=0), source=Array.of(torch.zeros(5, 3)))
    with pytest.raises(ShapeMismatch, match=rf"L1H0 z .*\(8, {tiny.spec.d_head}\).*\(5, 3\)"):
        run(tiny, tokens, [[wrong]])
    with pytest.raises(ShapeMismatch, match="no rows"):
        run(tiny, tokens, [])
    with pytest.raises(ShapeMismatch, match="stream to start from"):
        run(tiny, tokens, [[]], start=Start(1, torch.zeros(1, 3, tiny.spec.d_model)))
    with pytest.raises(ShapeMismatch, match="would be skipped"):
        run(tiny, tokens, [[off(0, 0)]], start=Start(1, torch.zeros(1, 8, tiny.spec.d_model)))


def test_after_a_failure_the_next_trace_is_right(tiny, tokens):
    before = run(tiny, tokens, [[]])
    with pytest.raises(ShapeMismatch):
        run(tiny, tokens, [[Patch(site=Site(name="z", layer=1), source=Array.of([1.0, 2.0]))]])
    torch.testing.assert_close(run(tiny, tokens, [[]]), before, atol=0, rtol=0)
    torch.testing.assert_close(reference.logits(tiny.hf, tokens.ids)[0, -1], before[0], **CLOSE)


def test_an_interrupt_in_mid_pass_leaves_the_model_clean(tiny, tokens):
    before = run(tiny, tokens, [[]])

    def stop(_module, _args, _out):
        raise KeyboardInterrupt

    hook = reference.blocks(tiny)[1].register_forward_hook(stop)
    with pytest.raises(KeyboardInterrupt):
        run(tiny, tokens, [[off(0, 0), off(2, 1)]])
    hook.remove()
    assert run(tiny, tokens, [[]]).equal(before)


def test_a_trace_inside_a_trace_is_refused(tiny, tokens):
    def greedy_metric(logits):
        run(tiny, tokens, [[]])
        return logits[:, 0]

    with pytest.raises(Busy, match="inside a forward pass"):
        value_and_grad(tiny, tokens, [Site(name="z", layer=0)], greedy_metric)
    with exclusive():  # several calls under one turn are fine
        run(tiny, tokens, [[]])
        run(tiny, tokens, [[]])


def test_writing_past_the_context_is_refused(tiny):
    state = begin(tiny, tiny.tokens_from(torch.arange(tiny.spec.context) % 90), [[]])
    with pytest.raises(TooLong, match=f"{tiny.spec.context} tokens"):
        step(tiny, state, [[]])


def test_bf16_is_not_measured(tiny, tokens, monkeypatch):
    monkeypatch.setattr(tiny, "ref", tiny.ref.model_copy(update={"dtype": "bf16"}))
    for call in (
        lambda: run(tiny, tokens, [[]]),
        lambda: capture(tiny, tokens, [Site(name="z", layer=0)]),
        lambda: value_and_grad(tiny, tokens, [Site(name="z", layer=0)], lambda x: x[:, 0]),
    ):
        with pytest.raises(WrongDtype, match="only stream text"):
            call()
    begin(tiny, tokens, [[]])


def off(layer, head):
    return Ablate(site=Site(name="z", layer=layer, head=head))
