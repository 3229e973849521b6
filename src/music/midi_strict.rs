//! What other programs forgive in a MIDI file, put right before it is read: a RIFF file around it, bytes
//! after it, another number of tracks than it says, a track without its end mark, running status that goes on
//! after a text.

use super::midi::MidiError;

/// The bytes of a track's end mark.
const END: [u8; 4] = [0, 0xff, 0x2f, 0];

/// Whether a file that begins so is a MIDI file, bare or in RIFF (`.rmi`). Any thread.
#[must_use]
pub fn is_midi(head: &[u8]) -> bool {
    head.starts_with(b"MThd") || head.starts_with(b"RIFF") && head.get(8..12) == Some(b"RMID")
}

/// The file as the standard has it: header and tracks, whole, every event with its status.
pub(super) fn strict(bytes: &[u8]) -> Result<Vec<u8>, MidiError> {
    if !is_midi(bytes) {
        return Err(MidiError::NotMidi);
    }
    let bytes = match bytes.starts_with(b"MThd") {
        true => bytes,
        false => in_riff(bytes).ok_or(MidiError::Damaged)?,
    };
    let (name, header, mut rest) = chunk(bytes, u32::from_be_bytes).ok_or(MidiError::Damaged)?;
    let Some(&[format, form, many, count, division, ticks]) = header.first_chunk() else {
        return Err(MidiError::Damaged);
    };
    // The division is ticks of a beat, or with its top bit set minus the film frames of a second.
    let film = division & 0x80 != 0;
    let frames = matches!(division.wrapping_neg(), 24 | 25 | 29 | 30);
    if name != *b"MThd" || film && !frames {
        return Err(MidiError::Damaged);
    }
    if ticks == 0 && (film || division == 0) {
        return Err(MidiError::NoTicks);
    }
    let declared = u16::from_be_bytes([many, count]);
    let mut tracks: Vec<Vec<u8>> = Vec::new();
    while let Some((name, body, next)) = chunk(rest, u32::from_be_bytes) {
        rest = next;
        if name == *b"MTrk" && tracks.len() < usize::from(u16::MAX) {
            tracks.push(track(body).ok_or(MidiError::Damaged)?);
        }
    }
    // How many tracks there are is counted, not believed. But where some are missing, what is left over must
    // not be the beginning of one: there the file was cut.
    let missing = tracks.len() < usize::from(declared);
    if missing && (tracks.is_empty() || begins_a_track(rest)) {
        return Err(MidiError::Damaged);
    }
    let [many, count] = (tracks.len() as u16).to_be_bytes();
    let mut strict = b"MThd\0\0\0\x06".to_vec();
    strict.extend([format, form, many, count, division, ticks]);
    for track in tracks {
        strict.extend(b"MTrk");
        strict.extend((track.len() as u32).to_be_bytes());
        strict.extend(track);
    }
    Ok(strict)
}

/// Whether a track's name is there, or as much of it as the file has room for.
fn begins_a_track(rest: &[u8]) -> bool {
    let name = rest.get(..4).unwrap_or(rest);
    !name.is_empty() && b"MTrk".starts_with(name)
}

/// The MIDI file in a RIFF file.
fn in_riff(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let (name, body, next) = chunk(rest, u32::from_le_bytes)?;
        if name == *b"data" && body.starts_with(b"MThd") {
            return Some(body);
        }
        // Chunks of odd length are padded.
        rest = next.get(body.len() % 2..)?;
    }
}

/// A chunk's name, what it holds, and what follows it; nothing where it isn't whole.
fn chunk(bytes: &[u8], size: fn([u8; 4]) -> u32) -> Option<([u8; 4], &[u8], &[u8])> {
    let (name, rest) = bytes.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(size(*length) as usize)?;
    Some((*name, body, rest))
}

/// A track with a status in each event and a mark at its end; nothing where it is cut, or lost its way.
fn track(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut strict = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    let mut running = None;
    let mut ended = false;
    // Without its end mark a track whose bytes mean nothing was cut, or lost its way.
    let mut sane = true;
    while !(bytes.is_empty() || ended) {
        let delta = number(bytes)?.0;
        let (time, rest) = bytes.split_at(delta);
        strict.extend(time);
        let length = match *rest.first()? {
            0xff => {
                ended = rest.get(1) == Some(&0x2f);
                let (digits, length) = number(rest.get(2..)?)?;
                2 + digits + length
            }
            0xf0 | 0xf7 => {
                let (digits, length) = number(rest.get(1..)?)?;
                1 + digits + length
            }
            0xf1.. => return None,
            status @ 0x80.. => {
                running = Some(status);
                1 + data(status)
            }
            _ => {
                strict.push(running?);
                data(running?)
            }
        };
        let (event, next) = rest.split_at_checked(length)?;
        if event[0] < 0xf0 {
            sane &= event[1..].iter().all(|byte| *byte < 0x80);
        }
        strict.extend(event);
        bytes = next;
    }
    if !ended {
        strict.extend(END);
    }
    (ended || sane).then_some(strict)
}

/// Bytes of data of a channel message.
fn data(status: u8) -> usize {
    if matches!(status >> 4, 0xc | 0xd) {
        1
    } else {
        2
    }
}

