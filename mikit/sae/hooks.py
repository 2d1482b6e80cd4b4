"""Names that other tools give to places in a model, as sites and back."""

from __future__ import annotations

import re

from mikit.trace.sites import Site, SiteName

_LENS: dict[str, SiteName] = {
    "hook_resid_pre": "resid_pre",
    "hook_resid_mid": "resid_mid",
    "hook_resid_post": "resid_post",
    "hook_attn_out": "attn_out",
    "hook_mlp_out": "mlp_out",
    "mlp.hook_in": "mlp_in",
    "attn.hook_z": "z",
    "attn.hook_q": "q",
    "attn.hook_k": "k",
    "attn.hook_v": "v",
    "mlp.hook_post": "mlp_post",
}
"""TransformerLens, SAELens and circuit-tracer: "blocks.8.hook_resid_post". "ln2.hook_normalized" is not among them: it
is the MLP's input with or without the norm's gain, which depends on the model and on how it was loaded."""

_ALSO: dict[str, SiteName] = {"mlp.hook_out": "mlp_out", "hook_mlp_in": "resid_mid"}
"""Second names of places; "hook_mlp_in" is the stream on its way to the norm."""

_MODULES: dict[str, SiteName] = {
    "": "resid_post",
    "output": "resid_post",
    "self_attn.o_proj.input": "z",
    "post_attention_layernorm.output": "attn_out",
    "pre_feedforward_layernorm.input": "resid_mid",
    "pre_feedforward_layernorm.output": "mlp_in",
    "mlp.input": "mlp_in",
    "post_feedforward_layernorm.output": "mlp_out",
    "attn": "attn_out",
    "self_attn": "attn_out",
    "attention": "attn_out",
    "mlp": "mlp_out",
}
"""Modules of transformers: "model.layers.8.output" (Gemma Scope 2), "layers.8.mlp" (sparsify). Names of norms are those
of Gemma."""

_OPENAI: dict[str, SiteName] = {
    "mlp_post_act": "mlp_post",
    "resid_delta_attn": "attn_out",
    "resid_delta_mlp": "mlp_out",
    "resid_post_attn": "resid_mid",
    "resid_post_mlp": "resid_post",
}


def from_lens(hook: str) -> Site | None:
    """A TransformerLens hook name as a site; None where mikit has no such site."""
    found, known = re.fullmatch(r"blocks\.(\d+)\.(.+)", hook), _LENS | _ALSO
    return Site(name=known[found[2]], layer=int(found[1])) if found and found[2] in known else None


def to_lens(site: Site) -> str:
    """A site as TransformerLens calls it."""
    by_site = {name: hook for hook, name in _LENS.items()}
    return f"blocks.{site.layer}.{by_site[site.name]}"


def from_modules(hook: str) -> Site | None:
    """A module of transformers, with or without ".output" or ".input", as a site, or None."""
    found = re.fullmatch(r"(?:[\w.]+\.)?(?:layers|h)[._](\d+)(?:\.(.+))?", hook)
    return Site(name=_MODULES[found[2] or ""], layer=int(found[1])) if found and (found[2] or "") in _MODULES else None


def from_openai(folders: str) -> Site | None:
    """The path of one of OpenAI's files, ".../resid_post_mlp_v5_32k/autoencoders/8.pt", as a site, or None."""
    found = re.search(rf"({'|'.join(_OPENAI)})(?:_v\w+)?(?:/\w+)*/(\d+)\.pt$", folders)
    return Site(name=_OPENAI[found[1]], layer=int(found[2])) if found else None
