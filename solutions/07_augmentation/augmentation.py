"""데이터 증대로 훈련 영상을 늘린다.

Make more of the training images by data augmentation.
"""

### BEGIN SOLUTION
from tensorflow.keras.preprocessing.image import ImageDataGenerator

### END SOLUTION


def make_augmenter():
    """영상을 무작위로 변형하는 증대기를 만든다.

    다섯 가지가 모두 들어 있어야 한다. 괄호 안은 허용되는 범위이다.

    * 좌우반전: 절반쯤의 영상 (상하로는 뒤집지 않는다)
    * 밝기 조절: ±10% 이상 (0.5배에서 1.5배까지, 더하는 방식이면 ±0.3까지)
    * 좌표이동: 영상 크기의 ±3% 이상 (±25%까지)
    * 회전: ±5도 이상 (±45도까지)
    * 확대와 축소: ±5% 이상 (0.5배에서 2배까지)

    Returns:
        ImageDataGenerator 또는 케라스의 전처리 레이어(keras.Sequential, 함수형 모델, 레이어의 리스트도 된다).
        어떤 종류이든 결과로 나온 영상만 보고 채점한다.

    Make an augmenter that changes images at random.

    All five must be in it. In parentheses: how far it may go.

    * horizontal flips: about half of the images (never upside down)
    * brightness: ±10% or more (from 0.5 to 1.5 times; where it is added, up to ±0.3)
    * shifts: ±3% of the image or more (up to ±25%)
    * rotation: ±5 degrees or more (up to ±45 degrees)
    * zoom in and out: ±5% or more (from 0.5 to 2 times the size)

    Returns:
        An ImageDataGenerator or Keras preprocessing layers (in a keras.Sequential, a functional model, or a list).
        Whichever it is, only the images that come out are judged.
    """
    ### BEGIN SOLUTION
    return ImageDataGenerator(
        horizontal_flip=True,
        brightness_range=(0.7, 1.3),
        width_shift_range=0.1,
        height_shift_range=0.1,
        rotation_range=15,
        zoom_range=0.15,
        rescale=1 / 255,  # brightness_range wants images from 0 to 255; this brings them back to [0, 1]
    )
    ### END SOLUTION


def augment_batch(augmenter, images, seed):
    """배치 하나를 증대한다.

    영상마다 따로 무작위로 변형한다. 같은 증대기, 같은 영상, 같은 seed이면 언제나 같은 결과가 나오고, seed가
    다르면 다른 결과가 나온다. 받은 배열은 바꾸지 않는다.

    Args:
        augmenter: make_augmenter가 만든 증대기.
        images: float32 영상 (n, h, w, 3). 값은 [0, 1]이고, 장수와 크기는 배치마다 다를 수 있다.
        seed: 정수.

    Returns:
        증대된 영상. 모양 (n, h, w, 3), float32, 값은 [0, 1]. i번째는 images의 i번째 영상을 변형한 것이다.

    Augment one batch.

    Each image is changed at random in its own way. The same augmenter, images and seed always give the same
    result, another seed another result. The array that is passed in stays as it is.

    Args:
        augmenter: what make_augmenter made.
        images: float32 images (n, h, w, 3) in [0, 1]. Number and size may differ from batch to batch.
        seed: an integer.

    Returns:
        The augmented images: shape (n, h, w, 3), float32, values in [0, 1]. Image i is made of images[i].
    """
    ### BEGIN SOLUTION
    flow = augmenter.flow(images * 255, batch_size=len(images), shuffle=False, seed=seed)
    return next(flow)
    ### END SOLUTION


def train_with_augmentation(model, augmenter, x_train, y_train, x_val, y_val, epochs):
    """훈련 영상을 증대하면서 받은 모델을 훈련한다. 훈련된 가중치는 받은 model에 남아야 한다.

    증대는 훈련 영상에만 한다. 검증 영상은 변형하지 않고 그대로 쓰며, 훈련에는 쓰지 않는다. 영상과 레이블의 짝이
    맞아야 한다. 에포크마다 새로 변형하는 것이 좋다.

    Args:
        model: 컴파일된 keras.Model. 손실 함수는 sparse_categorical_crossentropy이다.
        augmenter: make_augmenter가 만든 증대기.
        x_train, x_val: float32 영상 (n, h, w, 3). 값은 [0, 1]이다.
        y_train, y_val: 정수 부류 번호 (n,).
        epochs: 훈련할 에포크 수(정수). 배치 크기는 자유이고 32를 권한다.

    Returns:
        fit이 돌려주는 keras.callbacks.History. val_loss가 에포크마다 들어 있어야 한다.

    Train the given model while augmenting the training images. The trained weights must end up in that very model.

    Only training images are augmented. Validation images are used as they are, and not for training. Images must
    still match their labels. It is best to change them anew in each epoch.

    Args:
        model: a compiled keras.Model whose loss is sparse_categorical_crossentropy.
        augmenter: what make_augmenter made.
        x_train, x_val: float32 images (n, h, w, 3) in [0, 1].
        y_train, y_val: integer class ids (n,).
        epochs: how many epochs to train (integer). The batch size is yours to choose; 32 is good.

    Returns:
        The keras.callbacks.History that fit returns, with val_loss for each epoch.
    """
    ### BEGIN SOLUTION
    return model.fit(
        augmenter.flow(x_train * 255, y_train, batch_size=32),
        epochs=epochs,
        validation_data=(x_val, y_val),
        verbose=2,
    )
    ### END SOLUTION