/// How many bytes a number of seven bits a byte takes, four at most, and the number.
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let last = bytes.iter().take(4).position(|byte| byte & 0x80 == 0)?;
    let digits = &bytes[..=last];
    let number = digits
        .iter()
        .fold(0, |all, byte| all << 7 | usize::from(byte & 0x7f));
    Some((digits.len(), number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Song, midi};

    /// A file of one track.
    fn file(division: [u8; 2], events: &[u8]) -> Vec<u8> {
        let mut bytes = b"MThd\0\0\0\x06\0\0\0\x01".to_vec();
        bytes.extend(division);
        bytes.extend(b"MTrk");
        bytes.extend((events.len() as u32).to_be_bytes());
        bytes.extend(events);
        bytes
    }

    const BEAT: [u8; 2] = [1, 0xe0];
    /// C and D, each let go by a velocity of 0.
    const NOTES: &[u8] = b"\0\x90\x3c\x5a\x60\x3c\0\0\xff\x01\x03abc\x20\x3e\x5a\x60\x3e\0";

    fn keys(bytes: &[u8]) -> Result<Vec<(u8, u64, u64)>, MidiError> {
        let keys = |song: Song| {
            let notes = song.notes().map(|note| (note.key, note.start, note.length));
            notes.collect()
        };
        midi::read(bytes).map(keys)
    }

    #[test]
    fn what_others_forgive_is_forgiven() {
        let expected = Ok(vec![(60, 0, 96), (62, 128, 96)]);
        let ended = [NOTES, &END].concat();
        let good = file(BEAT, &ended);
        assert_eq!(keys(&good), expected, "running status after a text");
        assert_eq!(keys(&file(BEAT, NOTES)), expected, "no end mark");
        for tail in [
            &b"\0\0\0ABCDEFGHIJKLMNOP"[..],
            b"x",
            b"MTrk\0\0\xff\xff",
            b"\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(keys(&[&good, tail].concat()), expected, "{tail:?}");
        }
        let riff = |before: &[u8]| {
            let length = (good.len() as u32).to_le_bytes();
            [b"RIFF\0\0\0\0RMID", before, b"data", &length, &good].concat()
        };
        assert_eq!(keys(&riff(b"")), expected, "RIFF");
        assert_eq!(
            keys(&riff(b"DISP\x03\0\0\0abc\0")),
            expected,
            "RIFF with a title"
        );
    }

    /// A file of these tracks, after a header of these bytes, each chunk before it as it is.
    fn chunks(header: &[u8], all: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, body) in std::iter::once((b"MThd", header)).chain(all.iter().copied()) {
            bytes.extend(name);
            bytes.extend((body.len() as u32).to_be_bytes());
            bytes.extend(body);
        }
        bytes
    }

    #[test]
    fn a_header_is_a_hint() {
        let ended = [NOTES, &END].concat();
        let track: (&[u8; 4], &[u8]) = (b"MTrk", &ended);
        let alien: (&[u8; 4], &[u8]) = (b"XFIH", b"abc");
        let one = vec![(60, 0, 96), (62, 128, 96)];
        let two = [&one[..], &one].concat();
        let header = |format: u8, count: u8| [0, format, 0, count, BEAT[0], BEAT[1]];
        for (told, format, count, tracks, expected) in [
            ("one more than there are", 1, 3, vec![track, track], &two),
            ("many more", 1, 255, vec![track], &one),
            ("fewer than there are", 1, 1, vec![track, track], &two),
            ("none, and there are", 1, 0, vec![track], &one),
            // All of one channel, track by track.
            ("format 0 of two", 0, 1, vec![track, track], &two),
            (
                "alien chunks",
                1,
                2,
                vec![alien, track, alien, track, alien],
                &two,
            ),
            (
                "alien chunks, too many told",
                1,
                4,
                vec![track, alien, track, alien],
                &two,
            ),
        ] {
            let bytes = chunks(&header(format, count), &tracks);
            assert_eq!(keys(&bytes).as_ref(), Ok(expected), "{told}");
        }
        let long = [&header(1, 1)[..], &[7, 7]].concat();
        assert_eq!(
            keys(&chunks(&long, &[track])),
            Ok(one.clone()),
            "a longer header"
        );
        let none = midi::read(&chunks(&header(1, 0), &[])).map(|song| song.notes().count());
        assert_eq!(none, Ok(0), "no tracks are no notes");
        for (told, bytes) in [
            ("cut before its first track", chunks(&header(1, 1), &[])),
            (
                "cut in a name",
                [&chunks(&header(1, 2), &[track])[..], b"MT"].concat(),
            ),
            ("cut in a track", {
                let whole = chunks(&header(1, 2), &[track, track]);
                whole[..whole.len() - 5].to_vec()
            }),
        ] {
            assert_eq!(keys(&bytes), Err(MidiError::Damaged), "{told}");
        }
    }

    #[test]
    fn what_has_no_time_or_no_end_is_refused() {
        let ended = [NOTES, &END].concat();
        assert_eq!(keys(&file([0, 0], &ended)), Err(MidiError::NoTicks));
        assert_eq!(keys(&file([0xe7, 0], &ended)), Err(MidiError::NoTicks));
        assert!(MidiError::NoTicks.to_string().ends_with('.'));
        for length in 1..NOTES.len() {
            let bytes = file(BEAT, &NOTES[..length]);
            // Between two events nobody can tell that it was cut.
            let between = [4, 7, 14, 17].contains(&length);
            assert_eq!(keys(&bytes).is_ok(), between, "{length}");
        }
        assert_eq!(
            keys(&file(BEAT, b"\0\x90\xbc\x5a")),
            Err(MidiError::Damaged)
        );
        assert_eq!(keys(&file(BEAT, b"\0\x3c\x5a")), Err(MidiError::Damaged));
        assert_eq!(
            keys(b"RIFF\0\0\0\0RMIDdata\x04\0\0\0MThd"),
            Err(MidiError::Damaged)
        );
    }
}
