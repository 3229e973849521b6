//! The window's size as a field of the state: width and height in points, and the zoom where there is any.

use std::sync::Arc;

use nice_plug::params::persist::PersistentField;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::editor::host_window::WindowSize;

/// The size of one instance's window.
pub(super) struct SavedSize {
    window: Arc<WindowSize>,
    /// One that can't be read, as it came, until the window has another size than it had then.
    unreadable: Mutex<Option<(Value, Size)>>,
}

/// Width and height, and the zoom.
type Size = ((u32, u32), f32);

impl SavedSize {
    pub(super) fn new(window: &Arc<WindowSize>) -> Self {
        Self {
            window: window.clone(),
            unreadable: Mutex::default(),
        }
    }

    fn size(&self) -> Size {
        (self.window.get(), self.window.zoom())
    }
}

impl PersistentField<'_, Value> for SavedSize {
    fn set(&self, saved: Value) {
        let size = <(u32, u32)>::deserialize(&saved).map(|size| (size, 1.0));
        let size = size.or_else(|_| {
            let zoomed = <(u32, u32, f32)>::deserialize(&saved);
            zoomed.map(|(width, height, zoom)| ((width, height), zoom))
        });
        let mut unreadable = self.unreadable.lock();
        *unreadable = None;
        match size {
            Ok((size, zoom)) => {
                self.window.set(size);
                self.window.set_zoom(zoom);
            }
            Err(_) if saved.is_null() => {}
            Err(_) => *unreadable = Some((saved, self.size())),
        }
    }

    fn map<F: Fn(&Value) -> R, R>(&self, f: F) -> R {
        let size = self.size();
        let ((width, height), zoom) = size;
        if let Some((saved, then)) = &*self.unreadable.lock()
            && *then == size
        {
            f(saved)
        } else if zoom == 1.0 {
            f(&json!([width, height]))
        } else {
            // As it is shown, not as binary fractions are.
            let zoom = (f64::from(zoom) * 1000.0).round() / 1000.0;
            f(&json!([width, height, zoom]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_cannot_be_read_is_kept_until_the_window_has_another() {
        let window = Arc::new(WindowSize::new(&crate::editor::STEMS_SIZES));
        let field = SavedSize::new(&window);
        let saved = || field.map(Value::clone);
        let before = saved();
        for foreign in [json!({ "points": [900, 600] }), json!("half}"), json!([1])] {
            field.set(foreign.clone());
            assert_eq!(saved(), foreign);
            window.set_zoom(1.5);
            assert_eq!(saved()[2], 1.5);
            field.set(before.clone());
            assert_eq!(saved(), before);
        }
    }
}
