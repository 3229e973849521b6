"""What tells how instruments stand for the sound of a mix: one vector for all of it, or vectors for each family over time."""

import numpy as np

from ...data import sound_mel


class Vectors:
    """A listener of `listeners` with the references' log-mels; calling it with sounds gives likenesses [sounds, references]."""

    def __init__(self, listener, references):
        self.listener = listener
        self.references = self._each(references)

    def _each(self, mels):
        return np.concatenate([self.listener(mel[None]) for mel in mels])

    def __call__(self, sounds):
        return self._each([sound_mel.sound_mel(sound) for sound in sounds]) @ self.references.T


class Late:
    """The late-interaction encoder of a training's state; needs torch."""

    def __init__(self, path, library):
        import torch

        from ...nets.late_net import LateEncoder
        from ...timbre.mixes import train

        torch.set_grad_enabled(False)
        torch.set_num_threads(1)
        self.train, self.library, self.who = train, library, np.arange(len(library))
        self.net = LateEncoder().eval()
        self.net.load_state_dict(torch.load(path, weights_only=False)["average"])
        self.told = train.references(library, self.who, self.net)

    def __call__(self, sounds):
        mels = [sound_mel.sound_mel(sound)[None] for sound in sounds]
        return np.concatenate([self.train.standings(self.net, mel, self.library, self.who, self.told) for mel in mels])
