//! How large a window is: in points, by its zoom, and by the screen's scale.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// A saved size beyond this is damage, points.
pub const LARGEST: (u32, u32) = (4096, 4096);
/// What a user can zoom to.
pub const ZOOMS: std::ops::RangeInclusive<f32> = 0.75..=2.0;
/// So soon after a zoom another size is the host's answer to it, not the user's hand.
const ANSWER: Duration = Duration::from_secs(1);
/// Pixels a point that a screen may have.
const SCALES: std::ops::RangeInclusive<f64> = 0.5..=8.0;

/// Sizes of a plugin's windows, points.
pub struct Sizes {
    /// Of a new one.
    pub usual: (u32, u32),
    /// Smallest that shows the whole page.
    pub smallest: (u32, u32),
}

/// A window's size and zoom, which are saved with the project, and the scale of the screen that it is on.
/// Any thread.
pub struct WindowSize {
    sizes: &'static Sizes,
    points: AtomicU64,
    /// The open window's, pixels; 0 for none.
    shown: AtomicU64,
    zoomed_at: Mutex<Option<Instant>>,
    /// Bits of an `f32`.
    zoom: AtomicU32,
    /// What the host said of the screen, and what the desktop says: bits of an `f64`, 0 for nothing.
    host_scale: AtomicU64,
    desktop_scale: AtomicU64,
}

impl WindowSize {
    /// That of a new window.
    #[must_use]
    pub fn new(sizes: &'static Sizes) -> Self {
        Self {
            sizes,
            points: AtomicU64::new(pack(sizes.usual)),
            shown: AtomicU64::new(0),
            zoomed_at: Mutex::new(None),
            zoom: AtomicU32::new(1f32.to_bits()),
            host_scale: AtomicU64::new(0),
            desktop_scale: AtomicU64::new(0),
        }
    }

    /// Width and height, points.
    pub fn get(&self) -> (u32, u32) {
        unpack(self.points.load(Relaxed))
    }

    /// Remembers a size, brought into what a window can have.
    pub fn set(&self, (width, height): (u32, u32)) {
        let (narrowest, lowest) = self.sizes.smallest;
        let size = (
            width.clamp(narrowest, LARGEST.0),
            height.clamp(lowest, LARGEST.1),
        );
        self.points.store(pack(size), Relaxed);
    }

    /// Smallest that shows the whole page, points.
    pub fn smallest(&self) -> (u32, u32) {
        self.sizes.smallest
    }

    /// What the user zoomed to, 1 for nothing.
    pub fn zoom(&self) -> f32 {
        f32::from_bits(self.zoom.load(Relaxed))
    }

    /// Remembers a zoom, brought into [`ZOOMS`].
    pub fn set_zoom(&self, zoom: f32) {
        let zoom = if zoom.is_finite() { zoom } else { 1.0 };
        let zoom = zoom.clamp(*ZOOMS.start(), *ZOOMS.end());
        self.zoom.store(zoom.to_bits(), Relaxed);
    }

    /// The user zooms: see [`Self::set_pixels`].
    pub fn zoom_to(&self, zoom: f32) {
        self.set_zoom(zoom);
        *self.zoomed_at.lock() = Some(Instant::now());
    }

    /// What the host says of the screen, pixels a point; nonsense is not taken. Hosts that know of no scales
    /// say 1, so that says nothing.
    pub fn set_host_scale(&self, scale: f64) {
        if SCALES.contains(&scale) {
            let bits = if scale == 1.0 { 0 } else { scale.to_bits() };
            self.host_scale.store(bits, Relaxed);
        }
    }

    /// What the desktop says of it, likewise.
    pub fn set_desktop_scale(&self, scale: Option<f64>) {
        let scale = scale.filter(|scale| SCALES.contains(scale));
        let bits = scale.map_or(0, f64::to_bits);
        self.desktop_scale.store(bits, Relaxed);
    }

