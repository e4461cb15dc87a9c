"""TensorFlow's and Keras' own functions where they have them; tensors as results."""

import keras
import numpy as np
import tensorflow as tf


def box_iou(a, b):
    low, high = tf.maximum(a[:2], b[:2]), tf.minimum(a[2:], b[2:])
    overlap = tf.reduce_prod(tf.nn.relu(high - low))
    union = tf.reduce_prod(a[2:] - a[:2]) + tf.reduce_prod(b[2:] - b[:2]) - overlap
    return tf.math.divide_no_nan(overlap, union)


def mask_iou(prediction, target):
    metric = keras.metrics.BinaryIoU(target_class_ids=[1])
    metric.update_state(np.float32(target), np.float32(prediction))
    return metric.result()


def non_max_suppression(boxes, scores, threshold=0.5):
    if len(boxes) == 0:
        return []
    turned = tf.cast(tf.gather(boxes, [1, 0, 3, 2], axis=1), tf.float32)
    return tf.image.non_max_suppression(turned, np.float32(scores), len(boxes), iou_threshold=threshold)


def top_k_accuracy(probabilities, labels, k=5):
    k = min(k, probabilities.shape[1])
    return tf.reduce_mean(keras.metrics.sparse_top_k_categorical_accuracy(labels, np.float32(probabilities), k=k))
