//! Qualities of a sound and what it is without them.

/// What is asked for by denying the words of each.
const OPPOSITES: &[(&str, &str)] = &[
    ("dark", "bright, brilliant, sharp, shiny, sparkling, treble"),
    ("bright", "dark, dull, muffled, gloomy"),
    ("cold", "warm"),
    ("warm", "cold, icy, thin, digital"),
    (
        "soft",
        "loud, hard, harsh, aggressive, heavy, biting, brutal, punchy, powerful",
    ),
    ("aggressive", "soft, quiet, gentle, weak"),
    ("plucky short", "long, sustained, sustain, endless, droning"),
    ("long sustained", "short, plucky, plucked, staccato"),
    ("slow attack", "attack, click, clicky, fast"),
    ("fast attack", "slow"),
    (
        "short release",
        "release, tail, ringing, reverb, reverberant",
    ),
    ("long release", "dry, damped"),
    (
        "pure clean",
        "noise, noisy, breath, breathy, breath noise, hiss, air, airy, dirty, gritty, distorted, distortion, fuzz, fuzzy",
    ),
    ("noisy", "clean, pure"),
    ("full", "hollow, empty"),
    ("thin", "full, thick, fat, big, deep, huge, boomy"),
    ("wooden", "metallic"),
    ("metallic", "wooden, woody"),
    (
        "static",
        "vibrato, tremolo, moving, movement, wobbly, detuned",
    ),
    ("moving", "static"),
    ("acoustic", "electronic, synthetic, electric"),
    ("electronic", "acoustic"),
    ("modern", "vintage, retro, old"),
    ("vintage", "modern"),
    ("happy", "sad, eerie, scary"),
    ("sad", "happy, cheerful"),
];

/// The opposite of a quality. Any thread.
pub(super) fn of(words: &str) -> Option<&'static str> {
    let lower = words.to_lowercase();
    let mut among = OPPOSITES.iter();
    let found = among.find(|(_, denied)| denied.split(", ").any(|word| word == lower));
    found.map(|(opposite, _)| *opposite)
}
