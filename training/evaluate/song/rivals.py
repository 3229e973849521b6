"""What librosa and Essentia say about the same files."""

import numpy as np

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = {"Db": 1, "Eb": 3, "Gb": 6, "Ab": 8, "Bb": 10}
# Krumhansl, Cognitive Foundations of Musical Pitch (1990), table 2.1.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def librosa_says(path):
    """beat_track, chroma of constant Q, Krumhansl's profiles, chords by templates and Viterbi on beats."""
    import librosa

    sound, rate = librosa.load(path, sr=22_050)
    tempo, frames = librosa.beat.beat_track(y=sound, sr=rate)
    beats = librosa.frames_to_time(frames, sr=rate)
    chroma = librosa.feature.chroma_cqt(y=librosa.effects.harmonic(sound), sr=rate)
    mean = chroma.mean(1)
    scores = [
        (np.corrcoef(np.roll(profile, tonic), mean)[0, 1], tonic, mode)
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for tonic in range(12)
    ]
    _, tonic, mode = max(scores)
    edges = np.unique(np.concatenate([[0], frames, [chroma.shape[1]]]))
    synced = librosa.util.sync(chroma, edges[1:-1] if len(edges) > 2 else [0], aggregate=np.median)
    templates, labels = _triads()
    like = templates @ (synced / np.maximum(np.linalg.norm(synced, axis=0), 1e-9))
    probabilities = np.exp(10 * like)
    probabilities /= probabilities.sum(0)
    path = librosa.sequence.viterbi_discriminative(probabilities, librosa.sequence.transition_loop(len(labels), 0.6))
    times = librosa.frames_to_time(np.concatenate([[0], edges[1:-1], [chroma.shape[1]]]), sr=rate)
    chords = [(float(times[i]), float(times[i + 1]), labels[path[i]]) for i in range(len(path))]
    return dict(
        tempo=float(np.atleast_1d(tempo)[0]), beats=beats.tolist(), downbeats=None, metre=None, key=(tonic, mode), chords=chords
    )


def _triads():
    rows, labels = [], []
    for mode, steps in (("maj", (0, 4, 7)), ("min", (0, 3, 7))):
        for root in range(12):
            row = np.zeros(12)
            row[[(root + s) % 12 for s in steps]] = 3**-0.5
            rows.append(row)
            labels.append(f"{_NAMES[root]}:{mode}")
    return np.array(rows), labels


def essentia_says(path):
    """RhythmExtractor2013 (multifeature), KeyExtractor, ChordsDetection over HPCP."""
    import essentia.standard as es

    sound = es.MonoLoader(filename=str(path), sampleRate=44_100)()
    tempo, beats, *_ = es.RhythmExtractor2013(method="multifeature")(sound)
    tonic, mode, _ = es.KeyExtractor()(sound)
    size, hop = 8192, 2048
    window, spectrum = es.Windowing(type="blackmanharris62"), es.Spectrum()
    peaks = es.SpectralPeaks(orderBy="magnitude", magnitudeThreshold=1e-5, minFrequency=40, maxFrequency=5000, maxPeaks=60)
    whitening = es.SpectralWhitening(maxFrequency=5000)
    hpcp = es.HPCP(size=36, harmonics=8, bandPreset=True, minFrequency=40, maxFrequency=5000, bandSplitFrequency=500,
                   weightType="cosine", nonLinear=False, windowSize=1.0)
    rows = []
    for frame in es.FrameGenerator(sound, frameSize=size, hopSize=hop, startFromZero=True):
        bins = spectrum(window(frame))
        hertz, height = peaks(bins)
        rows.append(hpcp(hertz, whitening(bins, hertz, height)))
    names, _ = es.ChordsDetection(hopSize=hop, windowSize=2)(np.array(rows, np.float32))
    step = hop / 44_100
    chords = []
    for i, name in enumerate(names):
        label = "N" if name == "N" else f"{name[:-1]}:min" if name.endswith("m") else f"{name}:maj"
        if chords and chords[-1][2] == label:
            chords[-1] = (chords[-1][0], (i + 1) * step, label)
        else:
            chords.append((i * step, (i + 1) * step, label))
    number = _FLATS[tonic] if tonic in _FLATS else _NAMES.index(tonic)
    return dict(
        tempo=float(tempo), beats=[float(b) for b in beats], downbeats=None, metre=None, key=(number, mode), chords=chords
    )


ALL = {"librosa": librosa_says, "Essentia": essentia_says}
