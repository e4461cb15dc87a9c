"""사전 훈련된 모델의 표를 만들고, 구조를 만들고, 조건에 맞는 모델을 고른다.

Put the pre-trained models into a table, build them, and choose those that fit.
"""

import keras

# MODELS: 교재의 표 13행을 모델 이름으로 찾는 dict이다. 행은 dict, dataclass, namedtuple 가운데 하나이고,
# 다음 이름을 갖는다.
#   size_mb     크기(MB), 정수              88MB -> 88
#   top1, top5  정확도, 0과 1 사이의 수      0.790 (79.0이 아니다)
#   parameters  매개 변수 수, 정수           22,910,480 -> 22_910_480
#   depth       깊이, 정수; 표에 —이면 None
#
# MODELS: a dict with the 13 rows of the textbook's table by the models' names. A row is a dict, a dataclass or
# a named tuple with these names:
#   size_mb     size in MB, an integer         88MB -> 88
#   top1, top5  accuracies, fractions          0.790 (not 79.0)
#   parameters  number of parameters, integer  22,910,480 -> 22_910_480
#   depth       depth, an integer; None where the table has —
### BEGIN SOLUTION: MODELS = {}
MODELS = {
    "Xception": {"size_mb": 88, "top1": 0.790, "top5": 0.945, "parameters": 22_910_480, "depth": 126},
    "VGG16": {"size_mb": 528, "top1": 0.713, "top5": 0.901, "parameters": 138_357_544, "depth": 23},
    "VGG19": {"size_mb": 549, "top1": 0.713, "top5": 0.900, "parameters": 143_667_240, "depth": 26},
    "ResNet50": {"size_mb": 98, "top1": 0.749, "top5": 0.921, "parameters": 25_636_712, "depth": None},
    "ResNet101": {"size_mb": 171, "top1": 0.764, "top5": 0.928, "parameters": 44_707_176, "depth": None},
    "ResNet152": {"size_mb": 232, "top1": 0.766, "top5": 0.931, "parameters": 60_419_944, "depth": None},
    "ResNet50V2": {"size_mb": 98, "top1": 0.760, "top5": 0.930, "parameters": 25_613_800, "depth": None},
    "ResNet101V2": {"size_mb": 171, "top1": 0.772, "top5": 0.938, "parameters": 44_675_560, "depth": None},
    "ResNet152V2": {"size_mb": 232, "top1": 0.780, "top5": 0.942, "parameters": 60_380_648, "depth": None},
    "InceptionV3": {"size_mb": 92, "top1": 0.779, "top5": 0.937, "parameters": 23_851_784, "depth": 159},
    "InceptionResNetV2": {"size_mb": 215, "top1": 0.803, "top5": 0.953, "parameters": 55_873_736, "depth": 572},
    "MobileNet": {"size_mb": 16, "top1": 0.704, "top5": 0.895, "parameters": 4_253_864, "depth": 88},
    "MobileNetV2": {"size_mb": 14, "top1": 0.713, "top5": 0.901, "parameters": 3_538_984, "depth": 88},
}
### END SOLUTION


def build(name):
    """이름이 name인 모델의 구조를 만든다. 훈련된 가중치는 내려받지 않는다.

    ImageNet의 1,000개 부류로 나누는 분류기까지 있는, keras.applications의 모델이다. 매개 변수의 수가
    표와 같아야 한다. 컴파일은 하지 않아도 된다.

    Args:
        name: MODELS의 키(str).

    Returns:
        keras.Model. 가중치는 새로 초기화된 값이어도 된다(weights=None).

    Build the structure of the model called name, without downloading trained weights.

    It is the model of keras.applications with its classifier for the 1,000 classes of ImageNet, and has the
    table's number of parameters. It need not be compiled.

    Args:
        name: a key of MODELS (str).

    Returns:
        The keras.Model, with freshly initialised weights (weights=None).
    """
    ### BEGIN SOLUTION
    return getattr(keras.applications, name)(weights=None)
    ### END SOLUTION


def count_parameters(name):
    """이름이 name인 모델의 매개 변수 수를 돌려준다.

    분류기까지 모두 센 수이다(훈련되지 않는 것도 센다). 모델을 만들어 세어도 되고 표에서 찾아도 된다.

    Args:
        name: MODELS의 키(str).

    Returns:
        int

    Return the number of parameters of the model called name.

    All of them count, the classifier's and those that training does not change, too. Build the model and count, or
    look it up in the table.

    Args:
        name: a key of MODELS (str).

    Returns:
        int
    """
    ### BEGIN SOLUTION
    return build(name).count_params()
    ### END SOLUTION


def choose(max_size_mb=None, min_top1=None, max_parameters=None):
    """조건에 모두 맞는 모델의 이름을 top1이 높은 것부터 돌려준다.

    None인 조건은 검사하지 않는다(0은 조건이다). 경계값을 포함한다: max_size_mb=98이면 98MB인 모델도 맞는다.

    Args:
        max_size_mb: 크기의 상한(MB) 또는 None.
        min_top1: Top-1 정확도의 하한(0과 1 사이의 수) 또는 None.
        max_parameters: 매개 변수 수의 상한 또는 None.

    Returns:
        이름의 리스트. top1이 같은 모델끼리의 순서는 자유이고, 맞는 모델이 없으면 빈 리스트이다.

    Return the names of the models that meet all conditions, the one with the highest top1 first.

    A condition that is None is not tested (0 is a condition). Limits are inclusive: with max_size_mb=98 a model of
    98 MB is fine.

    Args:
        max_size_mb: largest size (MB) or None.
        min_top1: smallest top-1 accuracy (between 0 and 1) or None.
        max_parameters: largest number of parameters or None.

    Returns:
        List of names. Models with equal top1 may stand in any order; where none fits, the list is empty.
    """
    ### BEGIN SOLUTION
    names = [
        name
        for name, row in MODELS.items()
        if (max_size_mb is None or row["size_mb"] <= max_size_mb)
        and (min_top1 is None or row["top1"] >= min_top1)
        and (max_parameters is None or row["parameters"] <= max_parameters)
    ]
    return sorted(names, key=lambda name: MODELS[name]["top1"], reverse=True)
    ### END SOLUTION
