"""Lays out folders of photographs, has the student's function read them, builds and trains.

Three folders: designed pictures without and with damaged files, and the data set's own photographs (with damaged
files, too), which train the network. The trained model is saved under a name that says how the student's function
scales images, because that is how the grader has to show it the hidden ones.
"""

import io
import itertools

import numpy as np

#: More than any of the folders holds: a data set may be endless.
MOST = 5000
SMALL = (64, 48)
#: How often each coloured picture is put among the photographs: 40 files in all.
COPIES = 4


def probe(student, inputs, evidence):
    import keras

    small = {}
    for step, damaged in (("make_datasets", False), ("make_datasets.corrupt", True)):
        with evidence.step(step):
            root = designed_pictures(inputs, inputs.work / step.replace(".", "_"), damaged)
            pair = two(evidence, student.make_datasets(str(root), image_size=SMALL, batch_size=4))
            for part, dataset in zip(("train", "test"), pair, strict=True):
                sizes, images, labels = contents(evidence, dataset, 200)
                small[step, part] = images
                evidence.value(f"{step}.{part}.batches", sizes)
                evidence.array(f"{step}.{part}.labels", labels)
                if len({image.shape for image in images}) == 1:
                    evidence.array(f"{step}.{part}", np.stack(images))

    model = None
    with evidence.step("build_model") as built:
        model = student.build_model()
        is_model = isinstance(model, keras.Model)
        evidence.require(is_model, expected="keras.Model", actual=model, name="build_model")
        evidence.architecture("untrained", model)
    if not built.ok or "x_train" not in inputs or ("make_datasets", "train") not in small:
        return
    history = None
    with evidence.step("train") as trained:
        root = photographs(inputs, inputs.work / "photographs")
        train, test = two(evidence, student.make_datasets(str(root)))
        history = student.train(model, train, test, inputs.epochs)
        name = f"trained_{scaling(small['make_datasets', 'train'])}"
        # The optimizer's moments are twice as large as the model and tell nothing here.
        optimizer, model.optimizer = getattr(model, "optimizer", None), None
        evidence.model(name, model)
        model.optimizer = optimizer
    if not trained.ok:
        return
    with evidence.step("history"):
        record = getattr(history, "history", None)
        expected = "keras.callbacks.History"
        evidence.require(isinstance(record, dict), expected=expected, actual=history, name="train")
        evidence.value("history", {str(name): [float(v) for v in values] for name, values in record.items()})
    with evidence.step("apart"):
        # A linear network that starts at zero: its first step already goes where the labels point.
        first, last = (
            keras.layers.AveragePooling2D(16),
            keras.layers.Dense(1, "sigmoid", kernel_initializer="zeros"),
        )
        linear = keras.Sequential([keras.Input((128, 128, 3)), first, keras.layers.Flatten(), last])
        linear.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        train, test = two(evidence, student.make_datasets(str(contrary(inputs, inputs.work / "apart"))))
        student.train(linear, train, test, 4)
        evidence.model("apart", linear)


def two(evidence, answer):
    """The two data sets of what ``make_datasets`` returned."""
    is_pair = isinstance(answer, (tuple, list)) and len(answer) == 2
    expected = "(train, test) 두 개 | two: (train, test)"
    evidence.require(is_pair, expected=expected, actual=answer, name="make_datasets")
    return answer


def batches(dataset):
    """One epoch. Iterating over a PyDataset never ends, so what has a length is asked for its batches."""
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        return (dataset[index] for index in range(len(dataset)))
    return iter(dataset)


