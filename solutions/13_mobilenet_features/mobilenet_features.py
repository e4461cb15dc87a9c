"""사전 훈련된 모델을 특징 추출기로 사용하기 | A pre-trained model as a feature extractor (chapter 10, example 2).

base는 분류기를 떼어 낸 사전 훈련 모델입니다. 예: keras.applications.MobileNet(include_top=False)
base is a pre-trained model without its classifier, such as keras.applications.MobileNet(include_top=False).
"""

import keras

### BEGIN SOLUTION
from keras import layers

### END SOLUTION


def build_classifier(base, num_classes):
    """base 위에 분류기 레이어를 붙인 신경망을 만듭니다. | A network of base and a classifier on top of it.

    base는 특징 추출기입니다. base 자체나 가중치까지 복사한 것을 쓰고, 그 가중치를 모두 고정하여 새로 붙인 분류기만
    훈련되게 합니다. 분류기는 케라스의 기본 레이어면 무엇이든 좋습니다(풀링, Flatten, Dropout, Dense 등).
    base is a feature extractor: use base itself or a copy with its weights, with all of these frozen, so that the
    new classifier alone can be trained. Any of Keras' own layers will do for it.

    Args:
        base: keras.Model. 입력은 영상 (h, w, 3), 출력은 특징 맵 (h', w', c)
            | takes images (h, w, 3), gives feature maps (h', w', c).
        num_classes: 부류의 수 | number of classes.

    Returns:
        keras.Model. 입력은 base의 입력과 같고, 출력 (None, num_classes)는 더하면 1이 되는 확률(softmax)입니다.
        컴파일은 하지 않아도 됩니다.
        Input as base's; output (None, num_classes), probabilities that add up to 1 (softmax). It need not be
        compiled.
    """
    ### BEGIN SOLUTION
    base.trainable = False
    return keras.Sequential(
        [
            base,
            layers.GlobalAveragePooling2D(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    ### END SOLUTION


def extract_features(base, images):
    """base로 영상의 특징을 추출합니다. | The features that base extracts from images.

    특징은 영상마다 따로 계산합니다. 함께 들어온 다른 영상은 결과에 영향을 주지 않습니다.
    Each image's features depend on that image alone.

    Args:
        base: keras.Model.
        images: float32 (n, h, w, 3), 이미 [-1, 1]로 바뀐 영상 | already scaled to [-1, 1].

    Returns:
        다음 가운데 하나입니다. 모두 맞습니다. | One of these; all are right.
        (n, h', w', c): base의 출력 그대로 | base's output as it is
        (n, h' * w' * c): 그것을 편 것 | the same, flattened
        (n, c): 높이와 너비에 대한 평균 또는 최댓값(전역 풀링) | its mean or maximum over height and width
    """
    ### BEGIN SOLUTION
    maps = base.predict(images, verbose=0)
    return maps.mean(axis=(1, 2))
    ### END SOLUTION


def train(model, x_train, y_train, x_val, y_val, epochs):
    """build_classifier가 만든 model을 컴파일하고 훈련합니다. | Compile and train the model of build_classifier.

    model 전체를 fit 해도 되고, 특징을 한 번만 계산하여 분류기만 fit 해도 됩니다. 어느 쪽이든 훈련이 끝나면 model에
    훈련된 분류기가 들어 있어야 하고, base의 가중치는 그대로여야 합니다.
    Fit the whole model, or compute the features once and fit the classifier alone. Either way model has a trained
    classifier afterwards, and base's weights are what they were.

    x_val, y_val로는 에포크마다 성능만 재고(검증) 훈련하지 않습니다.
    x_val and y_val serve to measure, epoch by epoch: they are not trained on.

    옵티마이저, 배치 크기(128까지), 데이터 증대는 자유입니다. 학습률은 Adam이나 RMSprop이면 0.001에서 0.01까지,
    SGD이면 0.01 이상으로 하세요.
    Optimizer, batch size (up to 128) and data augmentation are yours to choose. The learning rate is from 0.001
    to 0.01 with Adam or RMSprop, and at least 0.01 with SGD.

    Args:
        model: build_classifier의 결과 | what build_classifier returned.
        x_train, x_val: float32 (n, h, w, 3), mobilenet.preprocess_input으로 이미 [-1, 1]로 바뀐 영상
            | already scaled to [-1, 1] by mobilenet.preprocess_input.
        y_train, y_val: 정수 레이블 (n,) | integer labels (n,).
        epochs: 에포크 수 | number of epochs.

    Returns:
        fit이 돌려주는 History. loss와 val_loss가 기록되어 있어야 합니다.
        | the History that fit gives, with loss and val_loss.
    """
    ### BEGIN SOLUTION
    base, classifier = model.layers[0], keras.Sequential(model.layers[1:])
    classifier.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    # base is frozen, so its features are the same in every epoch: once is enough.
    features, val_features = base.predict(x_train, verbose=0), base.predict(x_val, verbose=0)
    return classifier.fit(
        features, y_train, batch_size=32, epochs=epochs, validation_data=(val_features, y_val), verbose=0
    )
    ### END SOLUTION
