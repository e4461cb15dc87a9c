"""사전 훈련된 ResNet50을 바꾸지 않고 그대로 써서 사진에 무엇이 있는지 알아본다.

Use a pre-trained ResNet50 as it is to tell what a photograph shows.
"""

import keras
import numpy as np


def load_model(weights="imagenet"):
    """1,000개 부류를 구별하는 ResNet50 전체를 만든다.

    Args:
        weights: keras.applications.ResNet50에 그대로 넘겨줄 값. "imagenet"이면 훈련된 가중치를 내려받고, None이면
            훈련되지 않은 가중치로 시작하며 아무것도 내려받지 않는다.

    Returns:
        keras.Model. 입력은 (224, 224, 3), 출력은 부류 1,000개의 확률이다(매개 변수 25,636,712개).

    Make the whole ResNet50, which tells 1,000 classes apart.

    Args:
        weights: what to hand on to keras.applications.ResNet50. "imagenet" downloads trained weights; None starts
            with untrained ones and downloads nothing.

    Returns:
        keras.Model with input (224, 224, 3) and the probabilities of 1,000 classes (25,636,712 parameters).
    """
    ### BEGIN SOLUTION
    return keras.applications.ResNet50(weights=weights)
    ### END SOLUTION


def prepare(path):
    """사진 파일을 ResNet50의 입력으로 만든다.

    사진을 224x224 컬러 영상으로 바꾼 다음, keras.applications.resnet50.preprocess_input이 하는 일을 한다. 채널의
    순서를 RGB에서 BGR로 뒤집고, 채널마다 ImageNet의 평균(B 103.939, G 116.779, R 123.68)을 뺀다. 값을 나누지는
    않는다. 사진은 정사각형이 아닐 수 있고, 회색조, RGBA, 팔레트(P), CMYK 파일일 수도 있다. 그냥 늘이거나 줄여도,
    비율을 지키며 가운데를 잘라 내도 되고, 보간 방법은 무엇이든 좋다.

    Args:
        path: PNG나 JPEG 파일의 경로(str).

    Returns:
        실수 배열 (1, 224, 224, 3). 맨 앞은 배치 축이다.

    Make a picture file into ResNet50's input.

    The picture becomes a 224x224 colour image, and then gets what keras.applications.resnet50.preprocess_input
    does: channels are turned round from RGB to BGR, and the mean of ImageNet (B 103.939, G 116.779, R 123.68) is
    subtracted from each. Nothing is divided. Pictures need not be square, and may be grey-scale, RGBA, palette
    (P) or CMYK files. Stretching them is right, and so is cutting out the middle to keep the proportions, with
    any interpolation.

    Args:
        path: path of a PNG or JPEG file (str).

    Returns:
        Floating-point array (1, 224, 224, 3); the first axis is that of the batch.
    """
    ### BEGIN SOLUTION
    image = keras.utils.load_img(path, color_mode="rgb", target_size=(224, 224))
    pixels = keras.utils.img_to_array(image)
    return keras.applications.resnet50.preprocess_input(pixels[np.newaxis])
    ### END SOLUTION


def predict(model, path, k=5):
    """사진에 무엇이 있는지 모델에게 묻고, 가장 그럴듯한 답 k개를 고른다.

    Args:
        model: prepare가 만든 입력을 받아 ImageNet 부류 1,000개의 확률 (1, 1000)을 내는 keras.Model. load_model이
            만든 것일 수도 있고 다른 모델일 수도 있다.
        path: PNG나 JPEG 파일의 경로(str).
        k: 고를 개수. 1 이상 1000 이하의 정수.

    Returns:
        (이름, 확률) k개의 리스트, 확률이 높은 것부터. 이름은 decode_predictions가 주는 "red_fox" 같은 것이고
        ("n02119022" 같은 번호가 아니다), 확률은 반올림하지 않은 숫자이다.

    Ask the model what a photograph shows, and pick the k most likely answers.

    Args:
        model: keras.Model that takes what prepare makes and gives the probabilities (1, 1000) of ImageNet's 1,000
            classes: one that load_model made, or any other.
        path: path of a PNG or JPEG file (str).
        k: how many, an integer from 1 to 1000.

    Returns:
        List of k pairs (label, probability), best first. Labels are those of decode_predictions, such as
        "red_fox" (not numbers such as "n02119022"), and probabilities are numbers that are not rounded.
    """
    ### BEGIN SOLUTION
    probabilities = model.predict(prepare(path), verbose=0)
    (best,) = keras.applications.resnet50.decode_predictions(probabilities, top=k)
    return [(label, float(probability)) for _, label, probability in best]
    ### END SOLUTION
