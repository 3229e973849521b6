//! What the host calls of a window: nice-plug's editor over baseview's window. Main thread.

#![expect(unsafe_code, reason = "the system's windows, in C")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use baseview::dpi::PhysicalSize;
use baseview::{Window, WindowSettings};
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{
    Editor, EditorHandle, HostMethods, ParentWindowHandle, ResizeHint, SizeConstraints,
    SpawnedEditor,
};

use super::handler::Handler;
use super::size::LARGEST;
use super::wish::{self, Granting};
use super::{Open, RepaintNotifier, WindowSize, scale};
use crate::models::runtime;

/// Opens windows for one plugin instance, one at a time.
pub struct ConsortEditor {
    title: &'static str,
    open: Open,
    size: Arc<WindowSize>,
    repaint: RepaintNotifier,
}

impl ConsortEditor {
    /// An editor whose windows show what `open` makes, and draw when `repaint` says so. Main thread.
    pub fn new(
        title: &'static str,
        open: Open,
        size: Arc<WindowSize>,
        repaint: RepaintNotifier,
    ) -> Self {
        Self {
            title,
            open,
            size,
            repaint,
        }
    }
}

/// Width and height of the window as hosts count: points on macOS, pixels elsewhere.
fn native(size: &WindowSize) -> NativeSize<u32> {
    let (width, height) = size.shown();
    let points = [width, height].map(|side| (f64::from(side) / size.scale()).round() as u32);
    NativeSize::from_logical_or_physical(
        LogicalSize::new(points[0], points[1]).cast(),
        PhysicalSize::new(width, height),
    )
}

impl Editor for ConsortEditor {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        scale_factor: Option<f64>,
        context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        runtime::guard_main_thread();
        // Threads that clipboard and screen readers need outlive the window.
        runtime::pin();
        if let Some(scale) = scale_factor {
            self.size.set_host_scale(scale);
        }
        self.size.set_desktop_scale(scale::of_desktop());
        self.size.show();
        let (width, height) = self.size.pixels();
        let (narrowest, lowest) = self.size.least_pixels();
        let mut settings = WindowSettings::new()
            .with_title(self.title)
            .with_size(PhysicalSize::new(width, height))
            .with_min_size(PhysicalSize::new(narrowest, lowest))
            .with_wait_for_parent(wait_for_parent);
        settings.parent = parent
            .as_ref()
            .map(baseview::ParentWindowHandle::from_window);
        let embedded = parent.is_some() || wait_for_parent;
        let hidden = Arc::new(AtomicBool::new(false));
        let page = (self.title, (self.open)(context));
        let (mut around, mut wish, mut granting) = (None, None, None);
        if let Some(methods) = host {
            let shared = wish::shared(methods);
            (around, wish, granting) = (Some(shared.0), Some(shared.1), Some(shared.2));
        }
        let (size, repaint) = (self.size.clone(), self.repaint.clone());
        let handler = {
            let hidden = hidden.clone();
            move |window| Handler::new(window, page, size, repaint, hidden, embedded, wish)
        };
        let window = Window::create_with_host(settings, handler, around)
            .inspect_err(|_| self.size.close())?;
        let handle = Handle {
            size: self.size.clone(),
            repaint: self.repaint.clone(),
            hidden,
            granting,
        };
        Ok(SpawnedEditor { handle, window })
    }

    fn size(&self) -> NativeSize<u32> {
        self.size.set_desktop_scale(scale::of_desktop());
        native(&self.size)
    }

    fn resize_hint(&self) -> ResizeHint {
        let (narrowest, lowest) = self.size.smallest();
        ResizeHint {
            size_constraints: SizeConstraints::Logical {
                min_size: Some(LogicalSize::new(narrowest, lowest).cast()),
                max_size: Some(LogicalSize::new(LARGEST.0, LARGEST.1).cast()),
            },
            ..ResizeHint::RESIZABLE
        }
    }

    unsafe fn assume_standalone_in_process(&self) {
        // SAFETY: baseview asks for what nice-plug does.
        unsafe {
            baseview::assume_standalone_in_process();
        }
    }
}

impl Handle {
    /// Pixels per what the host counts in.
    fn per_native(&self) -> f64 {
        match cfg!(target_os = "macos") {
            true => self.size.scale(),
            false => 1.0,
        }
    }

    fn pixels(&self, size: NativeSize<u32>) -> (u32, u32) {
        let pixels = |native: u32| (f64::from(native) * self.per_native()).round() as u32;
        (pixels(size.width), pixels(size.height))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.size.close();
    }
}

/// One open window.
pub struct Handle {
    size: Arc<WindowSize>,
    repaint: RepaintNotifier,
    hidden: Arc<AtomicBool>,
    /// Where there is a host.
    granting: Option<Granting>,
}

impl EditorHandle for Handle {
    type Window = Window;
    type Error = baseview::Error;

    fn run_until_closed(window: Window) -> Result<(), Self::Error> {
        window.run_until_closed()
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), Self::Error> {
        window.set_parent(&parent)
    }

    fn show(&self, window: &Window) -> Result<(), Self::Error> {
        self.hidden.store(false, Relaxed);
        self.repaint.request_repaint();
        window.show()
    }

    fn hide(&self, window: &Window) -> Result<(), Self::Error> {
        self.hidden.store(true, Relaxed);
        window.hide()
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Window) -> Result<(), Self::Error> {
        let (width, height) = self.pixels(size);
        self.size.set_pixels((width, height));
        window.resize(size)
    }

    fn adjust_size(&self, size: NativeSize<u32>, _: &Window) -> Option<NativeSize<u32>> {
        let (width, height) = self.size.adjusted(self.pixels(size));
        let native = |pixels: u32| (f64::from(pixels) / self.per_native()).round() as u32;
        Some(NativeSize::new(native(width), native(height)))
    }

    fn set_fallback_scale_factor(&self, scale: f64, window: &Window) -> Result<(), Self::Error> {
        self.size.set_host_scale(scale);
        self.size.show();
        self.repaint.request_repaint();
        // Windows tells baseview by itself, and macOS counts in points.
        if cfg!(not(target_os = "linux")) {
            return window.suggest_fallback_scale_factor(scale);
        }
        match &self.granting {
            Some(granting) => granting.grant(&self.size, window),
            None => window.resize(native(&self.size))?,
        }
        Ok(())
    }

    fn host_main_thread_callback(&self, window: &Window) {
        window.host_main_thread_callback();
        if let Some(granting) = &self.granting {
            granting.grant_wish(&self.size, window);
        }
    }

    fn state_changed(&self) {
        self.repaint.request_repaint();
    }

    fn param_value_changed(&self, _: &str, _: f32) {
        self.repaint.request_repaint();
    }

    fn param_modulation_changed(&self, _: &str, _: f32) {
        self.repaint.request_repaint();
    }
}
