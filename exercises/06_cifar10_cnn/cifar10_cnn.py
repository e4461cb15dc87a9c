"""컨벌루션 신경망으로 CIFAR-10의 영상을 10개 부류로 나눈다.

Classify the images of CIFAR-10 into 10 classes with a convolutional network.
"""

import keras
from keras import layers


def build_model():
    """교재의 컨벌루션 신경망을 만든다.

    레이어는 차례로 다음과 같다. 레이어의 이름은 자유이고, 활성화 함수는 인자로 주어도 레이어로 더해도 된다.

    1. Conv2D: 필터 64개, 크기 (3, 3), 패딩 없음("valid"), relu
    2. MaxPooling2D: 크기 (2, 2)
    3. Conv2D: 필터 32개, 크기 (3, 3), 패딩 없음, relu
    4. Flatten
    5. Dense: 유닛 80개, relu
    6. Dense: 유닛 10개, softmax. 출력은 부류마다의 확률이다.

    입력은 (32, 32, 3) 컬러 영상이다. 케라스의 기본 레이어만 쓴다(Lambda나 직접 만든 클래스는 안 된다).

    Returns:
        keras.Model (Sequential이든 함수형이든 좋다). 매개 변수는 453,786개이고 모두 훈련된다.
        컴파일은 여기서 해도 되고 compile_model에 맡겨도 된다.

    Build the textbook's convolutional network.

    Its layers, in this order. Any layer names will do; an activation may be an argument or a layer of its own.

    1. Conv2D: 64 filters of size (3, 3), no padding ("valid"), relu
    2. MaxPooling2D: size (2, 2)
    3. Conv2D: 32 filters of size (3, 3), no padding, relu
    4. Flatten
    5. Dense: 80 units, relu
    6. Dense: 10 units, softmax. The output is a probability for each class.

    The input is a colour image (32, 32, 3). Use Keras' built-in layers only (no Lambda, no class of your own).

    Returns:
        A keras.Model, Sequential or functional, with 453,786 parameters, all of them trainable. It may be compiled
        here, or compile_model does it.
    """
    raise NotImplementedError("build_model: 여기에 코드를 작성하세요 | write your code here")


def compile_model(model):
    """모델을 컴파일한다.

    옵티마이저는 Adam(학습률은 기본값 0.001 권장), 측정 지표에는 정확도(accuracy)가 있어야 한다. 손실 함수는
    부류가 여럿인 분류의 교차 엔트로피이다. 레이블을 정수 그대로 쓰면 sparse_categorical_crossentropy,
    원-핫으로 바꾸어 쓰면 categorical_crossentropy이다. 문자열로 써도 되고 객체로 써도 된다.

    Args:
        model: build_model이 만든 keras.Model.

    Returns:
        컴파일된 모델. 받은 모델을 제자리에서 컴파일했으면 None도 된다.

    Compile the model.

    The optimizer is Adam (keep its default learning rate, 0.001), and accuracy is among the metrics. The loss is
    the cross-entropy of a classification of many classes: sparse_categorical_crossentropy where labels stay
    integers, categorical_crossentropy where you make them one-hot. Strings are as good as objects.

    Args:
        model: the keras.Model that build_model made.

    Returns:
        The compiled model; None is fine too if the given model was compiled in place.
    """
    raise NotImplementedError("compile_model: 여기에 코드를 작성하세요 | write your code here")


def train(model, x_train, y_train, x_val, y_val, epochs):
    """받은 모델을 훈련한다. 훈련된 가중치는 받은 model에 남아야 한다.

    가중치를 정하는 데는 x_train, y_train만 쓴다. x_val, y_val은 에포크마다 성능을 재는 데(검증) 쓴다.

    Args:
        model: compile_model을 거친 keras.Model.
        x_train, x_val: float32 영상 (n, 32, 32, 3). 값은 이미 [0, 1]이므로 다시 255로 나누지 않는다.
        y_train, y_val: 정수 부류 번호(0-9), 모양 (n,). 원-핫이 필요하면 여기서 만든다.
        epochs: 훈련할 에포크 수(정수). 배치 크기는 자유이고 64를 권한다.

    Returns:
        fit이 돌려주는 keras.callbacks.History. loss와 val_loss가 에포크마다 들어 있어야 한다.

    Train the given model. The trained weights must end up in that very model.

    Only x_train and y_train decide the weights. x_val and y_val serve to measure, epoch by epoch (validation).

    Args:
        model: the keras.Model after compile_model.
        x_train, x_val: float32 images (n, 32, 32, 3). They are in [0, 1] already: do not divide by 255 again.
        y_train, y_val: integer class ids (0-9), shape (n,). Make them one-hot here if you need that.
        epochs: how many epochs to train (integer). The batch size is yours to choose; 64 is good.

    Returns:
        The keras.callbacks.History that fit returns, with loss and val_loss for each epoch.
    """
    raise NotImplementedError("train: 여기에 코드를 작성하세요 | write your code here")
