//! A page in a host's window, through nice-plug-egui.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{
    Editor, HostMethods, ParentWindowHandle, ResizeHint, SizeConstraints, SpawnedEditor,
};
use nice_plug_egui::baseview::{HandlerError, WindowSize as BaseviewSize};
use nice_plug_egui::{
    EguiEditorHandle, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, create_egui_editor,
};

/// Asks for a frame; one flag for all who ask, looked at 30 times a second while a window is open.
/// Any thread, the audio thread too.
pub use nice_plug_egui::RepaintNotifier;

use super::theme;
use crate::models::runtime;

/// A saved size beyond this is damage.
const MAX_SIZE: (u32, u32) = (4096, 4096);

/// What lives as long as one window. UI thread.
pub trait Page: Send {
    /// Shows the page and does what the user asks.
    fn show(&mut self, ui: &mut egui::Ui);
}

/// Makes the page of a new window, given the host's ear for parameter changes.
pub type Open = Arc<dyn Fn(GuiContext) -> Box<dyn Page> + Send + Sync>;

/// Sizes of a plugin's windows, logical points.
pub struct Sizes {
    /// Of a new one.
    pub usual: (u32, u32),
    /// Smallest useful one.
    pub smallest: (u32, u32),
}

/// The window's size in logical points, saved with the project. Any thread.
pub struct WindowSize {
    sizes: &'static Sizes,
    packed: AtomicU64,
}

impl WindowSize {
    /// That of a new window.
    #[must_use]
    pub fn new(sizes: &'static Sizes) -> Self {
        Self {
            sizes,
            packed: AtomicU64::new(pack(sizes.usual)),
        }
    }

    /// Width and height.
    pub fn get(&self) -> (u32, u32) {
        let packed = self.packed.load(Relaxed);
        ((packed >> 32) as u32, packed as u32)
    }

    /// Remembers a size, brought into what a window can have.
    pub fn set(&self, (width, height): (u32, u32)) {
        let (narrowest, lowest) = self.sizes.smallest;
        let size = (
            width.clamp(narrowest, MAX_SIZE.0),
            height.clamp(lowest, MAX_SIZE.1),
        );
        self.packed.store(pack(size), Relaxed);
    }
}

fn pack((width, height): (u32, u32)) -> u64 {
    u64::from(width) << 32 | u64::from(height)
}

/// Opens windows for one plugin instance, one at a time.
pub struct ConsortEditor {
    title: &'static str,
    open: Open,
    size: Arc<WindowSize>,
    notifier: RepaintNotifier,
    /// The open window's, or what the next one will start from. nice-plug-egui reads the size only
    /// when this is made, so each window gets a new one with the size saved last.
    window: Mutex<Arc<EguiEditorState>>,
}

impl ConsortEditor {
    /// An editor whose windows show what `open` makes, and draw when `notifier` says so. Main thread.
    pub fn new(
        title: &'static str,
        open: Open,
        size: Arc<WindowSize>,
        notifier: RepaintNotifier,
    ) -> Self {
        let window = Mutex::new(fresh(&size));
        Self {
            title,
            open,
            size,
            notifier,
            window,
        }
    }

    /// The open window's state, or a new one of the saved size.
    fn state(&self) -> Arc<EguiEditorState> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if !window.is_open() {
            *window = fresh(&self.size);
        }
        window.clone()
    }
}

fn fresh(size: &WindowSize) -> Arc<EguiEditorState> {
    let (width, height) = size.get();
    EguiEditorState::from_size(LogicalSize::new(f64::from(width), f64::from(height)), 1.0)
}

impl Editor for ConsortEditor {
    type Handle = EguiEditorHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        host: GuiContext,
        methods: Option<HostMethods>,
    ) -> Result<SpawnedEditor<EguiEditorHandle>, Box<dyn Error>> {
        runtime::guard_main_thread();
        let page = Framed {
            page: (self.open)(host.clone()),
            size: self.size.clone(),
        };
        let settings = EguiNiceSettings::new()
            .with_tile(self.title)
            .with_resize_hint(self.resize_hint())
            .with_repaint_poll_interval(theme::FRAME);
        create_egui_editor(self.state(), self.notifier.clone(), settings, page)
            .ok_or("The window could not be made.")?
            .spawn(
                parent,
                wait_for_parent,
                fallback_scale_factor,
                host,
                methods,
            )
    }

    fn size(&self) -> NativeSize<u32> {
        let state = self.state();
        let (physical, logical) = (state.physical_size(), state.logical_size());
        NativeSize::from_logical_or_physical(logical.cast(), physical)
    }

    fn resize_hint(&self) -> ResizeHint {
        let smallest = self.size.sizes.smallest;
        ResizeHint {
            can_resize: true,
            can_resize_horizontally: true,
            can_resize_vertically: true,
            size_constraints: SizeConstraints::Logical {
                min_size: Some(LogicalSize::new(smallest.0, smallest.1).cast()),
                max_size: Some(LogicalSize::new(MAX_SIZE.0, MAX_SIZE.1).cast()),
            },
            ..ResizeHint::default()
        }
    }
}

/// A page in its window.
struct Framed {
    page: Box<dyn Page>,
    size: Arc<WindowSize>,
}

impl NiceEguiApp for Framed {
    fn build(
        &mut self,
        ctx: egui::Context,
        _: GuiContext,
        _: &mut Frame,
    ) -> Result<(), HandlerError> {
        runtime::guard_window_thread();
        theme::apply(&ctx);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut Frame) {
        runtime::rest_if_exiting();
        self.page.show(ui);
    }

    fn resized(&mut self, size: BaseviewSize) {
        self.size
            .set((size.logical.width as u32, size.logical.height as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_size_becomes_a_usable_one() {
        static SIZES: Sizes = Sizes {
            usual: (1000, 742),
            smallest: (860, 722),
        };
        let size = WindowSize::new(&SIZES);
        assert_eq!(size.get(), SIZES.usual);
        size.set((0, u32::MAX));
        assert_eq!(size.get(), (SIZES.smallest.0, MAX_SIZE.1));
        size.set((1200, 800));
        assert_eq!(size.get(), (1200, 800));
    }
}
