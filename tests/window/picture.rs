//! What a window shows.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// A picture; pixels row by row, red, green, blue.
#[derive(Clone, PartialEq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    pub fn colours(&self) -> usize {
        self.pixels.iter().collect::<BTreeSet<_>>().len()
    }

    /// How many pixels of it are as a window is that nobody has drawn.
    pub fn white(&self) -> usize {
        self.pixels
            .iter()
            .filter(|pixel| **pixel == [255; 3])
            .count()
    }

    /// Keeps it to be looked at, in `target/pictures`.
    pub fn keep(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = std::fs::File::create(folder.join(name).with_extension("png"));
        let mut encoder = png::Encoder::new(file.expect("a file"), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer
            .write_image_data(self.pixels.as_flattened())
            .expect("it is written");
    }

    /// The same at another size, each pixel the mean of those that it covers.
    pub fn scaled(&self, width: u32, height: u32) -> Picture {
        let pixel = |x: u32, y: u32| {
            let across = x * self.width / width..((x + 1) * self.width).div_ceil(width);
            let down = y * self.height / height..((y + 1) * self.height).div_ceil(height);
            let (mut sum, mut count) = ([0u32; 3], 0);
            for y in down {
                for x in across.clone() {
                    let [r, g, b] = self.pixels[(y * self.width + x) as usize].map(u32::from);
                    sum = [sum[0] + r, sum[1] + g, sum[2] + b];
                    count += 1;
                }
            }
            sum.map(|sum| (sum / count) as u8)
        };
        let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = rows.map(|(x, y)| pixel(x, y)).collect();
        Picture {
            width,
            height,
            pixels,
        }
    }

    /// Mean difference of a channel to a picture of the same size, 0 to 255.
    pub fn difference(&self, other: &Picture) -> f64 {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let channels = |p: &Picture| p.pixels.as_flattened().to_vec();
        let (a, b) = (channels(self), channels(other));
        let sum: u64 = a
            .iter()
            .zip(&b)
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        sum as f64 / a.len() as f64
    }

    /// How much neighbours in a row differ, mean: a blurred picture has little of it.
    pub fn sharpness(&self) -> f64 {
        let green = |i: usize| f64::from(self.pixels[i][1]);
        let pairs = (1..self.pixels.len()).filter(|i| i % self.width as usize != 0);
        let sum: f64 = pairs.map(|i| (green(i) - green(i - 1)).abs()).sum();
        sum / self.pixels.len() as f64
    }
}
