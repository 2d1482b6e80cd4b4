"""Dictionaries by name, folder and hash."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
import torch

from mikit.errors import DictionaryUnusable
from mikit.sae.dictionary import Config, Dictionary
from mikit.sae.formats import write
from mikit.sae.library import hash_of, load_dictionary, opened, ref_of


def drawn(seed: int = 0) -> Dictionary:
    generator = torch.Generator().manual_seed(seed)
    weights = {
        "W_enc": torch.randn(4, 6, generator=generator),
        "b_enc": torch.randn(6, generator=generator),
        "W_dec": torch.randn(6, 4, generator=generator),
        "b_dec": torch.randn(4, generator=generator),
    }
    halves = {name: weight.half().float() for name, weight in weights.items()}
    return Dictionary(Config(d_in=4, features=6, activation="topk", k=2), halves)


def test_the_same_folder_is_the_same_object_and_its_ref_leads_back(tmp_path: Path) -> None:
    write(drawn(), tmp_path / "mine")
    first = load_dictionary(tmp_path / "mine")
    assert load_dictionary(str(tmp_path / "mine")) is first
    ref = ref_of(first)
    assert (ref.name, ref.features) == ("mine", 6) and ref.handle == str(tmp_path / "mine")
    assert opened(ref) is first


def test_the_hash_does_not_depend_on_the_files_precision(tmp_path: Path) -> None:
    write(drawn(), tmp_path / "half", dtype="float16")
    write(drawn(), tmp_path / "whole", dtype="float32")
    assert hash_of(load_dictionary(tmp_path / "half")) == hash_of(load_dictionary(tmp_path / "whole"))
    assert hash_of(drawn(0)) != hash_of(drawn(1))


def test_one_trained_here_is_found_while_it_is_held_and_missed_in_a_sentence_after() -> None:
    dictionary = drawn(7)
    ref = ref_of(dictionary)
    assert opened(ref) is dictionary and ref.chip.startswith("trained here · ")
    del dictionary
    gc.collect()
    with pytest.raises(DictionaryUnusable, match="trained in another session"):
        opened(ref)


def test_a_folder_that_holds_another_dictionary_now_is_refused(tmp_path: Path) -> None:
    write(drawn(3), tmp_path / "mine")
    ref = ref_of(load_dictionary(tmp_path / "mine"))
    other = ref.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(DictionaryUnusable, match="the study speaks of 00000000"):
        opened(other)


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(DictionaryUnusable, match=r"no dictionary .smollm2-135m-l8.*smollm2-135m-l9"):
        load_dictionary("smollm2-135m-l8")
