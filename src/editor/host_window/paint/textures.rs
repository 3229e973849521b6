//! egui's textures: the font atlas and images.

use std::collections::{HashMap, HashSet};

use egui::epaint::{ImageData, WHITE_UV};
use egui::{
    ColorImage, Pos2, TextureFilter, TextureId, TextureOptions, TextureWrapMode, TexturesDelta,
};

use super::blend::{mix, word};

/// A wider or higher texture isn't shown.
const MAX_SIDE: usize = 1 << 16;

/// A vertex at this place has no texture: it is of the font atlas's one white texel.
pub fn white(uv: Pos2) -> bool {
    // egui's own comparison panics in debug builds if one is no number.
    uv.x == WHITE_UV.x && uv.y == WHITE_UV.y
}

/// One image.
pub struct Texture {
    /// Pixels; neither is 0.
    width: usize,
    height: usize,
    /// Row by row, 0xAARRGGBB.
    texels: Vec<u32>,
    options: TextureOptions,
}

impl Texture {
    fn new(image: &ColorImage, options: TextureOptions) -> Option<Self> {
        let [width, height] = image.size;
        let sides = 1..=MAX_SIDE;
        let fine = sides.contains(&width)
            && sides.contains(&height)
            && image.pixels.len() == width * height;
        fine.then(|| Self {
            width,
            height,
            texels: image.pixels.iter().copied().map(word).collect(),
            options,
        })
    }

    /// Width and height in texels.
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    /// Puts in a part whose top left is at `x`, `y`. True if something that could be seen changed.
    fn patch(&mut self, [x, y]: [usize; 2], part: &ColorImage) -> bool {
        let [width, height] = part.size;
        let fits = x.checked_add(width).is_some_and(|end| end <= self.width)
            && y.checked_add(height).is_some_and(|end| end <= self.height)
            && part.pixels.len() == width * height;
        if !fits || part.pixels.is_empty() {
            return false;
        }
        let mut replaced = false;
        for (row, from) in part.pixels.chunks_exact(width).enumerate() {
            for (to, &from) in self.texels[(y + row) * self.width + x..]
                .iter_mut()
                .zip(from)
            {
                let from = word(from);
                replaced |= *to != 0 && *to != from;
                *to = from;
            }
        }
        replaced
    }

    /// Part of a row, if all of it is there.
    pub fn row(&self, y: usize, x: std::ops::Range<usize>) -> Option<&[u32]> {
        if x.end > self.width {
            return None;
        }
        self.texels.get(y * self.width..)?.get(x)
    }

    /// How it looks at `step` texels a pixel.
    pub fn sampler(&self, step: f32) -> Sampler<'_> {
        // Mipmaps are for textures much larger than they are shown; there are none.
        let filter = if step > 1.001 {
            self.options.minification
        } else {
            self.options.magnification
        };
        Sampler {
            texture: self,
            linear: filter == TextureFilter::Linear,
        }
    }

    fn at(&self, x: i32, y: i32) -> u32 {
        let mode = self.options.wrap_mode;
        let (x, y) = (wrap(x, self.width, mode), wrap(y, self.height, mode));
        self.texels[y * self.width + x]
    }
}

/// The texel that stands in for the one at `at`.
fn wrap(at: i32, side: usize, mode: TextureWrapMode) -> usize {
    let side = side as i32;
    let within = match mode {
        TextureWrapMode::ClampToEdge => at.clamp(0, side - 1),
        TextureWrapMode::Repeat => at.rem_euclid(side),
        TextureWrapMode::MirroredRepeat => {
            let twice = at.rem_euclid(2 * side);
            twice.min(2 * side - 1 - twice)
        }
    };
    within as usize
}

/// Reads a texture between its texels.
pub struct Sampler<'a> {
    texture: &'a Texture,
    linear: bool,
}

impl Sampler<'_> {
    /// The colour at a place, in texels from the top left corner.
    pub fn at(&self, x: f32, y: f32) -> u32 {
        if !self.linear {
            return self.texture.at(whole(x), whole(y));
        }
        // In 256ths of a texel, from the middle of the first. Rounded, so that a texture drawn 1:1
        // is copied.
        let fine = |v: f32| ((v - 0.5) * 256.0 + 0.5).clamp(-1e9, 1e9);
        let (x, y) = (whole(fine(x)), whole(fine(y)));
        let (part_x, part_y) = ((x & 255) as u32, (y & 255) as u32);
        let (x, y) = (x >> 8, y >> 8);
        let texture = self.texture;
        let upper = mix(texture.at(x, y), texture.at(x + 1, y), part_x);
        if part_y == 0 {
            return upper;
        }
        let lower = mix(texture.at(x, y + 1), texture.at(x + 1, y + 1), part_x);
        mix(upper, lower, part_y)
    }
}

/// The whole number at or before `v`, within what counts pixels.
fn whole(v: f32) -> i32 {
    let v = v.clamp(-1e9, 1e9);
    let cut = v as i32;
    cut - i32::from(v < cut as f32)
}

/// Those whose look changed.
#[derive(Default)]
pub struct Changes {
    /// Shapes that show one of these look different.
    pub ids: HashSet<TextureId>,
    /// The font atlas was made anew, or glyphs in it replaced: no text is sure to be as before.
    pub glyphs: bool,
}

/// All textures of one egui context.
#[derive(Default)]
pub struct Textures {
    all: HashMap<TextureId, Texture>,
    /// Since the last pass.
    freed: HashSet<TextureId>,
}

impl Textures {
    /// Takes in what is new, before drawing.
    pub fn set(&mut self, delta: &TexturesDelta) -> Changes {
        let mut changes = Changes {
            ids: std::mem::take(&mut self.freed),
            glyphs: false,
        };
        for (&id, patches) in &delta.set {
            changes.ids.insert(id);
            for patch in patches {
                let ImageData::Color(image) = &patch.image;
                let replaced = match (patch.pos, self.all.get_mut(&id)) {
                    (None, _) => {
                        match Texture::new(image, patch.options) {
                            Some(texture) => self.all.insert(id, texture),
                            None => self.all.remove(&id),
                        };
                        true
                    }
                    (Some(at), Some(texture)) => {
                        texture.options = patch.options;
                        texture.patch(at, image)
                    }
                    (Some(_), None) => false,
                };
                changes.glyphs |= replaced && id == TextureId::default();
            }
        }
        changes
    }

    /// Drops what isn't needed any more, after drawing.
    pub fn free(&mut self, delta: &TexturesDelta) {
        for id in &delta.free {
            self.all.remove(id);
            self.freed.insert(*id);
        }
    }

    pub fn get(&self, id: TextureId) -> Option<&Texture> {
        self.all.get(&id)
    }
}
