//! The vectors of all entries in memory, a byte a number: the nearest of 100,000 are found in a
//! few milliseconds by looking at each.

use std::collections::HashMap;

use super::ask::Filter;
use super::entry::{EntryId, Kind};
use crate::instrument::Family;

/// Numbers of a vector.
pub(super) const WIDTH: usize = 256;
/// What it is worth to have all words of a description in one's name, family and tags.
const NAMED: f32 = 0.5;

/// Which of an entry's vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vector {
    Timbre,
    Meaning,
}

/// What filters and words look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: EntryId,
    pub(super) kind: Kind,
    pub(super) family: Family,
    pub(super) favourite: bool,
    pub(super) removed: bool,
    /// Name, family and tags: [`plain`].
    pub(super) about: String,
}

/// The words of a text, lower case, with a space before each.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.flat_map(|word| [" ", word]).collect()
}

impl Row {
    /// The share of words (each [`plain`]) that begin a word about it.
    fn said(&self, words: &[String]) -> f32 {
        let begun = words.iter().filter(|word| self.about.contains(*word));
        begun.count() as f32 / words.len().max(1) as f32
    }

    fn fits(&self, filter: &Filter) -> bool {
        !self.removed
            && filter.family.is_none_or(|family| self.family == family)
            && filter.kind.is_none_or(|kind| self.kind == kind)
            && (self.favourite || !filter.favourites)
            && filter.without != Some(self.id)
    }
}

/// Unit vectors of one kind.
#[derive(Debug, Default)]
struct Matrix {
    /// Rows of [`WIDTH`] numbers, the largest of a row ±127.
    numbers: Vec<i8>,
    /// From a row's numbers to its vector.
    scales: Vec<f32>,
}

impl Matrix {
    fn set(&mut self, place: usize, vector: &[f32]) {
        let largest = vector.iter().fold(1e-9f32, |most, x| most.max(x.abs()));
        let row = vector.iter().map(|x| (x / largest * 127.0).round() as i8);
        if place == self.scales.len() {
            self.numbers.extend(row);
            self.scales.push(largest / 127.0);
        } else {
            let numbers = &mut self.numbers[place * WIDTH..][..WIDTH];
            numbers
                .iter_mut()
                .zip(row)
                .for_each(|(old, new)| *old = new);
            self.scales[place] = largest / 127.0;
        }
    }
}

/// All entries' vectors.
#[derive(Debug, Default)]
pub(super) struct Index {
    rows: Vec<Row>,
    places: HashMap<EntryId, usize>,
    timbre: Matrix,
    meaning: Matrix,
}

impl Index {
    /// Puts an entry in, or in the place of itself. Vectors of another width count as silent.
    pub(super) fn set(&mut self, row: Row, timbre: &[f32], meaning: &[f32]) {
        let count = self.rows.len();
        let place = *self.places.entry(row.id).or_insert(count);
        if place == count {
            self.rows.push(row);
        } else {
            self.rows[place] = row;
        }
        let silent = [0.0; WIDTH];
        let whole = |vector: &[f32]| vector.len() == WIDTH && vector.iter().all(|x| x.is_finite());
        for (matrix, vector) in [(&mut self.timbre, timbre), (&mut self.meaning, meaning)] {
            matrix.set(place, if whole(vector) { vector } else { &silent });
        }
    }

    /// How many entries there are, those removed left out.
    pub(super) fn len(&self) -> usize {
        self.rows.iter().filter(|row| !row.removed).count()
    }

    /// The `most` entries nearest to a unit vector [`WIDTH`] among those that fit, the nearest
    /// first, each with its cosine.
    pub(super) fn nearest(
        &self,
        which: Vector,
        wanted: &[f32],
        filter: &Filter,
        most: usize,
    ) -> Vec<(EntryId, f32)> {
        self.ranked(which, wanted, &[], filter, most)
    }

    /// The same for a description: an entry that has its words counts as nearer by up to
    /// [`NAMED`]. Without a vector, those that have any of the words.
    pub(super) fn described(
        &self,
        meaning: Option<&[f32]>,
        words: &str,
        filter: &Filter,
        most: usize,
    ) -> Vec<(EntryId, f32)> {
        let plain = plain(words);
        let words: Vec<String> = plain
            .split_whitespace()
            .map(|word| format!(" {word}"))
            .collect();
        self.ranked(
            Vector::Meaning,
            meaning.unwrap_or_default(),
            &words,
            filter,
            most,
        )
    }

