//! The page in a host's window, through nice-plug-egui.

use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

use super::{Controls, State, theme, ui};
use crate::instrument::export::music_folder;

/// Size of a new window, logical points.
const SIZE: (u32, u32) = (1000, 742);
/// Smallest useful size.
const MIN_SIZE: (u32, u32) = (860, 722);
/// A saved size beyond this is damage.
const MAX_SIZE: (u32, u32) = (4096, 4096);

/// Makes the controls for a window, given the host's ear for parameter changes.
pub type Connect = Arc<dyn Fn(GuiContext) -> Box<dyn Controls> + Send + Sync>;

/// The window's size in logical points, saved with the project. Any thread.
pub struct WindowSize(AtomicU64);

impl Default for WindowSize {
    fn default() -> Self {
        Self(AtomicU64::new(pack(SIZE)))
    }
}

impl WindowSize {
    /// Width and height.
    pub fn get(&self) -> (u32, u32) {
        let packed = self.0.load(Relaxed);
        ((packed >> 32) as u32, packed as u32)
    }

    /// Remembers a size, brought into what a window can have.
    pub fn set(&self, (width, height): (u32, u32)) {
        let size = (
            width.clamp(MIN_SIZE.0, MAX_SIZE.0),
            height.clamp(MIN_SIZE.1, MAX_SIZE.1),
        );
        self.0.store(pack(size), Relaxed);
    }
}

fn pack((width, height): (u32, u32)) -> u64 {
    u64::from(width) << 32 | u64::from(height)
}

/// Opens windows for one plugin instance, one at a time.
pub struct ConsortEditor {
    connect: Connect,
    size: Arc<WindowSize>,
    notifier: RepaintNotifier,
    /// Where sounds were browsed last.
    sounds: Arc<Mutex<PathBuf>>,
    /// The open window's, or what the next one will start from. nice-plug-egui reads the size only
    /// when this is made, so each window gets a new one with the size saved last.
    window: Mutex<Arc<EguiEditorState>>,
}

impl ConsortEditor {
    /// An editor whose windows talk through `connect`, and draw when `notifier` says so. Main thread.
    pub fn new(connect: Connect, size: Arc<WindowSize>, notifier: RepaintNotifier) -> Self {
        let window = Mutex::new(fresh(&size));
        Self {
            connect,
            size,
            notifier,
            sounds: Arc::new(Mutex::new(music_folder())),
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

fn folder(sounds: &Mutex<PathBuf>) -> MutexGuard<'_, PathBuf> {
    sounds.lock().unwrap_or_else(PoisonError::into_inner)
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
        let page = Page {
            controls: (self.connect)(host.clone()),
            size: self.size.clone(),
            state: State::new(&music_folder()).with_sounds(&folder(&self.sounds)),
            sounds: self.sounds.clone(),
        };
        let settings = EguiNiceSettings::new()
            .with_tile("Consort")
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
        ResizeHint {
            can_resize: true,
            can_resize_horizontally: true,
            can_resize_vertically: true,
            size_constraints: SizeConstraints::Logical {
                min_size: Some(LogicalSize::new(MIN_SIZE.0, MIN_SIZE.1).cast()),
                max_size: Some(LogicalSize::new(MAX_SIZE.0, MAX_SIZE.1).cast()),
            },
            ..ResizeHint::default()
        }
    }
}

/// What lives as long as one window.
struct Page {
    controls: Box<dyn Controls>,
    size: Arc<WindowSize>,
    state: State,
    sounds: Arc<Mutex<PathBuf>>,
}

impl NiceEguiApp for Page {
    fn build(
        &mut self,
        ctx: egui::Context,
        _: GuiContext,
        _: &mut Frame,
    ) -> Result<(), HandlerError> {
        theme::apply(&ctx);
        Ok(())
    }

    fn ui(&mut self, ui_: &mut egui::Ui, _: &mut Frame) {
        ui(ui_, &mut self.state, &*self.controls);
    }

    fn resized(&mut self, size: BaseviewSize) {
        self.size
            .set((size.logical.width as u32, size.logical.height as u32));
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.state.release(&*self.controls);
        *folder(&self.sounds) = self.state.sounds().to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_size_becomes_a_usable_one() {
        let size = WindowSize::default();
        assert_eq!(size.get(), SIZE);
        size.set((0, u32::MAX));
        assert_eq!(size.get(), (MIN_SIZE.0, MAX_SIZE.1));
        size.set((1200, 800));
        assert_eq!(size.get(), (1200, 800));
    }
}
