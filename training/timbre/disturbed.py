"""Notes as they may be heard: played short or long, equalised, in a room, over noise. Log-mels, not sound."""

import torch

from ..nets.timbre_net import BANDS, HOP_SECONDS, NOTE_FRAMES, frame_weights, scaled


def disturbed(note_mel, levels, key):
    """Scaled log-mels [N, 64, T] of notes [N, 176, 136] at one-hot keys [N, 9]; T varies from call to call."""
    held = int(10 ** (0.9 + 1.27 * float(torch.rand(()))))  # frames: 0.16 to 3 s
    frames = min(held + 20 + int(torch.randint(60, ())), NOTE_FRAMES)
    # A release goes on from the level at which the key is let go.
    weights = torch.tensor(frame_weights(frames, held))
    if held < frames:
        at, then = weights[:, held - 1], torch.tensor(frame_weights(151, 150))[:, 149]
        weights[:, held:] += (at - then)[:, None]
    power = note_mel(levels.clamp(min=-110.0), key, weights)
    count = len(power)
    band = torch.linspace(0, 1, BANDS)
    curve = torch.zeros(count, BANDS)
    for _ in range(3):
        curve += torch.randn(count, 1) * 3.0 * torch.sin((1 + 7 * torch.rand(count, 1)) * band + 6.3 * torch.rand(count, 1))
    power = power * torch.exp(curve * 0.2302585 * (torch.rand(count, 1) < 0.7))[..., None]
    # A room: what was heard goes on, decaying by 60 dB in 0.2 to 2 s.
    seconds = 0.2 * 10 ** torch.rand(())
    tail = torch.exp(-torch.arange(min(frames, 60)) * HOP_SECONDS * 13.8 / seconds)
    tail[0] = 0.0
    wet = 0.06 * torch.rand(count, 1, 1) * (torch.rand(count, 1, 1) < 0.4)
    echo = torch.nn.functional.conv1d(
        torch.nn.functional.pad(power.reshape(-1, 1, frames), (len(tail) - 1, 0)), tail.flip(0)[None, None]
    )
    power = power + wet * echo.reshape(power.shape)
    loudest = power.amax((1, 2), keepdim=True)
    level = -45.0 - 45.0 * torch.rand(count, 1, 1)
    hiss = torch.exp((level + (torch.rand(count, 1, 1) - 0.5) * 40 * (band[:, None] - 0.5)) * 0.2302585)
    power = power + loudest * hiss * (0.5 + torch.rand(count, BANDS, frames))
    # Silence before it, as in a recording.
    before = int(torch.randint(12, ()))
    return scaled(torch.nn.functional.pad(power, (before, 0), value=0.0))