    fn ranked(
        &self,
        which: Vector,
        wanted: &[f32],
        words: &[String],
        filter: &Filter,
        most: usize,
    ) -> Vec<(EntryId, f32)> {
        let mut query = Matrix::default();
        let has_vector = wanted.len() == WIDTH;
        query.set(0, if has_vector { wanted } else { &[0.0; WIDTH] });
        let matrix = match which {
            Vector::Timbre => &self.timbre,
            Vector::Meaning => &self.meaning,
        };
        let rows = self.rows.iter().zip(matrix.numbers.chunks_exact(WIDTH));
        let mut found: Vec<(f32, EntryId, f32)> = rows
            .zip(&matrix.scales)
            .filter(|((row, _), _)| row.fits(filter))
            .map(|((row, numbers), scale)| {
                let cosine = dot(&query.numbers, numbers) as f32 * scale * query.scales[0];
                (cosine + NAMED * row.said(words), row.id, cosine)
            })
            .filter(|found| has_vector || found.0 > 0.0)
            .collect();
        let nearer = |a: &(f32, EntryId, f32), b: &(f32, EntryId, f32)| {
            b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
        };
        if found.len() > most && most > 0 {
            found.select_nth_unstable_by(most - 1, nearer);
        }
        found.truncate(most);
        found.sort_by(nearer);
        found
            .into_iter()
            .map(|(_, id, cosine)| (id, cosine))
            .collect()
    }
}

fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| i32::from(a) * i32::from(b))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unit vectors that look random.
    pub(super) fn vectors(count: usize) -> Vec<Vec<f32>> {
        let mut state = 1u64;
        let mut chance = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
        };
        let unit = |vector: Vec<f32>| {
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            vector.into_iter().map(|x| x / length).collect()
        };
        (0..count)
            .map(|_| unit((0..WIDTH).map(|_| chance()).collect()))
            .collect()
    }

    fn row(id: usize) -> Row {
        Row {
            id: EntryId(id as i64),
            kind: Kind::ALL[id % 4],
            family: Family::ALL[id % 16],
            favourite: id.is_multiple_of(3),
            removed: false,
            about: plain(&format!("Number {id}, warm")),
        }
    }

    fn index(vectors: &[Vec<f32>]) -> Index {
        let mut index = Index::default();
        for (id, vector) in vectors.iter().enumerate() {
            let meaning: Vec<f32> = vector.iter().map(|x| -x).collect();
            index.set(row(id), vector, &meaning);
        }
        index
    }

    #[test]
    fn the_nearest_are_those_of_floats() {
        let vectors = vectors(2000);
        let index = index(&vectors);
        let query = &vectors[77];
        let all = Filter::default();
        let found = index.nearest(Vector::Timbre, query, &all, 5);
        let mut truth: Vec<(usize, f32)> = vectors
            .iter()
            .map(|v| v.iter().zip(query).map(|(a, b)| a * b).sum())
            .enumerate()
            .collect();
        truth.sort_by(|a, b| b.1.total_cmp(&a.1));
        for ((id, score), (wanted, exact)) in found.iter().zip(&truth) {
            assert_eq!(id.0 as usize, *wanted);
            assert!((score - exact).abs() < 0.01, "{score} {exact}");
        }
        let furthest = index.nearest(Vector::Meaning, query, &all, 2000);
        assert_eq!(furthest.last().unwrap().0, EntryId(77));
    }

    #[test]
    fn filters_and_changes_count() {
        let vectors = vectors(100);
        let mut index = index(&vectors);
        let filter = Filter {
            family: Some(Family::ALL[5]),
            favourites: true,
            without: Some(EntryId(21)),
            ..Filter::default()
        };
        let nearest = |index: &Index| {
            let found = index.nearest(Vector::Timbre, &vectors[21], &filter, 99);
            let mut ids: Vec<i64> = found.into_iter().map(|(id, _)| id.0).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(nearest(&index), [69]);
        let removed = Row {
            removed: true,
            ..row(69)
        };
        index.set(removed, &vectors[69], &vectors[69]);
        assert!(nearest(&index).is_empty());
        assert_eq!(index.len(), 99);
    }

    #[test]
    fn words_find_names_and_the_vector_the_rest() {
        let vectors = vectors(50);
        let index = index(&vectors);
        let all = Filter::default();
        let first = |meaning: Option<&[f32]>, words: &str| {
            let found = index.described(meaning, words, &all, 3);
            found.into_iter().map(|(id, _)| id.0).collect::<Vec<_>>()
        };
        assert_eq!(first(None, "NUMBER 17"), [17, 0, 1]);
        assert_eq!(first(None, "kazoo"), [0i64; 0]);
        let meaning: Vec<f32> = vectors[4].iter().map(|x| -x).collect();
        assert_eq!(first(Some(&meaning), "kazoo")[0], 4);
        assert_eq!(plain("Warm-Cello, 2"), " warm cello 2");
    }

    #[test]
    fn vectors_that_are_none_find_nothing_and_harm_nothing() {
        let mut index = index(&vectors(3));
        index.set(row(1), &[f32::NAN; WIDTH], &[1.0]);
        let all = Filter::default();
        let query = vec![1.0; WIDTH];
        let found = index.nearest(Vector::Timbre, &query, &all, 9);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|(_, score)| score.is_finite()));
        assert!(index.nearest(Vector::Timbre, &[1.0], &all, 9).is_empty());
    }
}
