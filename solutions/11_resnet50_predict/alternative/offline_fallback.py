"""Goes on without trained weights where they cannot be had; sorts by itself."""

import keras
import numpy as np


def load_model(weights="imagenet"):
    try:
        model = keras.applications.ResNet50(weights=weights)
    except Exception as problem:
        print("no trained weights:", problem)
        model = keras.applications.ResNet50(weights=None)
    model.compile("adam", "categorical_crossentropy")
    return model


def prepare(path):
    picture = keras.utils.load_img(path, target_size=(224, 224), interpolation="lanczos", keep_aspect_ratio=True)
    batch = np.expand_dims(keras.utils.img_to_array(picture), 0)
    return keras.applications.imagenet_utils.preprocess_input(batch, mode="caffe")


def predict(model, path, k=5):
    everything = keras.applications.resnet50.decode_predictions(model.predict_on_batch(prepare(path)), top=1000)[0]
    pairs = {name: float(probability) for _, name, probability in everything}
    return sorted(pairs.items(), key=lambda pair: -pair[1])[:k]
