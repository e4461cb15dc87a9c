"""What a model may be made of. A class that is not here is refused by name, whatever it does."""

from __future__ import annotations

from grader.wire.layer_types import ACTIVATION_LAYERS


class Refused(Exception):
    """A file that will not be used; ``kind`` is a word of ``schema.Refusal``, ``detail`` names the part."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail[:300]


LAYERS = frozenset(ACTIVATION_LAYERS) | frozenset(
    """
    Activation ActivityRegularization Add AlphaDropout AugMix AutoContrast Average AveragePooling1D
    AveragePooling2D BatchNormalization CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose Cropping1D Cropping2D CutMix Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout Equalization
    Flatten GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D
    GlobalMaxPooling2D GroupNormalization Identity InputLayer LayerNormalization Masking MaxPooling1D
    MaxPooling2D Maximum Minimum MixUp Multiply Normalization Permute Pipeline RMSNormalization RandAugment
    RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform
    RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation
    RandomZoom RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D Solarization
    SpatialDropout1D SpatialDropout2D Subtract UnitNormalization UpSampling1D UpSampling2D ZeroPadding1D
    ZeroPadding2D
    """.split()
)
#: What stands in a functional graph where Keras tensors are calculated with: ``x / 127.5 - 1``, ``x[..., ::-1]``,
#: ``keras.applications.*.preprocess_input(x)``, ``keras.ops.mean(x, axis=(1, 2))``. Each acts on numbers alone.
OPERATIONS = {
    "keras.src.ops.numpy": frozenset(
        """
        Abs Absolute Add Average Clip Concatenate Divide Exp ExpandDims Flip GetItem Log Max Maximum Mean Min
        Minimum Multiply Negative Power Reshape Sqrt Square Squeeze Stack Subtract Sum Tanh Transpose
        TrueDivide
        """.split()
    ),
    "keras.src.ops.nn": frozenset(
        "Relu Relu6 Sigmoid Softmax LogSoftmax Elu Gelu Silu LeakyRelu HardSigmoid".split()
    ),
    "keras.src.ops.core": frozenset({"Cast"}),
}
#: What an argument of a call may be, other than numbers, text, lists and dicts.
ARGUMENTS = frozenset({"__keras_tensor__", "__ellipsis__", "__slice__", "__tensor__", "__numpy__"})
LAYER_MODULES = frozenset({"keras.layers"})
#: All of them are rebuilt as float32.
FLOAT_POLICIES = frozenset({"float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"})
INTEGER_DTYPES = frozenset({"uint8", "int32", "int64", "bool"})
#: The one layer outside ``keras.layers`` that a model of the chapter's table contains (InceptionResNetV2).
APPLICATION_LAYERS = frozenset({("keras.src.applications.inception_resnet_v2", "CustomScaleLayer")})
MODELS = frozenset(
    (module, name)
    for name in ("Sequential", "Functional")
    for module in ("keras", "keras.models", f"keras.src.models.{name.lower()}")
) | {("keras", "Model"), ("keras.models", "Model")}
REGULARIZERS = frozenset({"L1", "L2", "L1L2"})
CONSTRAINTS = frozenset({"MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"})
ACTIVATIONS = frozenset(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
    sparsemax squareplus swish tanh tanh_shrink threshold
    """.split()
)
OPTIMIZERS = frozenset("SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Nadam Ftrl Lion Adafactor Lamb".split())
SCHEDULES = frozenset(
    """
    ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay CosineDecayRestarts
    """.split()
)
#: Losses that a model can be trained with here: normalised name -> class.
LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "hinge": "Hinge",
    "huber": "Huber",
    "kl_divergence": "KLDivergence",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_squared_error": "MeanSquaredError",
    "poisson": "Poisson",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}
