//! A window's life: what it hears goes to egui, and what egui draws to the screen.
//!
//! It paints from a timer of its own, and only once the display has asked for a picture: a frame that is
//! asked of baseview before the window is mapped is lost, and none is ever given again.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use baseview::dpi::PhysicalSize;
use baseview::{
    DamageArea, Event, EventStatus, HandlerError, PlatformHandle, TimerHandle, WindowContext,
    WindowEvent, WindowHandler,
};
use egui::{Pos2, Rect, ViewportId, vec2};

use super::access::{Access, Asked, Placed};
use super::drag_out::DragOut;
use super::keyboard::Keyboard;
use super::pace::{Pace, TICK};
use super::paint::{Area, Canvas, Screen};
use super::wish::Wish;
use super::{Page, RepaintNotifier, WindowFault, WindowSize, output, take_dragged};
use crate::editor::theme;

/// Time between looks whether a window that wants to draw can be seen.
const LOOK: Duration = Duration::from_millis(400);
/// Larger textures than any page needs.
const TEXTURE: usize = 8192;

/// A window's half that lives on its thread.
pub(super) struct Handler {
    window: WindowContext,
    pub(super) ctx: egui::Context,
    pub(super) size: Arc<WindowSize>,
    repaint: RepaintNotifier,
    /// The host has hidden it.
    hidden: Arc<AtomicBool>,
    timer: TimerHandle,
    began: Instant,
    pub(super) pace: Pace,
    /// The way to another size, where a host has the window around.
    wish: Option<Wish>,
    inner: RefCell<Inner>,
}

pub(super) struct Inner {
    pub(super) page: Box<dyn Page>,
    pub(super) input: egui::RawInput,
    pub(super) canvas: Canvas,
    pub(super) screen: Screen<PlatformHandle>,
    pub(super) keyboard: Keyboard,
    pub(super) drag: Option<DragOut>,
    pub(super) access: Access,
    pub(super) asked: Asked,
    placed: Placed,
    pub(super) pointer: Option<Pos2>,
    pub(super) modifiers: egui::Modifiers,
    /// Buttons that are down.
    pub(super) held: u32,
    /// When one was pressed last.
    pub(super) clicked: Option<Instant>,
    pub(super) cursor: baseview::MouseCursor,
    /// Something of the page has its focus.
    pub(super) editing: bool,
    /// Nothing had the keyboard in the last frame.
    idle: bool,
}

fn fault(error: impl ToString) -> HandlerError {
    HandlerError::from_boxed(error.to_string().into())
}

