"""모델을 저장하고, 복원하고, 이어서 훈련한다.

Save a model, restore it, and resume training.
"""

import keras
import numpy as np


def save_model(model, path):
    """모델 전체를 파일 하나에 저장한다.

    신경망의 아키텍처와 구성, 학습된 가중치, 컴파일 정보(옵티마이저와 학습률, 손실 함수, 측정 지표),
    옵티마이저의 현재 상태(반복 횟수와 모멘트)가 모두 남아야 한다.

    Args:
        model: 컴파일되어 훈련 중이던 keras.Model. 함수가 끝난 뒤에도 그대로 쓸 수 있어야 한다.
        path: 저장할 파일의 경로(str). ".keras"로 끝나고, 폴더는 이미 있다.

    Returns:
        없어도 된다. 파일만 본다.

    Save the whole model in one file.

    The network's architecture and configuration, its learned weights, its compile settings (optimizer and learning
    rate, loss, metrics) and the optimizer's current state (iterations and moments) must all be in it.

    Args:
        model: a compiled keras.Model in the middle of its training. It must stay usable.
        path: path of the file to write (str). It ends in ".keras" and its folder exists.

    Returns:
        Nothing is needed; only the file counts.
    """
    ### BEGIN SOLUTION
    model.save(path)
    ### END SOLUTION


def restore_model(path):
    """저장된 모델을 그대로 복원한다.

    아키텍처, 가중치, 컴파일 정보, 옵티마이저 상태가 저장할 때와 같아야 한다. 다시 컴파일하면 옵티마이저
    상태가 사라진다.

    Args:
        path: ".keras"로 끝나는 파일의 경로(str).

    Returns:
        컴파일된 keras.Model.

    Restore a saved model as it was.

    Architecture, weights, compile settings and optimizer state must be what they were when it was saved. Compiling
    again throws the optimizer's state away.

    Args:
        path: path of a file (str) that ends in ".keras".

    Returns:
        The compiled keras.Model.
    """
    ### BEGIN SOLUTION
    return keras.saving.load_model(path)
    ### END SOLUTION


def same_model(a, b):
    """두 모델이 같은 모델인지 알려 준다.

    아키텍처(레이어의 종류, 순서, 설정)가 같고 가중치의 값이 모두 같으면 같은 모델이다. 값 하나만 달라도,
    활성화 함수 하나만 달라도 다른 모델이다. 레이어 수나 가중치의 모양이 다르면 예외를 내지 않고 False를
    돌려준다. 컴파일 정보와 옵티마이저 상태는 비교해도 되고 하지 않아도 된다.

    Args:
        a, b: keras.Model 두 개. 함수가 바꾸지 않는다.

    Returns:
        bool (np.bool_도 된다).

    Tell whether two models are the same model.

    They are when their architectures (kinds, order and settings of the layers) are the same and all weights have
    the same values. One different value or one different activation makes another model. Where the number of
    layers or the shapes of weights differ, the answer is False and no exception. Compile settings and optimizer
    state may be compared or not.

    Args:
        a, b: two keras.Models, which the function leaves as they are.

    Returns:
        bool (np.bool_ is fine).
    """
    ### BEGIN SOLUTION
    if a.to_json() != b.to_json():
        return False
    ours, theirs = a.get_weights(), b.get_weights()
    return len(ours) == len(theirs) and all(map(np.array_equal, ours, theirs))
    ### END SOLUTION


def resume_training(path, x, y, epochs):
    """저장된 모델을 복원하여, 훈련이 끊긴 적이 없는 것처럼 이어서 훈련한다.

    배치 크기는 fit의 기본값(32)을 쓴다. 옵티마이저의 반복 횟수와 모멘트도 이어져야 한다.

    Args:
        path: ".keras"로 끝나는 파일의 경로(str).
        x: float32 영상 (n, h, w, c).
        y: 정수 부류 번호 (n,). 저장된 모델의 손실 함수에 맞는다.
        epochs: 이어서 훈련할 에포크 수(정수). 이미 훈련한 만큼에 더한다.

    Returns:
        훈련된 keras.Model (History가 아니다).

    Restore a saved model and resume training as if it had never been interrupted.

    Use fit's default batch size (32). The optimizer's iterations and moments must carry on, too.

    Args:
        path: path of a file (str) that ends in ".keras".
        x: float32 images (n, h, w, c).
        y: integer class ids (n,), which suit the loss of the saved model.
        epochs: how many more epochs to train (integer), on top of those it has had.

    Returns:
        The trained keras.Model (not the History).
    """
    ### BEGIN SOLUTION
    model = restore_model(path)
    model.fit(x, y, epochs=epochs, verbose=0)
    return model
    ### END SOLUTION
