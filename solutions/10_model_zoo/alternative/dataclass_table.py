"""Rows are dataclasses, made from the table's text; parameters come from the table."""

import dataclasses

import keras


@dataclasses.dataclass(frozen=True)
class Row:
    size_mb: int
    top1: float
    top5: float
    parameters: int
    depth: int | None


TABLE = """
Xception	88MB	0.790	0.945	22,910,480	126
VGG16	528MB	0.713	0.901	138,357,544	23
VGG19	549MB	0.713	0.900	143,667,240	26
ResNet50	98MB	0.749	0.921	25,636,712	—
ResNet101	171MB	0.764	0.928	44,707,176	—
ResNet152	232MB	0.766	0.931	60,419,944	—
ResNet50V2	98MB	0.760	0.930	25,613,800	—
ResNet101V2	171MB	0.772	0.938	44,675,560	—
ResNet152V2	232MB	0.780	0.942	60,380,648	—
InceptionV3	92MB	0.779	0.937	23,851,784	159
InceptionResNetV2	215MB	0.803	0.953	55,873,736	572
MobileNet	16MB	0.704	0.895	4,253,864	88
MobileNetV2	14MB	0.713	0.901	3,538,984	88
"""


def parse(line):
    name, size, top1, top5, parameters, depth = line.split("\t")
    row = Row(
        int(size.removesuffix("MB")),
        float(top1),
        float(top5),
        int(parameters.replace(",", "")),
        None if depth == "—" else int(depth),
    )
    return name, row


MODELS = dict(parse(line) for line in TABLE.strip().splitlines())


def build(name):
    return getattr(keras.applications, name)(weights=None)


def count_parameters(name):
    return MODELS[name].parameters


def choose(max_size_mb=None, min_top1=None, max_parameters=None):
    found = []
    for name, row in MODELS.items():
        if max_size_mb is not None and row.size_mb > max_size_mb:
            continue
        if min_top1 is not None and row.top1 < min_top1:
            continue
        if max_parameters is not None and row.parameters > max_parameters:
            continue
        found.append(name)
    found.sort(key=lambda name: -MODELS[name].top1)
    return found
