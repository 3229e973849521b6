//! Pixels to a window, through softbuffer: X11's shared memory, GDI or Core Animation.

use std::num::NonZeroU32;

use raw_window_handle::{HasDisplayHandle, HasWindowHandle};
use softbuffer::{Context, Rect, Surface};

use super::Canvas;
use super::area::Area;
use crate::editor::host_window::WindowFault;

/// A window to show pixels in. UI thread.
pub struct Screen<H> {
    surface: Surface<H, H>,
    /// Width and height in pixels of what was shown last.
    size: [usize; 2],
    /// The window doesn't show what it was last given, if it was given anything.
    stale: bool,
}

impl<H: HasDisplayHandle + HasWindowHandle + Clone> Screen<H> {
    /// Of a window, which must outlive it.
    pub fn new(handle: H) -> Result<Self, WindowFault> {
        let context = Context::new(handle.clone()).map_err(WindowFault::system)?;
        let surface = Surface::new(&context, handle).map_err(WindowFault::system)?;
        Ok(Self {
            surface,
            size: [0, 0],
            stale: true,
        })
    }

    /// Shows what of a picture changed since it was last shown here; all of it where the window no
    /// longer has the rest. On X11 it is sent when the handle's connection is next flushed, as
    /// baseview does before it waits.
    pub fn show(&mut self, canvas: &Canvas, areas: &[Area]) -> Result<(), WindowFault> {
        let [width, height] = canvas.size();
        let side = |pixels: usize| u32::try_from(pixels).ok().and_then(NonZeroU32::new);
        let (Some(wide), Some(high)) = (side(width), side(height)) else {
            return Ok(());
        };
        let resized = self.size != [width, height];
        if areas.is_empty() && !resized && !self.stale {
            return Ok(());
        }
        let stale = std::mem::replace(&mut self.stale, true);
        self.surface
            .resize(wide, high)
            .map_err(WindowFault::system)?;
        self.size = [width, height];
        let mut buffer = self.surface.buffer_mut().map_err(WindowFault::system)?;

        if stale || resized || buffer.age() != 1 {
            buffer.copy_from_slice(canvas.pixels());
            buffer.present().map_err(WindowFault::system)?;
        } else {
            let whole = Area::whole([width, height]);
            let rects: Vec<Rect> = areas
                .iter()
                .filter_map(|area| rect(area.and(whole)))
                .collect();
            for rect in &rects {
                let columns = rect.x as usize..(rect.x + rect.width.get()) as usize;
                for y in rect.y..rect.y + rect.height.get() {
                    let row = y as usize * width..;
                    buffer[row.clone()][columns.clone()]
                        .copy_from_slice(&canvas.pixels()[row][columns.clone()]);
                }
            }
            buffer
                .present_with_damage(&rects)
                .map_err(WindowFault::system)?;
        }
        self.stale = false;
        Ok(())
    }
}

/// None if it is empty.
fn rect(area: Area) -> Option<Rect> {
    let size = |from: i32, to: i32| u32::try_from(to - from).ok().and_then(NonZeroU32::new);
    Some(Rect {
        x: u32::try_from(area.x0).ok()?,
        y: u32::try_from(area.y0).ok()?,
        width: size(area.x0, area.x1)?,
        height: size(area.y0, area.y1)?,
    })
}
