//! Colours as words 0xAARRGGBB, premultiplied, mixed in gamma space as egui does.
//!
//! Two of a word's four bytes are worked on at a time, each with 16 bits of room.

use egui::Color32;

/// What is behind all that egui shows.
pub const BLACK: u32 = 0xff00_0000;

/// Every second byte.
const EVEN: u32 = 0x00ff_00ff;

/// A colour of egui's as a word.
pub fn word(color: Color32) -> u32 {
    let [r, g, b, a] = color.to_array();
    u32::from_be_bytes([a, r, g, b])
}

/// `color` times `by`/255, rounded.
pub fn times(color: u32, by: u32) -> u32 {
    let low = (color & EVEN) * by + 0x0080_0080;
    let high = ((color >> 8) & EVEN) * by + 0x0080_0080;
    (((low + ((low >> 8) & EVEN)) >> 8) & EVEN) | ((high + ((high >> 8) & EVEN)) & !EVEN)
}

/// Lays `src` over `dst`. Parts of `src` may exceed its alpha: that adds light.
pub fn over(dst: &mut u32, src: u32) {
    let under = times(*dst, 255 - (src >> 24));
    let low = (src & EVEN) + (under & EVEN);
    let high = ((src >> 8) & EVEN) + ((under >> 8) & EVEN);
    *dst = full(low) | full(high) << 8;
}

/// Two sums of two bytes, neither beyond 255.
fn full(sums: u32) -> u32 {
    let carried = sums & 0x0100_0100;
    (sums | (carried - (carried >> 8))) & EVEN
}

/// A texture's colour, tinted.
pub fn product(texel: u32, tint: u32) -> u32 {
    // Those of glyphs are white, more or less opaque.
    if texel == (texel & 0xff) * 0x0101_0101 {
        return times(tint, texel & 0xff);
    }
    if tint == u32::MAX {
        return texel;
    }
    let part = |at: u32| ((((texel >> at) & 0xff) * ((tint >> at) & 0xff) + 127) / 255) << at;
    part(24) | part(16) | part(8) | part(0)
}

/// From `a` to `b` by `part`/256.
pub fn mix(a: u32, b: u32, part: u32) -> u32 {
    let rest = 256 - part;
    let low = (a & EVEN) * rest + (b & EVEN) * part + 0x0080_0080;
    let high = ((a >> 8) & EVEN) * rest + ((b >> 8) & EVEN) * part + 0x0080_0080;
    ((low >> 8) & EVEN) | (high & !EVEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte by byte.
    fn bytes(a: u32, b: u32, of: impl Fn(f64, f64) -> f64) -> u32 {
        let (a, b) = (a.to_be_bytes(), b.to_be_bytes());
        u32::from_be_bytes(std::array::from_fn(|i| {
            of(f64::from(a[i]), f64::from(b[i])).round().min(255.0) as u8
        }))
    }

    fn words() -> impl Iterator<Item = u32> {
        (0..2_000_u32).map(|i| i.wrapping_mul(0x9e37_79b9).rotate_left(i % 32))
    }

    #[test]
    fn words_are_mixed_as_their_bytes_are() {
        for (a, b) in words().zip(words().skip(7)) {
            let by = b & 0xff;
            assert_eq!(times(a, by), bytes(a, 0, |a, _| a * f64::from(by) / 255.0));
            let exact = bytes(a, b, |a, b| {
                (a * f64::from(256 - by) + b * f64::from(by) + 0.001) / 256.0
            });
            assert_eq!(mix(a, b, by), exact);
            assert_eq!(product(a, b), bytes(a, b, |a, b| a * b / 255.0));
            let mut dst = a;
            over(&mut dst, b);
            let under = times(a, 255 - (b >> 24));
            assert_eq!(dst, bytes(under, b, |a, b| a + b));
        }
    }

    #[test]
    fn ends_are_exact() {
        for a in words() {
            assert_eq!(times(a, 255), a);
            assert_eq!(product(a, u32::MAX), a);
            assert_eq!(product(u32::MAX, a), a);
            assert_eq!((mix(a, !a, 0), mix(!a, a, 256)), (a, a));
            let mut dst = a;
            over(&mut dst, 0);
            assert_eq!(dst, a);
            over(&mut dst, BLACK);
            assert_eq!(dst, BLACK);
        }
    }
}
