"""사전 훈련된 모델에 새 분류기를 붙이고, 무엇을 학습할지 정한다.

Put a new classifier on a pre-trained model and decide what is to learn.
"""

import keras


def build_transfer_model(base, num_classes, strategy):
    """사전 훈련된 base 위에 새 분류기를 붙인 모델을 만든다.

    * 전략 1: base의 구조만 사용한다. 가중치는 모두 새로 초기화하고 모두 학습한다.
    * 전략 2: base의 훈련된 가중치에서 시작한다. 가중치가 있는 base의 레이어 가운데 일부는 고정하고 나머지는
      학습한다. 어디까지 고정할지는 자유이다. 분류기는 모두 학습한다.
    * 전략 3: base의 훈련된 가중치를 그대로 쓰고 모두 고정한다(BatchNormalization의 통계도 변하지 않는다).
      분류기만 학습한다.

    전략 2와 3의 모델은 base 자체를 써도 되고 같은 가중치를 가진 복사본을 써도 된다. base는 바뀌어도 된다. 분류기는
    케라스의 기본 레이어로 만들고, 어떤 구조이든 Dense(num_classes)처럼 부류마다 값 하나를 내며 끝나면 된다.
    컴파일은 하지 않아도 된다. 한다면 trainable을 모두 정한 뒤에 한다.

    Args:
        base: 분류기가 없는 keras.Model. 영상을 받아 특징 맵 (n, h, w, c)를 낸다. 어떤 모델이든 될 수 있으므로
            레이어의 이름과 수는 미리 알 수 없다. 모든 레이어가 trainable인 상태로 주어진다.
        num_classes: 새 문제의 부류 수(정수, 2 이상).
        strategy: 1, 2, 3 가운데 하나.

    Returns:
        keras.Model. 입력은 base의 입력과 같고 출력은 (n, num_classes)이다.

    Build a model of the pre-trained base with a new classifier on top.

    * Strategy 1: the structure of base only. All weights are freshly initialised, and all learn.
    * Strategy 2: starts from the trained weights of base. Some of its layers with weights are fixed, the others
      learn; how many is up to you. All of the classifier learns.
    * Strategy 3: uses the trained weights of base and fixes all of them (BatchNormalization's statistics do not
      change either). The classifier alone learns.

    Strategies 2 and 3 may use base itself or a copy with the same weights. base may be changed. The classifier is
    made of Keras' built-in layers, in any way that ends in one value for each class, such as Dense(num_classes).
    The model need not be compiled. If it is, then after every trainable is set.

    Args:
        base: a keras.Model without a classifier: images to feature maps (n, h, w, c). It may be any model, so that
            names and number of its layers are not known beforehand. All its layers are trainable.
        num_classes: number of classes of the new problem (integer, at least 2).
        strategy: 1, 2 or 3.

    Returns:
        A keras.Model that takes what base takes and gives (n, num_classes).
    """
    ### BEGIN SOLUTION
    if strategy == 1:
        base = keras.models.clone_model(base)
    elif strategy == 2:
        with_weights = [layer for layer in base.layers if layer.weights]
        freeze_until(base, with_weights[len(with_weights) // 2].name)
    else:
        base.trainable = False
    return keras.Sequential(
        [
            base,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    ### END SOLUTION


def freeze_until(base, layer_name):
    """이름이 layer_name인 레이어보다 앞에 있는 레이어를 모두 고정한다(trainable = False).

    순서는 base.layers의 순서이다. layer_name인 레이어와 그 뒤의 레이어는 훈련되는 상태로 남는다. 가중치의 값은
    바뀌지 않는다.

    Args:
        base: keras.Model. 모든 레이어가 trainable인 상태로 주어지고, 이 모델을 직접 바꾼다.
        layer_name: base에 있는 레이어의 이름(str).

    Returns:
        없어도 되고 base를 돌려주어도 된다.

    Freeze every layer before the one called layer_name (trainable = False).

    The order is that of base.layers. The layer called layer_name and all after it stay trainable. The weights
    keep their values.

    Args:
        base: a keras.Model, all of whose layers are trainable. It is changed itself.
        layer_name: name of one of its layers (str).

    Returns:
        Nothing, or base.
    """
    ### BEGIN SOLUTION
    for layer in base.layers:
        if layer.name == layer_name:
            break
        layer.trainable = False
    return base
    ### END SOLUTION


def trainable_parameter_count(model):
    """모델에서 훈련되는 매개 변수의 수를 센다.

    고정된 레이어의 매개 변수와 BatchNormalization의 통계(이동 평균과 이동 분산)는 세지 않는다.

    Args:
        model: keras.Model. 안에 다른 모델이 들어 있을 수 있다.

    Returns:
        int

    Count the trainable parameters of a model.

    Parameters of frozen layers and BatchNormalization's statistics (moving mean and variance) do not count.

    Args:
        model: a keras.Model. There may be another model inside.

    Returns:
        int
    """
    ### BEGIN SOLUTION
    total = 0
    for variable in model.trainable_variables:
        size = 1
        for length in variable.shape:
            size *= length
        total += size
    return total
    ### END SOLUTION
