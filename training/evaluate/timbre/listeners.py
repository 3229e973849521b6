"""What turns a log-mel into a vector: the shipped encoder, the same network trained to classify, MFCCs."""

import numpy as np
import onnxruntime
from scipy import fft

COEFFICIENTS = 20
HEARD = 0.25  # frames more than 60 dB below the loudest cell say nothing


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Network:
    """An exported encoder; calling it gives unit vectors of log-mels [N, 96, T]."""

    def __init__(self, path):
        self.run = session(path)

    def all(self, mels, names, size=32):
        parts = [self.run.run(names, dict(mel=np.ascontiguousarray(mels[i : i + size], np.float32))) for i in range(0, len(mels), size)]
        return [np.concatenate(part) for part in zip(*parts)]

    def __call__(self, mels):
        return self.all(mels, ["timbre"])[0]


class Mfcc:
    """Mean and deviation over time of 20 MFCCs, standardised on the references of training instruments; unit vectors."""

    def __init__(self, training):
        found = self._raw(training)
        self.mean, self.deviation = found.mean(0), found.std(0) + 1e-6

    @staticmethod
    def _raw(mels):
        vectors = []
        for mel in mels:
            frames = mel[:, mel.max(0) > HEARD]
            coefficients = fft.dct(frames, axis=0, norm="ortho")[:COEFFICIENTS]
            vectors.append(np.concatenate([coefficients.mean(1), coefficients.std(1)]))
        return np.array(vectors)

    def __call__(self, mels):
        vectors = (self._raw(mels) - self.mean) / self.deviation
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
