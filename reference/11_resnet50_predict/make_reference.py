"""Writes ``reference.json``: ResNet50's layers as Keras builds them, and the chapter's row.

python reference/11_resnet50_predict/make_reference.py
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

HERE = Path(__file__).resolve().parent

#: The chapter's row; its depth is a dash.
CHAPTER = {
    "name": "ResNet50",
    "size_mb": 98,
    "top1": 0.749,
    "top5": 0.921,
    "parameters": 25_636_712,
    "depth": None,
}
#: Share of pictures with the right label among five, and what was measured (``measure_real.py``).
HITS = {"builtin": 1.0, "imagenet": 0.75}
MEASURED = {
    "right (nearest, bilinear, lanczos, middle cut out)": [1.0, 0.95, 0.95, 0.95],
    "channels reversed": 0.70,
    "scaled to [-1, 1], as other networks want it": 0.0,
}


def row(layer: keras.layers.Layer) -> dict[str, Any]:
    """One layer as checks compare it."""
    stated: dict[str, Any] = {
        "type": type(layer).__name__,
        "output_shape": list(layer.output.shape),
        "parameters": layer.count_params(),
    }
    if isinstance(layer, keras.layers.Activation):
        stated["activation"] = layer.activation.__name__
    return stated


def main() -> None:
    model = keras.applications.ResNet50(weights=None)
    version = f"Keras {keras.__version__}"
    document = {
        "sources": {
            "chapter": "chapter 10, table of pre-trained models: ResNet50, 98MB, 0.749, 0.921, 25,636,712",
            "layers": f"keras.applications.ResNet50(weights=None), {version}",
            "weights_file": f"the file that keras.applications.ResNet50(weights='imagenet') asks for, {version}",
            "prepare": "keras.applications.resnet50.preprocess_input: BGR, means 103.939, 116.779, 123.68",
            "photographs": "share of pictures with the right label first (builtin) or among five (imagenet); "
            "20 sample photographs, MobileNet(alpha=0.25), measured by measure_real.py",
            "made_by": f"make_reference.py with {version}",
        },
        "chapter": CHAPTER,
        "weights_file": "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
        "prepare": {"size": 224, "tolerance": 4.0},
        "predict": {"tolerance": 0.01},
        "photographs": {"hits": HITS, "measured": MEASURED},
        "layers": [row(layer) for layer in model.layers],
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda part: "[" + " ".join(part[0][1:-1].split()) + "]", text)
    text = re.sub(r'\{\s+("type"[^{}]*?)\s+\}', lambda part: "{" + " ".join(part[1].split()) + "}", text)
    (HERE / "reference.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