    /// Pixels a point: what the host says goes before what the desktop says; 1 where neither does.
    pub fn scale(&self) -> f64 {
        let said = [&self.host_scale, &self.desktop_scale].map(|scale| scale.load(Relaxed));
        let said = said.into_iter().find(|bits| *bits != 0);
        said.map_or(1.0, f64::from_bits)
    }

    /// Pixels a point of the page, zoom included.
    fn zoomed(&self) -> f64 {
        self.scale() * f64::from(self.zoom())
    }

    /// Width and height that the window is to have, pixels.
    pub fn pixels(&self) -> (u32, u32) {
        let (width, height) = self.get();
        let pixels = |points: u32| (f64::from(points) * self.zoomed()).round() as u32;
        (pixels(width), pixels(height))
    }

    /// Width and height of the open window, pixels; those it is to have while there is none. After a zoom
    /// they differ until the host has made room.
    pub fn shown(&self) -> (u32, u32) {
        match self.shown.load(Relaxed) {
            0 => self.pixels(),
            shown => unpack(shown),
        }
    }

    /// A window is about to have the size that it is to have.
    pub fn show(&self) {
        self.shown.store(pack(self.pixels()), Relaxed);
    }

    /// There is no window any more.
    pub fn close(&self) {
        self.shown.store(0, Relaxed);
    }

    /// The window has so many pixels. Remembers the points that they are; not those it had already, not what
    /// a host makes of a zoom (Ardour says the old size once more, or lets no window be smaller than it opened),
    /// and not of a window that is too small for the page, which is the host's doing, and may pass.
    pub fn set_pixels(&self, (width, height): (u32, u32)) {
        let size = pack((width, height));
        let known = self.shown.swap(size, Relaxed) == size;
        let zoomed_at = *self.zoomed_at.lock();
        let answers = zoomed_at.is_some_and(|at| at.elapsed() < ANSWER);
        // Of those it was to have the points are known, not rounded.
        if known || answers || (width, height) == self.pixels() {
            return;
        }
        let points = |pixels: u32| (f64::from(pixels) / self.zoomed()).round() as u32;
        let (width, height) = (points(width), points(height));
        let (narrowest, lowest) = self.sizes.smallest;
        if width >= narrowest && height >= lowest {
            self.set((width, height));
        }
    }

    /// Least size that shows the whole page, pixels.
    pub fn least_pixels(&self) -> (u32, u32) {
        let pixels = |points: u32| (f64::from(points) * self.zoomed()).round() as u32;
        (pixels(self.sizes.smallest.0), pixels(self.sizes.smallest.1))
    }

    /// A size in pixels that a window may have: no part of the page hidden, and no larger than can be.
    pub fn adjusted(&self, (width, height): (u32, u32)) -> (u32, u32) {
        let (narrowest, lowest) = self.least_pixels();
        let most = |points: u32| (f64::from(points) * self.zoomed()).round() as u32;
        (
            width.clamp(narrowest, most(LARGEST.0)),
            height.clamp(lowest, most(LARGEST.1)),
        )
    }

    /// Pixels a point in a window of so many pixels. Where a host gives less than the page needs, the page
    /// is drawn smaller, so that none of it is cut off.
    pub fn pixels_per_point(&self, (width, height): (u32, u32)) -> f32 {
        let (narrowest, lowest) = self.sizes.smallest;
        let fits = (width as f32 / narrowest as f32).min(height as f32 / lowest as f32);
        (self.zoomed() as f32).min(fits).max(0.1)
    }
}

fn unpack(packed: u64) -> (u32, u32) {
    ((packed >> 32) as u32, packed as u32)
}

fn pack((width, height): (u32, u32)) -> u64 {
    u64::from(width) << 32 | u64::from(height)
}

#[cfg(test)]
mod tests {
    use super::*;

    static SIZES: Sizes = Sizes {
        usual: (1000, 742),
        smallest: (860, 722),
    };

