"""What a network that has learned tags of the Million Song Dataset hears: musicnn 0.1.0 (ISC), with its weights in the package.

`pip install tensorflow-cpu==2.15.1 "numpy<2" librosa==0.11.0` and `pip install --no-deps musicnn==0.1.0`, in an environment of their own.
"""

import os
from pathlib import Path

import numpy as np

RATE, SECONDS, HOP = 16_000, 3.0, 1.5
_FFT, _FFT_HOP, _MELS, _MODEL = 512, 256, 96, "MSD_musicnn"


class Tagger:
    def __init__(self):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow.compat.v1 as tf

        tf.disable_v2_behavior()
        import musicnn
        from musicnn import configuration, models

        self.frames, self.hop = (int(seconds * RATE) // _FFT_HOP for seconds in (SECONDS, HOP))
        with tf.name_scope("model"):
            self.x = tf.placeholder(tf.float32, [None, self.frames, _MELS])
            self.training = tf.placeholder(tf.bool)
            logits, *_, penultimate = models.define_model(self.x, self.training, _MODEL, len(configuration.MSD_LABELS))
            self.out = [tf.nn.sigmoid(logits), penultimate]
        self.session = tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1))
        tf.train.Saver().restore(self.session, str(Path(musicnn.__file__).parent / _MODEL) + "/")

    def __call__(self, sound):
        """Chances of tags [N, 50] and the features before them [N, 200] of three seconds each, of mono sound at `RATE`."""
        import librosa

        mel = librosa.feature.melspectrogram(y=sound.astype(np.float32), sr=RATE, hop_length=_FFT_HOP, n_fft=_FFT, n_mels=_MELS).T
        mel = np.log10(10_000 * mel + 1)
        windows = np.stack([mel[at : at + self.frames] for at in range(0, len(mel) - self.frames + 1, self.hop)])
        return self.session.run(self.out, {self.x: windows, self.training: False})
