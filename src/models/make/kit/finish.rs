//! The last hand on drawn pieces, before they are a kit.

use super::balance::{self, Kind};
use super::{named, touch};
use crate::instrument::kit::{Hit, KitError, Piece};

/// The drawn pieces as the kit has them, in the same order. Those that are `kept` stay as they are, and count as the
/// kick where the kick is one of them. Any thread.
///
/// # Errors
/// As [`Piece::new`].
pub(super) fn pieces(
    prompt: &str,
    drawn: &[Piece],
    kept: &[Piece],
) -> Result<Vec<Piece>, KitError> {
    let mut hits: Vec<(u8, Hit)> = drawn
        .iter()
        .map(|piece| (piece.key(), piece.hit()))
        .collect();
    for (key, hit) in &mut hits {
        touch::soften(*key, hit);
        named::shape(prompt, *key, hit);
    }
    let others: Vec<(u8, Hit)> = kept
        .iter()
        .map(|piece| (piece.key(), piece.hit()))
        .collect();
    let all: Vec<(u8, &Hit)> = hits
        .iter()
        .chain(&others)
        .map(|(key, hit)| (*key, hit))
        .collect();
    let moves = balance::moves(Kind::of(prompt), &all);
    for ((_, hit), db) in hits.iter_mut().zip(moves) {
        hit.levels
            .iter_mut()
            .for_each(|layer| touch::add(layer, db));
    }
    let piece = |(piece, (key, hit)): (&Piece, &(u8, Hit))| {
        Piece::new(*key, piece.seed(), &hit.levels.concat(), &hit.cents)
    };
    drawn.iter().zip(&hits).map(piece).collect()
}
