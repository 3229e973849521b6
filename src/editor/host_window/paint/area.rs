//! Rectangles of whole pixels.

use egui::Rect;

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left.
    pub x0: i32,
    /// Top.
    pub y0: i32,
    /// Right, the first one outside.
    pub x1: i32,
    /// Bottom, likewise.
    pub y1: i32,
}

impl Area {
    /// A whole picture of a width and height in pixels.
    #[must_use]
    pub fn whole([width, height]: [usize; 2]) -> Self {
        Self {
            x0: 0,
            y0: 0,
            x1: i32::try_from(width).unwrap_or(i32::MAX),
            y1: i32::try_from(height).unwrap_or(i32::MAX),
        }
    }

    /// All pixels that a rectangle in points touches, at `scale` pixels a point.
    #[must_use]
    pub fn of(rect: Rect, scale: f32) -> Self {
        // To i32 they saturate, and what is no number is 0.
        Self {
            x0: (rect.min.x * scale).floor() as i32,
            y0: (rect.min.y * scale).floor() as i32,
            x1: (rect.max.x * scale).ceil() as i32,
            y1: (rect.max.y * scale).ceil() as i32,
        }
    }

    /// No pixel is in it.
    #[must_use]
    pub fn empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// The smallest that holds both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.empty() {
            return other;
        }
        if other.empty() {
            return self;
        }
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// How many pixels.
    #[must_use]
    pub fn pixels(self) -> u64 {
        if self.empty() {
            0
        } else {
            u64::from(self.x1.abs_diff(self.x0)) * u64::from(self.y1.abs_diff(self.y0))
        }
    }
}

/// Each area costs a tessellation of its own: so many pixels more are better than one area more.
const WASTE: u64 = 4096;

/// So many areas at most.
const MOST: usize = 8;

/// Adds an area to a few that cover all that was added.
pub fn cover(areas: &mut Vec<Area>, mut area: Area) {
    if area.empty() {
        return;
    }
    let close = |a: Area, b: Area| a.or(b).pixels() <= a.pixels() + b.pixels() + WASTE;
    while let Some(at) = areas.iter().position(|&other| close(area, other)) {
        area = area.or(areas.swap_remove(at));
    }
    areas.push(area);
    while areas.len() > MOST {
        let pairs = (0..areas.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        let waste = |&(a, b): &(usize, usize)| {
            let (a, b) = (areas[a], areas[b]);
            a.or(b).pixels().saturating_sub(a.pixels() + b.pixels())
        };
        let Some((a, b)) = pairs.min_by_key(waste) else {
            return;
        };
        let last = areas.swap_remove(b);
        areas[a] = areas[a].or(last);
    }
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2};

    use super::{Area, MOST, cover};

    const fn area(x0: i32, y0: i32, x1: i32, y1: i32) -> Area {
        Area { x0, y0, x1, y1 }
    }

    #[test]
    fn areas_add_and_cut() {
        let (a, b) = (area(0, 0, 10, 10), area(5, 6, 20, 8));
        assert_eq!(a.and(b), area(5, 6, 10, 8));
        assert_eq!(a.or(b), area(0, 0, 20, 10));
        assert_eq!(a.or(area(7, 7, 7, 9)), a);
        assert_eq!(area(7, 7, 7, 9).or(a), a);
        assert_eq!(b.pixels(), 30);
        assert!(a.and(area(10, 0, 12, 5)).empty());
        assert_eq!(area(3, 3, 1, 9).pixels(), 0);
        let all = area(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert_eq!(all.pixels(), u64::from(u32::MAX).pow(2));
    }

    #[test]
    fn a_rectangle_takes_the_pixels_it_touches() {
        let rect = Rect::from_min_max(pos2(1.2, 2.0), pos2(3.0, 4.1));
        assert_eq!(Area::of(rect, 1.0), area(1, 2, 3, 5));
        assert_eq!(Area::of(rect, 2.0), area(2, 4, 6, 9));
        assert!(Area::of(Rect::NOTHING, 1.5).empty());
        assert!(Area::of(Rect::NAN, 1.5).empty());
        let all = area(i32::MIN, i32::MIN, i32::MAX, i32::MAX);
        assert_eq!(Area::of(Rect::EVERYTHING, 1.5), all);
    }

    #[test]
    fn few_areas_cover_all() {
        let mut areas = Vec::new();
        cover(&mut areas, area(0, 0, 10, 10));
        cover(&mut areas, area(20, 0, 30, 10));
        cover(&mut areas, area(5, 5, 5, 50));
        assert_eq!(areas, [area(0, 0, 30, 10)], "close ones are one");
        cover(&mut areas, area(900, 700, 1000, 742));
        assert_eq!(areas.len(), 2, "far ones aren't");
        let mut all = areas.clone();
        for i in 0..40 {
            let (x, y) = (i * 367 % 990, i * 541 % 730);
            let more = area(x, y, x + 9, y + 9);
            cover(&mut areas, more);
            all.push(more);
            assert!(areas.len() <= MOST);
            for one in &all {
                assert!(areas.iter().any(|area| area.or(*one) == *area));
            }
        }
    }
}
