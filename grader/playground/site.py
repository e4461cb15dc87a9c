"""The page: what is on it, its files for a server or a static host, and the same as one file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.playground import build_page
from grader.playground.convert import Converted
from grader.playground.layer_words import describe_layer
from grader.playground.strings import strings
from grader.schema import Json, Lang, Text
from grader.wire.npy import read_array

#: Bytes of the one file that holds everything; larger ones open slowly and can't be sent by mail.
MAX_SINGLE = 8_000_000
SINGLE, INDEX = "playground.html", "index.html"
_WASM = "litert.wasm.gz"
_MAX_MODEL = 1 << 31
_COLOURS = ("jet", "viridis", "inferno", "gray")
_STEPS = 64
_LONGEST = 200


@dataclass(frozen=True)
class Sample:
    """A picture that the page offers."""

    data: bytes
    """A PNG or JPEG file."""
    label: Text
    """What it shows."""


@dataclass(frozen=True)
class Shown:
    """A model on the page."""

    title: Text
    converted: Converted
    scale: str
    """As ``schema.Playground.scale``."""
    classes: Sequence[Text] = ()
    """Names in the order of the outputs; for one output those of its two classes. Others are left out."""
    samples: Sequence[Sample] = ()


@dataclass(frozen=True)
class Site:
    """A finished page: its text, and the files it asks its own host for by name."""

    models: list[Json]
    files: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, models: Sequence[Shown]) -> Site:
        """The page with ``models``, the first one open."""
        files = {_WASM: (build_page.BUILT / _WASM).read_bytes()}
        return cls([_model(f"m{index}", model, files) for index, model in enumerate(models)], files)

    def html(self, lang: Lang, *, server: bool = False, single: bool = False) -> str:
        """The page's text, which opens in ``lang``.

        Args:
            server: a server of ours stands behind it, which brings pictures by their addresses.
            single: the files are in it.
        """
        files = self.files if single else {}
        return _page(self.models, lang, server, {name: base64.b64encode(data) for name, data in files.items()})

    def write(self, out: Path, lang: Lang) -> list[Path]:
        """Write a folder that any static host serves, and everything as one file where that is small enough.

        Returns:
            What to open: the folder's page, and the single file if there is one.
        """
        out.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(data)
        (out / INDEX).write_text(self.html(lang), encoding="utf-8")
        written = [out / INDEX]
        whole = self.html(lang, single=True).encode()
        if len(whole) <= MAX_SINGLE:
            (out / SINGLE).write_bytes(whole)
            written.append(out / SINGLE)
        else:
            (out / SINGLE).unlink(missing_ok=True)  # of an earlier, smaller model
        return written


def policy(page: str) -> str:
    """The Content-Security-Policy that is on ``page``."""
    return html.unescape(page.split('http-equiv="Content-Security-Policy" content="', 1)[1].split('"', 1)[0])


def _model(name: str, model: Shown, files: dict[str, bytes]) -> dict[str, Json]:
    """What the page is told about a model; its files go into ``files``."""
    described = model.converted.described
    file, kernel = f"models/{name}.tflite.gz", None
    files[file] = _packed(model.converted.model)
    if model.converted.kernel is not None:
        kernel = f"models/{name}.kernel.gz"
        files[kernel] = _packed(model.converted.kernel)
    samples = []
    for index, sample in enumerate(model.samples):
        kind = "png" if sample.data.startswith(b"\x89PNG") else "jpg"
        place = f"samples/{name}-{index}.{kind}"
        files[place] = sample.data
        samples.append({"file": place, "label": sample.label.model_dump()})
    named = len(model.classes) == max(2, described.classes)
    return {
        "id": name,
        "title": _short(model.title),
        "file": file,
        "input": list(described.input_shape),
        "scale": model.scale,
        "half": described.half,
        "parameters": model.converted.parameters,
        "outputs": described.classes,
        "activation": described.activation,
        "output": described.output,
        "classes": [_short(text) for text in model.classes] if named else [],
        "layers": [
            {
                "name": layer.name[:_LONGEST],
                "type": layer.type[:_LONGEST],
                "text": describe_layer(layer).model_dump(),
                "shape": list(layer.output_shape),
                "parameters": layer.parameters,
                "within": layer.within[:_LONGEST],
                "output": layer.output,
            }
            for layer in described.layers
        ],
        "map": described.map.model_dump() | {"kernel": kernel} if described.map else None,
        "samples": samples,
    }


def _packed(path: Path) -> bytes:
    """An array's bytes, packed the same way every time."""
    return gzip.compress(read_array(path, max_bytes=_MAX_MODEL).tobytes(), 6, mtime=0)


def _short(text: Text) -> dict[str, str]:
    return {lang: value[:_LONGEST] for lang, value in text.model_dump().items()}


def _colormaps() -> dict[str, list[str]]:
    """Colours from low to high, as Matplotlib has them."""
    import matplotlib
    from matplotlib.colors import to_hex

    maps = {name: matplotlib.colormaps[name].resampled(_STEPS) for name in _COLOURS}
    return {name: [to_hex(colours(step))[1:] for step in range(_STEPS)] for name, colours in maps.items()}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("grader.playground", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(models: list[Json], lang: Lang, server: bool, embedded: Mapping[str, bytes]) -> str:
    texts = strings()
    script, style, licences = (
        (build_page.BUILT / name).read_text(encoding="utf-8") for name in ("main.js", "page.css", "LICENSES.txt")
    )
    site = {
        "lang": lang,
        "server": server,
        "strings": {key: text.model_dump() for key, text in texts.items()},
        "colormaps": _colormaps(),
        "models": models,
    }
    rules = {
        "default-src": "'none'",
        # Compiling WebAssembly needs a word of its own; it does not allow eval.
        "script-src": f"'{_digest(script)}' 'wasm-unsafe-eval'",
        "style-src": f"'{_digest(style)}'",
        "img-src": "blob: data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            lang=lang,
            policy="; ".join(f"{name} {value}" for name, value in rules.items()),
            title=texts["title"].get(lang),
            needs_script=texts["needs_script"].get(lang),
            licences_title=texts["licences"].get(lang),
            licences=licences,
            # Ours, or unable to end the element that it is in: no "<" is left in the JSON.
            style=Markup(style),
            script=Markup(script),
            site=Markup(json.dumps(site, ensure_ascii=False).replace("<", "\\u003c")),
            embedded={name: Markup(data.decode("ascii")) for name, data in embedded.items()},
        )
    )


def _digest(text: str) -> str:
    """The name by which a policy knows a script or a style sheet that is in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
