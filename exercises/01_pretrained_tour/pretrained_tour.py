"""사전 훈련된 신경망을 둘러본다: 사진을 준비하고, 순위를 읽고, 레이어를 살펴보고, 어디를 보는지 그린다.

A tour of a pre-trained network: prepare a photograph, read its ranked list, look at its layers, and map what it
looks at.
"""

import keras
import numpy as np


def prepare_image(path):
    """사진 파일을 InceptionV3의 입력으로 만든다.

    사진을 299x299 컬러(RGB) 영상으로 바꾸고, 화소값 0~255를 -1~1로 옮긴다. 사진은 정사각형이 아닐 수 있고, 회색조,
    RGBA, 팔레트(P), CMYK 파일일 수도 있다. keras.utils.load_img(path, target_size=...)처럼 그냥 늘이거나 줄이면
    된다. 비율을 지키며 가운데를 잘라 내도 되고, 보간 방법은 무엇이든 좋다.

    Args:
        path: PNG나 JPEG 파일의 경로(str).

    Returns:
        float32 배열 (1, 299, 299, 3). 맨 앞은 배치 축이고, 채널은 RGB 순서, 값은 [-1, 1]에 있다.

    Make a picture file into InceptionV3's input.

    The picture becomes a 299x299 colour (RGB) image, and pixel values 0 to 255 become -1 to 1. Pictures need not
    be square, and may be grey-scale, RGBA, palette (P) or CMYK files. Simply stretching them, as
    keras.utils.load_img(path, target_size=...) does, is right; so is cutting out the middle to keep the
    proportions, and so is any interpolation.

    Args:
        path: path of a PNG or JPEG file (str).

    Returns:
        float32 array (1, 299, 299, 3): first the batch axis, channels in the order RGB, values in [-1, 1].
    """
    raise NotImplementedError("prepare_image: 여기에 코드를 작성하세요 | write your code here")


def top_k(probabilities, class_names, k=5):
    """확률이 가장 높은 부류 k개를 높은 것부터 고른다.

    Args:
        probabilities: 부류마다의 확률 (n,). 정렬되어 있지 않다.
        class_names: 부류 이름 n개의 리스트. 순서는 probabilities와 같다.
        k: 고를 개수. 1 이상 n 이하의 정수.

    Returns:
        (이름, 확률) k개의 리스트. 확률은 0.67 같은 숫자이고 반올림하지 않는다. 확률이 같으면 순서는 상관없다.

    The k classes with the highest probabilities, best first.

    Args:
        probabilities: a probability for each class (n,), not sorted.
        class_names: list of n class names, in the order of probabilities.
        k: how many, an integer from 1 to n.

    Returns:
        List of k pairs (name, probability). A probability is a number such as 0.67, not rounded. Equal ones may
        come in any order.
    """
    raise NotImplementedError("top_k: 여기에 코드를 작성하세요 | write your code here")


def describe_layers(model):
    """모델의 레이어를 차례대로 설명한다.

    Args:
        model: 입력의 모양이 정해진 keras.Model. 레이어마다 출력이 하나이다.

    Returns:
        model.layers의 순서대로 레이어마다 dict 하나. 키는 "name"(레이어의 이름), "type"(클래스 이름, 예를 들어
        "Conv2D"), "output_shape"(출력의 모양. 배치 크기 자리는 None이다. 예를 들어 (None, 149, 149, 32))이다.
        함수형 모델의 InputLayer도 레이어이다. Sequential 모델의 InputLayer는 넣어도 되고 빼도 된다.

    Describe a model's layers in order.

    Args:
        model: a keras.Model whose input shape is known. Each layer has one output.

    Returns:
        One dict for each layer, in the order of model.layers, with the keys "name" (the layer's name), "type" (its
        class name, such as "Conv2D") and "output_shape" (None stands for the batch size, such as
        (None, 149, 149, 32)). A functional model's InputLayer is a layer, too; a Sequential model's may be there
        or not.
    """
    raise NotImplementedError("describe_layers: 여기에 코드를 작성하세요 | write your code here")


def class_activation_map(model, image, class_index):
    """신경망이 영상의 어디를 보고 그 부류라고 판단하는지 보여 주는 클래스 활성화 맵(CAM)을 구한다.

    정의: 마지막 컨벌루션 레이어의 특징 맵(활성화 함수를 거친 것, 전역 평균 풀링의 입력) 하나하나에, 그 특징 맵에서
    부류로 가는 Dense 레이어의 가중치를 곱하여 모두 더한다. 그 값을 [0, 1]로 옮긴다. (값 - 최솟값) / (최댓값 -
    최솟값)도 좋고, 음수를 0으로 만든 뒤 최댓값으로 나누어도 좋다. 모든 값이 같은 맵은 0으로 나누지 말고 모두
    0으로 한다.

    Args:
        model: keras.Model. 마지막이 GlobalAveragePooling2D(그다음에 Dropout이 있을 수 있다)와 Dense 하나이다.
            레이어의 이름과 개수, 영상의 크기는 모델마다 다르다.
        image: 모델의 입력에 맞는 float32 영상 (h, w, c). 배치 축이 없다.
        class_index: 부류 번호(정수).

    Returns:
        [0, 1]의 실수 배열. 모양은 특징 맵의 (h, w)이거나, 영상의 크기로 늘인 (h, w)이다.

    The class activation map (CAM): where in the image the network sees what makes it decide for the class.

    By definition each feature map of the last convolution (after its activation: what global average pooling
    gets) is multiplied by the weight of the Dense layer that leads from it to the class, and all are added up.
    Then the values are brought into [0, 1]: (value - minimum) / (maximum - minimum) is right, and so is to make
    negative values 0 and divide by the maximum. A map whose values are all equal must not be divided by 0: all
    its values become 0.

    Args:
        model: keras.Model that ends in GlobalAveragePooling2D (a Dropout may follow) and one Dense layer. Names
            and number of layers and the size of images differ from model to model.
        image: float32 image (h, w, c) that suits the model; no batch axis.
        class_index: number of the class (integer).

    Returns:
        Floating-point array in [0, 1], of the feature maps' shape (h, w), or enlarged to that of the image.
    """
    raise NotImplementedError("class_activation_map: 여기에 코드를 작성하세요 | write your code here")