def contents(evidence, dataset, most):
    """Sizes of the batches, all images, and all labels (n,); ends after ``most`` images."""
    sizes, images, labels = [], [], []
    for batch in itertools.islice(batches(dataset), most):
        is_pair = isinstance(batch, (tuple, list)) and len(batch) >= 2
        expected = "(영상, 레이블) 배치 | a batch (images, labels)"
        evidence.require(is_pair, expected=expected, actual=batch, name="make_datasets")
        x, y = np.asarray(batch[0]), np.asarray(batch[1])
        shaped = x.ndim == 4 and (y.shape == (len(x),) or y.shape == (len(x), 1))
        expected = "영상 (n, h, w, 3)과 레이블 (n,) | images (n, h, w, 3) and labels (n,)"
        evidence.require(shaped, expected=expected, actual=f"{x.shape}, {y.shape}", name="make_datasets")
        sizes.append(len(x))
        images.extend(x)
        labels.append(y.reshape(-1))
        if len(images) >= most:
            break
    evidence.require(sizes, expected="배치 | batches", actual="없음 | none", name="make_datasets")
    return sizes, images, np.concatenate(labels)


def scaling(images):
    """``unit`` [0, 1], ``symmetric`` [-1, 1] or ``none`` [0, 255], by the values of the designed pictures."""
    low, high = min(float(image.min()) for image in images), max(float(image.max()) for image in images)
    return "none" if high > 3 else "symmetric" if low < -0.05 else "unit"


def jpeg(picture):
    """A picture as the bytes of a JPEG file."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="JPEG", quality=95)
    return stream.getvalue()


def spoil(root, sample):
    """Three damaged files: bytes that are no picture, no bytes at all, half of a picture."""
    (root / "train" / "cat" / "corrupt.jpg").write_bytes(bytes(range(256)) * 8)
    (root / "train" / "dog" / "empty.jpg").write_bytes(b"")
    (root / "test" / "dog" / "corrupt.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"no picture" * 50)
    (root / "train" / "dog" / "half.jpg").write_bytes(sample[: len(sample) // 2])


def folders(root):
    for part, name in itertools.product(("train", "test"), ("cat", "dog")):
        (root / part / name).mkdir(parents=True)
    return root


def designed_pictures(inputs, root, damaged):
    """The pictures of ``inputs.py`` as files."""
    folders(root)
    for key, picture in inputs.group("pictures"):
        part, name, index = key.split(".")[-3:]
        (root / part / name / f"{name}.{index}.jpg").write_bytes(jpeg(picture))
    if damaged:
        noise = np.random.Generator(np.random.PCG64(8)).integers(0, 256, size=(120, 100, 3), dtype=np.uint8)
        spoil(root, jpeg(noise))
    return root


def contrary(inputs, root):
    """Coloured pictures to train on, and four times as many to test with, whose labels say the opposite."""
    folders(root)
    other = {"cat": "dog", "dog": "cat"}
    for key, picture in inputs.group("pictures.train"):
        name, index = key.split(".")[-2:]
        for copy in range(4 * COPIES if picture.ndim == 3 else 0):
            part, label = ("train", name) if copy < COPIES else ("test", other[name])
            (root / part / label / f"{label}.{index}.{copy}.jpg").write_bytes(jpeg(picture))
    return root


def photographs(inputs, root):
    """The data set's own files, with damaged ones and some of the designed pictures among them."""
    folders(root)
    for key, picture in inputs.group("pictures.train"):
        name, index = key.split(".")[-2:]
        for copy in range(COPIES if picture.ndim == 3 else 0):
            (root / "train" / name / f"{name}.designed.{index}.{copy}.jpg").write_bytes(jpeg(picture))
    for part, split in (("train", "train"), ("test", "val")):
        # Bytes of all files, one after the other.
        data, lengths = inputs[f"x_{split}_files.data"].tobytes(), inputs[f"x_{split}_files.lengths"]
        ends = np.cumsum(lengths)
        for index, (label, end) in enumerate(zip(inputs[f"y_{split}"], ends, strict=True)):
            name = ("cat", "dog")[int(label)]
            (root / part / name / f"{name}.{index}.jpg").write_bytes(data[end - lengths[index] : end])
    spoil(root, next((root / "train" / "dog").glob("dog.*.jpg")).read_bytes())
    return root
