//! Where a pass's picture differs from that of the pass before: shapes are compared one by one,
//! before they become triangles.
//!
//! What else changes a picture: size, scale and tessellation options ([`View`]), and a font atlas
//! made anew, repaint everything; a texture's change repaints the shapes that show it. Opacity is in
//! the shapes' colours. A stroke coloured by a function always differs: functions can't be compared.

use std::sync::Arc;

use egui::TextureId;
use egui::epaint::{ClippedShape, Shape, TextShape};

use super::area::{Area, cover};
use super::bounds::{View, touched};
use super::textures::{Changes, white};

/// So far ahead an unchanged shape is looked for after changed ones.
const LOOK: usize = 12;

/// The shapes of the last pass, and where they are.
#[derive(Default)]
pub struct Damage {
    shown: Vec<Shown>,
}

struct Shown {
    /// Never a `Shape::Vec` or `Shape::Noop`.
    shape: ClippedShape,
    /// The pixels it may touch.
    area: Area,
}

impl Damage {
    /// Takes a pass's shapes; few areas cover all that changed. `afresh`: everything did.
    pub fn areas(
        &mut self,
        shapes: Vec<ClippedShape>,
        view: &View,
        changes: &Changes,
        afresh: bool,
    ) -> Vec<Area> {
        let mut new = Vec::with_capacity(shapes.len());
        shapes
            .into_iter()
            .for_each(|shape| flatten(shape, &mut new));
        let old = std::mem::take(&mut self.shown);
        let pairs = if afresh {
            vec![None; new.len()]
        } else {
            pairs(&old, &new)
        };

        let mut areas = Vec::new();
        let mut next = 0;
        for (shape, pair) in new.into_iter().zip(pairs) {
            let area = match pair {
                Some(at) => {
                    old[next..at]
                        .iter()
                        .for_each(|gone| cover(&mut areas, gone.area));
                    next = at + 1;
                    old[at].area
                }
                None => touched(&shape, view),
            };
            if !afresh && (pair.is_none() || shows(&shape.shape, changes)) {
                cover(&mut areas, area);
            }
            self.shown.push(Shown { shape, area });
        }
        if afresh {
            return vec![Area::whole(view.size)];
        }
        old[next..]
            .iter()
            .for_each(|gone| cover(&mut areas, gone.area));
        areas
    }

    /// The shapes that show in `area`, in order.
    pub fn within(&self, area: Area) -> Vec<ClippedShape> {
        let mut shapes = Vec::new();
        for Shown { shape, area: own } in &self.shown {
            if own.and(area).empty() {
                continue;
            }
            // egui draws a very thin rectangle as a line, except where it goes on with an image's
            // mesh. So that this doesn't depend on which shapes are here, none goes on.
            if matches!(shape.shape, Shape::Rect(_))
                && shape.shape.texture_id() != TextureId::default()
            {
                shapes.push(ClippedShape::new(shape.clip_rect, Shape::Noop));
            }
            shapes.push(shape.clone());
        }
        shapes
    }
}

/// Takes nested shapes apart, as egui does when it draws them.
fn flatten(shape: ClippedShape, out: &mut Vec<ClippedShape>) {
    match shape.shape {
        Shape::Noop => {}
        Shape::Vec(shapes) => shapes.into_iter().for_each(|inner| {
            flatten(
                ClippedShape {
                    shape: inner,
                    ..shape
                },
                out,
            );
        }),
        _ => out.push(shape),
    }
}

/// For each new shape, the old one that it is. Both go forwards, so whatever is in no pair may be
/// painted anew, and all else is as it was.
fn pairs(old: &[Shown], new: &[ClippedShape]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; new.len()];
    let alike = |(old, new): &(&Shown, &ClippedShape)| same(&old.shape, new);
    let head = old.iter().zip(new).take_while(alike).count();
    let (rest, fresh) = (&old[head..], &new[head..]);
    let tail = rest
        .iter()
        .rev()
        .zip(fresh.iter().rev())
        .take_while(alike)
        .count();

    for (at, pair) in pairs[..head].iter_mut().enumerate() {
        *pair = Some(at);
    }
    let (mut i, mut j) = (head, head);
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    while i < old_end && j < new_end {
        if let Some((a, b)) = nearest(&old[i..old_end], &new[j..new_end]) {
            pairs[j + b] = Some(i + a);
            (i, j) = (i + a + 1, j + b + 1);
        } else {
            (i, j) = (i + LOOK, j + LOOK);
        }
    }
    for (at, pair) in pairs[new_end..].iter_mut().enumerate() {
        *pair = Some(old_end + at);
    }
    pairs
}

/// The first two that are the same.
fn nearest(old: &[Shown], new: &[ClippedShape]) -> Option<(usize, usize)> {
    let (old, new) = (&old[..old.len().min(LOOK)], &new[..new.len().min(LOOK)]);
    (0..old.len() + new.len()).find_map(|sum| {
        let from = sum.saturating_sub(new.len() - 1);
        (from..old.len().min(sum + 1))
            .map(|a| (a, sum - a))
            .find(|&(a, b)| same(&old[a].shape, &new[b]))
    })
}

fn same(a: &ClippedShape, b: &ClippedShape) -> bool {
    a.clip_rect == b.clip_rect
        && a.transform_after_tessellation == b.transform_after_tessellation
        && match (&a.shape, &b.shape) {
            (Shape::Text(a), Shape::Text(b)) => same_text(a, b),
            (Shape::Mesh(a), Shape::Mesh(b)) => Arc::ptr_eq(a, b) || a == b,
            (Shape::Callback(_), _) => false,
            (a, b) => a == b,
        }
}

fn same_text(a: &TextShape, b: &TextShape) -> bool {
    a.pos == b.pos
        && a.angle == b.angle
        && a.fallback_color == b.fallback_color
        && a.override_text_color == b.override_text_color
        && a.opacity_factor == b.opacity_factor
        && a.underline == b.underline
        // Most often it is the very same, out of egui's cache; not where some of it is selected.
        && (Arc::ptr_eq(&a.galley, &b.galley)
            || a.galley.pixels_per_point == b.galley.pixels_per_point
                && a.galley.rows == b.galley.rows)
}

/// A shape shows a texture that changed.
fn shows(shape: &Shape, changes: &Changes) -> bool {
    if changes.ids.is_empty() {
        return false;
    }
    match shape {
        Shape::Mesh(mesh) => {
            let id = mesh.texture_id;
            changes.ids.contains(&id)
                && (id != TextureId::default() || mesh.vertices.iter().any(|v| !white(v.uv)))
        }
        Shape::Rect(rect) => rect
            .brush
            .as_ref()
            .is_some_and(|brush| changes.ids.contains(&brush.fill_texture_id)),
        // Text shows glyphs, which stay when others are added.
        _ => false,
    }
}
