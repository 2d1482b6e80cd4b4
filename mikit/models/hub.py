"""Files from the Hugging Face hub (or the server that HF_ENDPOINT names): weights as safetensors, never pickle."""

from __future__ import annotations

import hashlib
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import HfApi, ModelInfo
from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoSibling

from mikit.errors import FetchFailed, UnknownModel
from mikit.models.cache import Say, file_hash, progress
from mikit.models.catalog import HubFile
from mikit.models.quiet import quiet

_NAME = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?")
_BESIDE_WEIGHTS = ("*.json", "*.jinja", "merges.txt", "vocab.txt", "tokenizer.model")
_OTHER_WEIGHTS = (".bin", ".pt", ".pth", ".gguf", ".h5", ".msgpack", ".onnx")
_TIMEOUT = 10.0  # seconds


def is_hub_name(name: str) -> bool:
    """Whether a name has the form "org/name" or "org/name@revision"."""
    return _NAME.fullmatch(name) is not None


@quiet()
def look_up(name: str) -> ModelInfo:
    """What the hub says of "org/name[@revision]": commit and files, with sizes and hashes.

    Raises UnknownModel, FetchFailed.
    """
    match = _NAME.fullmatch(name)
    assert match, name
    repo, revision = match["repo"], match["revision"]
    api = HfApi()
    try:
        return api.model_info(repo, revision=revision, files_metadata=True, timeout=_TIMEOUT)
    except GatedRepoError as error:
        raise FetchFailed(
            f"'{repo}' asks you to accept its terms first: do so on {api.endpoint}/{repo}, then log in on this machine "
            "with `hf auth login`."
        ) from error
    except RevisionNotFoundError as error:
        raise UnknownModel(f"The hub has '{repo}', but no revision '{revision}' of it.") from error
    except RepositoryNotFoundError as error:
        raise UnknownModel(
            f"The hub has no repository '{repo}' (or it is private), and there is no folder of that name here."
        ) from error
    except Exception as error:  # the http library under the hub client, and so its errors, change by version
        raise FetchFailed(_unreachable(api, name, error)) from error


def files_to_fetch(info: ModelInfo) -> tuple[list[RepoSibling], list[RepoSibling]]:
    """The files that make up the model: config and tokenizer, and weights. Raises FetchFailed without safetensors."""
    files = {file.rfilename: file for file in info.siblings or []}
    single = "model.safetensors" in files
    weights = ["model.safetensors"] if single else [name for name in files if fnmatch(name, "model-*-of-*.safetensors")]
    if not weights:
        kinds = sorted({suffix for name in files if (suffix := Path(name).suffix) in _OTHER_WEIGHTS})
        raise FetchFailed(
            f"'{info.id}' holds no safetensors weights ({', '.join(kinds) or 'no weights at all'}). mikit reads no "
            "pickle files, because opening one runs code. Look for a copy of the model with safetensors."
        )
    beside = [name for name in files if "/" not in name and any(fnmatch(name, kind) for kind in _BESIDE_WEIGHTS)]
    return [files[name] for name in beside], [files[name] for name in weights]


@quiet()
def download(repo: str, commit: str, files: list[RepoSibling], into: Path, say: Say) -> None:
    """Bring files of one commit into a folder and check each one's size and hash. Raises FetchFailed."""
    total = sum(file.size or 0 for file in files)
    api = HfApi()
    with progress(into, total, say):
        for file in files:
            try:
                path = Path(api.hf_hub_download(repo, file.rfilename, revision=commit, local_dir=into))
            except Exception as error:  # as in look_up
                raise FetchFailed(_unreachable(api, f"{repo}/{file.rfilename}", error)) from error
            _check(path, file, repo)
    shutil.rmtree(into / ".cache", ignore_errors=True)  # the client's bookkeeping


def download_gguf(source: HubFile, work: Path, say: Say) -> Path:
    """Bring one GGUF file of a fixed revision. Raises UnknownModel, FetchFailed."""
    info = look_up(f"{source.repo}@{source.revision}")
    files = [file for file in info.siblings or [] if file.rfilename == source.file]
    if not files:
        raise FetchFailed(f"'{source.repo}' holds no file '{source.file}'")
    download(source.repo, source.revision, files, work, say)
    return work / source.file


def _check(path: Path, file: RepoSibling, repo: str) -> None:
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        raise FetchFailed(
            f"'{file.rfilename}' of '{repo}' arrived with {size} bytes instead of {file.size}. Fetch again."
        )
    if file.lfs is not None:
        wrong = file_hash(path) != file.lfs.sha256
    else:  # git's own name for the bytes
        content = path.read_bytes()
        wrong = file.blob_id not in (None, hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest())
    if wrong:
        raise FetchFailed(
            f"'{file.rfilename}' of '{repo}' arrived with other bytes than the hub announced. Fetch again; if that "
            "does not help, something between here and the hub alters files."
        )


def _unreachable(api: HfApi, what: str, error: Exception) -> str:
    if isinstance(error, OfflineModeIsEnabled):
        return f"'{what}' is not on this machine, and HF_HUB_OFFLINE forbids asking the hub. Unset it to fetch."
    root = error.__cause__ or error  # the client wraps what went wrong in a guess of its own
    reason = str(root).strip().split("\n")[0].rstrip(".")
    return f"'{what}' could not be fetched from {api.endpoint}: {reason}. Check the network, then fetch again."
