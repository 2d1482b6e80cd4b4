"""What studies over a finished dictionary share: which one it is, and that it belongs to the model."""

from __future__ import annotations

from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import check_place
from mikit.sae.library import DictionaryRef, opened
from mikit.studies.base import Study


class DictionaryStudy(Study):
    """A study that reads activations through a dictionary."""

    dictionary: DictionaryRef

    def fitting(self, model: Model) -> Dictionary:
        """The dictionary, which was made for this model. Raises DictionaryUnusable."""
        found = opened(self.dictionary)
        check_place(model, found)
        return found
