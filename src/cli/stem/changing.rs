//! A part that is there and is to be changed: a MIDI file that the command wrote.

use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use super::super::input;
use crate::analysis::song::written;
use crate::music::{BarGrid, Part, PartKind, Song};

/// A file with one part.
pub struct Changed {
    path: PathBuf,
    song: Song,
    /// What its first track with notes plays.
    pub kind: PartKind,
}

impl Changed {
    /// Reads it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let song = input::song(path)?;
        let mut playing = song.tracks.iter().filter(|track| !track.notes.is_empty());
        let kind = playing.next().map(PartKind::of_track);
        let kind = kind.ok_or_else(|| {
            let why = "has no notes to change; leave --again out for a new part.";
            Failure::file(path, why)
        })?;
        Ok(Self {
            path: path.to_owned(),
            song,
            kind,
        })
    }

    /// Its part of a kind, on the bars of the song.
    pub fn part(&self, kind: PartKind, grid: &BarGrid) -> Result<Part, Failure> {
        let mut parts = written::parts(&self.song, grid).into_iter();
        let found = parts.find(|part| part.kind == Some(kind));
        found.ok_or_else(|| {
            let why = format!(
                "has no {} to change; choose another --part.",
                kind.name().to_lowercase()
            );
            Failure::file(&self.path, why)
        })
    }
}
