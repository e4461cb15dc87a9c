"""크기가 저마다 다른 사진에서 강아지와 고양이를 구별한다.

Tell cats from dogs in photographs of many sizes.
"""

### BEGIN SOLUTION
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image


def read_folder(folder, image_size):
    """영상 float32 (n, h, w, 3)와 레이블 (n,). 읽을 수 없는 파일은 뺀다."""
    height, width = image_size
    images, labels = [], []
    for label, name in enumerate(("cat", "dog")):
        for path in sorted((Path(folder) / name).glob("*.jpg")):
            try:
                picture = Image.open(path).convert("RGB").resize((width, height))
            except OSError:  # 깨진 파일, 빈 파일, 잘린 파일
                continue
            images.append(np.asarray(picture, dtype="float32") / 255)
            labels.append(label)
    return np.stack(images), np.array(labels)


### END SOLUTION


def make_datasets(root, image_size=(128, 128), batch_size=32):
    """폴더의 사진으로 훈련 데이터와 테스트 데이터를 만든다.

    사진은 root/train/cat, root/train/dog, root/test/cat, root/test/dog에 있는 JPEG 파일(이름은 .jpg로 끝남)이다.
    크기가 저마다 다르고, 회색조인 것도 있다. 열 수 없는 파일(JPEG이 아닌 것, 빈 것, 중간에서 잘린 것)이
    섞여 있는데, 그 때문에 멈추면 안 된다. 그런 파일은 빼거나 지운다. 잘린 파일은 남은 부분을 써도 된다.

    Args:
        root: 폴더의 경로(str).
        image_size: (높이, 너비). 모든 영상을 이 크기로 맞춘다.
        batch_size: 배치 하나의 영상 수. 마지막 배치는 더 작을 수 있다.

    Returns:
        (train, test). 각각 (영상, 레이블) 배치를 내며, 한 바퀴 돌면 모든 사진이 한 번씩 나온다. model.fit에
        넣을 수 있고 여러 번 돌 수 있으면 무엇이든 된다(tf.data.Dataset, keras.utils.PyDataset 등).
        영상은 실수형 (n, 높이, 너비, 3) RGB이고 값은 [0, 1](또는 [-1, 1])이다. 레이블은 cat이 0, dog가
        1이고 모양은 (n,) 또는 (n, 1)이다. 순서는 자유이고, train은 섞는 것이 좋다.
        훈련된 모델은 여기서 나오는 것과 같은 범위의 영상으로 채점한다.

    Make training and test data of the photographs in a folder.

    The photographs are JPEG files (their names end in .jpg) in root/train/cat, root/train/dog, root/test/cat and
    root/test/dog. Their sizes differ, and some are grey. Among them are files that cannot be opened (no JPEG at
    all, empty, or cut off in the middle), which must not stop you: leave them out, or delete them. Of a file that
    is cut off, what is left may be used.

    Args:
        root: path of the folder (str).
        image_size: (height, width), to which all images are brought.
        batch_size: images in one batch. The last batch may be smaller.

    Returns:
        (train, test). Each yields batches of (images, labels), and one pass yields every photograph once. Anything
        will do that model.fit takes and that can be passed over several times (a tf.data.Dataset, a
        keras.utils.PyDataset …). Images are floats (n, height, width, 3), RGB, in [0, 1] (or
        [-1, 1]). Labels are 0 for cat and 1 for dog, of shape (n,) or (n, 1). Their order is yours to choose;
        train had better be shuffled. The trained model is graded on images in the same range as these.
    """
    ### BEGIN SOLUTION
    datasets = []
    for part in ("train", "test"):
        images, labels = read_folder(Path(root) / part, image_size)
        dataset = tf.data.Dataset.from_tensor_slices((images, labels))
        if part == "train":
            dataset = dataset.shuffle(len(images))
        datasets.append(dataset.batch(batch_size))
    return tuple(datasets)
    ### END SOLUTION


def build_model():
    """교재의 신경망을 만든다.

    레이어는 차례로 다음과 같다. 레이어의 이름은 자유이고, 활성화 함수는 인자로 주어도 레이어로 더해도 된다.

    1. Conv2D: 필터 32개, 크기 (3, 3), 패딩 없음("valid"), relu
    2. MaxPooling2D: 크기 (2, 2)
    3. Conv2D: 필터 64개, 크기 (3, 3), 패딩 없음, relu
    4. MaxPooling2D: 크기 (2, 2)
    5. Flatten
    6. Dense: 유닛 512개, relu
    7. Dense: 유닛 1개, sigmoid. 출력은 강아지일 확률이다.

    입력은 (128, 128, 3) 컬러 영상이다. 케라스의 기본 레이어만 쓴다.

    Returns:
        keras.Model. 매개 변수는 29,511,617개이고 모두 훈련된다. 손실 함수는 binary_crossentropy, 측정 지표는
        accuracy이다. 컴파일은 여기서 해도 되고 train에서 해도 된다. 옵티마이저는 Adam, AdamW, Nadam, RMSprop
        가운데 하나이고 학습률은 0.0001에서 0.001까지이며, Adam의 기본값(0.001)을 권한다. SGD는 몇 에포크로는 거의
        배우지 못한다.

    Build the textbook's network.

    Its layers, in this order. Any layer names will do; an activation may be an argument or a layer of its own.

    1. Conv2D: 32 filters of size (3, 3), no padding ("valid"), relu
    2. MaxPooling2D: size (2, 2)
    3. Conv2D: 64 filters of size (3, 3), no padding, relu
    4. MaxPooling2D: size (2, 2)
    5. Flatten
    6. Dense: 512 units, relu
    7. Dense: 1 unit, sigmoid. The output is the probability of a dog.

    The input is a colour image (128, 128, 3). Use Keras' built-in layers only.

    Returns:
        A keras.Model with 29,511,617 parameters, all of them trainable. Its loss is binary_crossentropy, its
        metric accuracy. It may be compiled here or in train. The optimizer is Adam, AdamW, Nadam or RMSprop with a
        learning rate from 0.0001 to 0.001; Adam's default (0.001) is good. In so few epochs SGD learns hardly
        anything.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input(shape=(128, 128, 3)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION


def train(model, train, test, epochs):
    """받은 모델을 훈련한다. 훈련된 가중치는 받은 model에 남아야 한다.

    train으로만, 사진을 변형하지 않고(증대 없이) 훈련하고, test로는 에포크마다 성능을 잰다(검증).

    Args:
        model: build_model이 만든 keras.Model.
        train, test: make_datasets가 만든 것.
        epochs: 훈련할 에포크 수(정수).

    Returns:
        fit이 돌려주는 keras.callbacks.History. loss와 val_loss가 에포크마다 들어 있어야 한다.

    Train the given model. The trained weights must end up in that very model.

    Train on train alone, on the photographs as they are (no augmentation); test serves to measure, epoch by epoch
    (validation).

    Args:
        model: the keras.Model that build_model made.
        train, test: what make_datasets made.
        epochs: how many epochs to train (integer).

    Returns:
        The keras.callbacks.History that fit returns, with loss and val_loss for each epoch.
    """
    ### BEGIN SOLUTION
    return model.fit(train, validation_data=test, epochs=epochs, verbose=2)
    ### END SOLUTION