impl Handler {
    /// The handler of a window that is not shown yet.
    pub(super) fn new(
        window: WindowContext,
        (title, page): (&'static str, Box<dyn Page>),
        size: Arc<WindowSize>,
        repaint: RepaintNotifier,
        hidden: Arc<AtomicBool>,
        embedded: bool,
        wish: Option<Wish>,
    ) -> Result<Self, HandlerError> {
        let ctx = egui::Context::default();
        theme::apply(&ctx);
        ctx.set_zoom_factor(size.zoom());
        let pace = Pace::new(&ctx);
        let handle = window.platform_handle();
        let asked = Asked::new(&ctx, title);
        let inner = Inner {
            page,
            input: egui::RawInput {
                max_texture_side: Some(TEXTURE),
                ..egui::RawInput::default()
            },
            canvas: Canvas::new(),
            screen: Screen::new(handle.clone()).map_err(fault)?,
            keyboard: Keyboard::new(&handle, embedded).map_err(fault)?,
            drag: None,
            access: Access::new(&asked, &handle),
            asked,
            placed: Placed::default(),
            pointer: None,
            modifiers: egui::Modifiers::default(),
            held: 0,
            clicked: None,
            cursor: baseview::MouseCursor::Default,
            editing: false,
            idle: true,
        };
        let timer = window.create_timer(TICK).map_err(fault)?;
        let handler = Self {
            window,
            ctx,
            size,
            repaint,
            hidden,
            timer,
            began: Instant::now(),
            pace,
            wish,
            inner: RefCell::new(inner),
        };
        handler.follow_system_scale();
        Ok(handler)
    }

    /// Where the system scales windows, it knows best.
    fn follow_system_scale(&self) {
        if cfg!(not(target_os = "linux")) {
            self.size
                .set_desktop_scale(Some(self.window.scale_factor()));
        }
    }

    pub(super) fn pixels(&self) -> (u32, u32) {
        let PhysicalSize { width, height } = self.window.size().physical;
        (width, height)
    }

    /// Runs the page, and shows what it changed.
    fn frame(&self, inner: &mut Inner) -> Result<(), WindowFault> {
        self.pace.began();
        let (width, height) = self.pixels();
        let scale = self.size.pixels_per_point((width, height));
        let mut input = inner.input.take();
        input.time = Some(self.began.elapsed().as_secs_f64());
        let points = vec2(width as f32, height as f32) / scale;
        input.screen_rect = Some(Rect::from_min_size(Pos2::ZERO, points));
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(scale / self.ctx.zoom_factor());
        let page = &mut inner.page;
        let mut output = self.ctx.run_ui(input, |ui| page.show(ui));
        for viewport in output.viewport_output.values() {
            self.pace.wake_after(viewport.repaint_delay);
        }
        let size = [width as usize, height as usize];
        let mut areas = inner.canvas.paint(
            &self.ctx,
            std::mem::take(&mut output.shapes),
            &output.textures_delta,
            size,
            scale,
        );
        if self.pace.exposed.take() {
            areas = vec![Area::whole(inner.canvas.size())];
        }
        let shown = inner.screen.show(&inner.canvas, &areas);
        self.answer(inner, output.platform_output);
        self.zoom();
        shown
    }

    /// What egui asks of the system.
    fn answer(&self, inner: &mut Inner, output: egui::PlatformOutput) {
        for command in output.commands {
            if let egui::OutputCommand::CopyText(text) = command {
                output::copy(text);
            }
        }
        let cursor = output::cursor(output.cursor_icon);
        if cursor != inner.cursor && self.window.set_mouse_cursor(cursor).is_ok() {
            inner.cursor = cursor;
        }
        // Tab goes round by way of nothing, for one frame: that is not told, nor is the keyboard given back.
        let wants = self.ctx.egui_wants_keyboard_input();
        let between = inner.editing && !wants && !inner.idle;
        inner.idle = !wants;
        if between {
            self.pace.hurry();
            return self.drag_out(inner);
        }
        if let Some(mut tree) = output.accesskit_update {
            inner.asked.tidy(&mut tree);
            inner.access.update(tree);
        }
        if wants != inner.editing {
            inner.editing = wants;
            inner.access.focused(wants);
        }
        inner.keyboard.wants(wants);
        self.drag_out(inner);
    }

    /// Begins to drag what the page wants dragged.
    fn drag_out(&self, inner: &mut Inner) {
        if let Some(files) = take_dragged(&self.ctx)
            && inner.held > 0
        {
            inner.drag = DragOut::begin(&files, &self.window.platform_handle()).ok();
            // Elsewhere the system keeps the button's release to itself.
            if cfg!(not(target_os = "linux")) {
                self.let_go(inner);
            }
        }
    }

    /// Follows what the user zoomed to, by a key or in the page.
    fn zoom(&self) {
        let asked = self.ctx.zoom_factor();
        if asked == self.size.zoom() {
            return;
        }
        self.size.zoom_to(asked);
        self.ctx.set_zoom_factor(self.size.zoom());
        self.pace.hurry();
        match &self.wish {
            Some(wish) => wish.resize(),
            None => {
                let (width, height) = self.size.pixels();
                let _ = self.window.resize(PhysicalSize::new(width, height));
            }
        }
    }

    /// Whether anybody can see what would be drawn.
    fn visible(&self, inner: &Inner) -> bool {
        if self.hidden.load(Relaxed) || !self.pace.shown.get() {
            return false;
        }
        let looked = self.pace.looked.get();
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            self.pace.looked.set(Some(Instant::now()));
            // The display asks for a picture when it can be seen again.
            self.pace.shown.set(inner.keyboard.viewable());
        }
        self.pace.shown.get()
    }

    fn tick(&self) {
        let Ok(mut inner) = self.inner.try_borrow_mut() else {
            return;
        };
        let inner = &mut *inner;
        for typed in inner.keyboard.poll() {
            self.typed(inner, typed);
        }
        if let Some(actions) = inner.asked.take() {
            let requests = actions.into_iter().map(egui::Event::AccessKitActionRequest);
            inner.input.events.extend(requests);
            self.pace.hurry();
        }
        if inner.asked.listens()
            && let Some(bounds) = inner.placed.look(|| inner.keyboard.bounds())
        {
            inner.access.placed(bounds);
        }
        if let Some(drag) = &mut inner.drag {
            drag.serve();
            if drag.over().is_some() {
                inner.drag = None;
            }
        }
        self.draw_if_due(inner);
    }

    fn draw_if_due(&self, inner: &mut Inner) {
        let due = self.pace.due(&self.repaint);
        // A window that can't draw now tries again with the next frame.
        if due && self.visible(inner) && self.frame(inner).is_err() {
            self.pace.exposed.set(true);
        }
    }
}

impl WindowHandler for Handler {
    fn draw(&self) -> Result<(), HandlerError> {
        Ok(())
    }

    fn damage(&self, _: DamageArea) {
        self.pace.shown.set(true);
        self.pace.exposed.set(true);
    }

    fn resized(&self, size: baseview::WindowSize) -> Result<(), HandlerError> {
        self.follow_system_scale();
        let PhysicalSize { width, height } = size.physical;
        self.size.set_pixels((width, height));
        self.pace.hurry();
        Ok(())
    }

    fn on_event(&self, event: Event) -> EventStatus {
        let Ok(mut inner) = self.inner.try_borrow_mut() else {
            return EventStatus::Ignored;
        };
        self.pace.hurry();
        match event {
            Event::Mouse(event) => {
                let status = self.mouse(&mut inner, event);
                if self.pace.rested() {
                    self.draw_if_due(&mut inner);
                }
                status
            }
            Event::Keyboard(said) => self.key(&mut inner, &said),
            Event::Window(WindowEvent::Focused) => {
                inner.keyboard.given();
                EventStatus::Captured
            }
            Event::Window(WindowEvent::Unfocused) => {
                self.keyboard_lost(&mut inner);
                EventStatus::Captured
            }
            _ => EventStatus::Ignored,
        }
    }

    fn on_timer(&self, timer: &TimerHandle) {
        if *timer == self.timer {
            self.tick();
        }
    }
}