    #[test]
    fn a_damaged_size_becomes_a_usable_one() {
        let size = WindowSize::new(&SIZES);
        assert_eq!(size.get(), SIZES.usual);
        size.set((0, u32::MAX));
        assert_eq!(size.get(), (SIZES.smallest.0, LARGEST.1));
        size.set((1200, 800));
        assert_eq!(size.get(), (1200, 800));
        for (zoom, becomes) in [(9.0, 2.0), (-1.0, 0.75), (f32::NAN, 1.0), (1.25, 1.25)] {
            size.set_zoom(zoom);
            assert_eq!(size.zoom(), becomes);
        }
        for scale in [0.0, -2.0, f64::NAN, 1e9] {
            size.set_host_scale(scale);
            size.set_desktop_scale(Some(scale));
            assert_eq!(size.scale(), 1.0);
        }
    }

    #[test]
    fn pixels_follow_scale_and_zoom_and_come_back_as_the_same_points() {
        let size = WindowSize::new(&SIZES);
        size.set_desktop_scale(Some(2.0));
        assert_eq!(size.pixels(), (2000, 1484));
        size.set_zoom(1.5);
        assert_eq!(size.pixels(), (3000, 2226));
        for scale in [1.0, 1.25, 1.5, 2.0] {
            size.set_host_scale(scale);
            size.set_pixels(size.pixels());
            assert_eq!(size.get(), SIZES.usual, "{scale}");
        }
        size.set_host_scale(1.0);
        assert_eq!(
            size.scale(),
            2.0,
            "the desktop's: hosts say 1 that know of none"
        );
        size.set_desktop_scale(None);
        assert_eq!(size.adjusted((10, 10)), (1290, 1083));
        assert_eq!(size.adjusted((1300, 1100)), (1300, 1100));
    }

    #[test]
    fn a_size_on_the_way_to_another_is_not_remembered() {
        let size = WindowSize::new(&SIZES);
        size.set_pixels((128, 128));
        assert_eq!(size.get(), SIZES.usual);
        size.set_pixels((1200, 800));
        assert_eq!(size.get(), (1200, 800));
    }

    #[test]
    fn the_size_from_before_a_zoom_says_nothing_of_it() {
        let size = WindowSize::new(&SIZES);
        size.show();
        size.zoom_to(0.75);
        assert_eq!((size.shown(), size.pixels()), ((1000, 742), (750, 557)));
        // Of a host that says once more what there is.
        size.set_pixels((1000, 742));
        assert_eq!((size.get(), size.pixels()), (SIZES.usual, (750, 557)));
        size.set_pixels((750, 557));
        assert_eq!((size.get(), size.shown()), (SIZES.usual, (750, 557)));
        // Of one that goes back to it.
        size.set_pixels((1000, 742));
        size.zoom_to(1.0);
        assert_eq!((size.pixels(), size.shown()), ((1000, 742), (1000, 742)));
        // And of one that isn't made as small as that.
        size.zoom_to(1.25);
        size.set_pixels((1250, 928));
        size.zoom_to(0.75);
        size.set_pixels((1000, 742));
        assert_eq!((size.get(), size.pixels()), (SIZES.usual, (750, 557)));
        *size.zoomed_at.lock() = None;
        size.set_pixels((1000, 742));
        assert_eq!(size.get(), SIZES.usual);
        size.set_pixels((900, 600));
        assert_eq!(size.get(), (1200, 800));
        size.close();
        assert_eq!(size.shown(), (900, 600));
    }

    #[test]
    fn a_window_that_is_too_small_shows_the_whole_page_smaller() {
        let size = WindowSize::new(&SIZES);
        assert_eq!(size.pixels_per_point((1000, 742)), 1.0);
        size.set_host_scale(2.0);
        assert_eq!(size.pixels_per_point((2000, 1484)), 2.0);
        let small = size.pixels_per_point((1000, 742));
        assert!(small * 860.0 <= 1000.5 && small * 722.0 <= 742.5 && small > 1.0);
    }
}
