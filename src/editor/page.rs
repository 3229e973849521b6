//! The first page: prompt, variations, picture, knobs, keyboard, files.

use std::path::Path;
use std::sync::Arc;

use egui::{
    Align, Button, ComboBox, CornerRadius, Key, Layout, ProgressBar, Rect, RichText, Sense,
    TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::widgets::{keyboard, knob, meter, picture};
use super::{Controls, View, theme};
use crate::instrument::{Family, Instrument};
use crate::jobs::{Request, Stage, Status};

/// Space around everything.
const MARGIN: f32 = 16.0;
const HEADER: f32 = 34.0;
const METERS: f32 = 90.0;
const PROMPT: f32 = 62.0;
const VARIATIONS: f32 = 34.0;
const KEYBOARD: f32 = 92.0;
const FILES: f32 = 30.0;
/// Width of the card of knobs: four of them.
const KNOBS: f32 = 4.0 * knob::SIZE.x + 3.0 * 4.0 + 24.0;

/// Seeds a prompt is tried with, side by side.
const VARIATION_NAMES: [&str; 4] = ["A", "B", "C", "D"];

/// Prompts to pick where typing isn't possible, or nothing comes to mind.
const IDEAS: [&str; 12] = [
    "warm cello",
    "soft felt piano",
    "bright glass bells",
    "breathy wooden flute",
    "hollow clarinet",
    "round upright bass",
    "gritty analog bass",
    "slow airy choir",
    "plucked nylon guitar",
    "mellow drawbar organ",
    "dark detuned pad",
    "punchy brass section",
];

/// What the page remembers between frames; nothing of it is saved.
pub struct State {
    prompt: String,
    family: Option<Family>,
    /// Seed of variation A; B, C and D follow.
    first_seed: u64,
    file: String,
    /// How the last file was dealt with.
    notice: Option<String>,
    /// A failure that the user has read.
    dismissed: Option<String>,
    /// The key that the pointer holds.
    pressed: Option<u8>,
    picture: picture::Picture,
    /// The instrument whose recipe is in the fields.
    shown: Option<Arc<Instrument>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            prompt: String::new(),
            family: None,
            first_seed: 1,
            file: String::new(),
            notice: None,
            dismissed: None,
            pressed: None,
            picture: picture::Picture::default(),
            shown: None,
        }
    }
}

impl State {
    /// Lets go of what the pointer holds: the window is about to close.
    pub(super) fn release(&mut self, controls: &dyn Controls) {
        if let Some(key) = self.pressed.take() {
            controls.key(key, None);
        }
    }

    /// Puts the recipe of a new instrument (made, undone to, or loaded) into the fields.
    fn follow(&mut self, instrument: Option<&Arc<Instrument>>) {
        let Some(instrument) = instrument else {
            return;
        };
        let known = self
            .shown
            .as_ref()
            .is_some_and(|shown| Arc::ptr_eq(shown, instrument));
        if known {
            return;
        }
        let recipe = &instrument.recipe;
        if !recipe.prompt.is_empty() && recipe.pack.is_some() {
            self.prompt.clone_from(&recipe.prompt);
            self.family = recipe.family;
            let page = VARIATION_NAMES.len() as u64;
            self.first_seed = recipe.seed.saturating_sub(1) / page * page + 1;
        }
        self.shown = Some(instrument.clone());
    }

    fn request(&self, variation: usize) -> Request {
        Request {
            prompt: self.prompt.trim().to_owned(),
            seed: self.first_seed.saturating_add(variation as u64),
            family: self.family,
            ..Request::default()
        }
    }

    /// Which variation of the prompt in the field an instrument is.
    fn variation_of(&self, instrument: &Instrument) -> Option<usize> {
        (0..VARIATION_NAMES.len()).find(|&variation| {
            let request = self.request(variation);
            instrument.recipe.prompt == request.prompt
                && instrument.recipe.family == request.family
                && instrument.recipe.seed == request.seed
        })
    }
}

/// Shows the page and does what the user asks. UI thread.
pub fn ui(ui: &mut Ui, state: &mut State, controls: &dyn Controls) {
    let view = controls.view();
    state.follow(view.instrument.as_ref());
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0, theme::BACKGROUND);

    let mut rest = whole.shrink(MARGIN);
    let mut from_top = |height: f32, gap: f32| {
        let row = Rect::from_min_size(rest.min, vec2(rest.width(), height));
        rest.min.y += height + gap;
        row
    };
    let header_rect = from_top(HEADER, 8.0);
    let prompt_rect = from_top(PROMPT, 8.0);
    let variations_rect = from_top(VARIATIONS, 8.0);
    let files_rect = Rect::from_min_max(pos2(rest.left(), rest.bottom() - FILES), rest.max);
    rest.max.y -= FILES + theme::GAP;
    let keys_rect = Rect::from_min_max(pos2(rest.left(), rest.bottom() - KEYBOARD), rest.max);
    rest.max.y -= KEYBOARD + theme::GAP;
    let split = rest.right() - KNOBS;
    let picture_rect = Rect::from_min_max(rest.min, pos2(split - theme::GAP, rest.bottom()));
    let knobs_rect = Rect::from_min_max(pos2(split, rest.top()), rest.max);

    row(ui, header_rect, |ui| header(ui, &view, controls));
    on_card(ui, prompt_rect, |ui| prompt(ui, state, &view, controls));
    row(ui, variations_rect, |ui| {
        variations(ui, state, &view, controls);
    });
    ui.scope_builder(UiBuilder::new().max_rect(picture_rect), |ui| {
        state
            .picture
            .show(ui, picture_rect, view.instrument.as_ref());
    });
    ui.scope_builder(UiBuilder::new().max_rect(knobs_rect), |ui| {
        knobs(ui, controls);
    });
    ui.scope_builder(UiBuilder::new().max_rect(keys_rect), |ui| {
        keyboard::keyboard(ui, keys_rect, &view, controls, &mut state.pressed);
    });
    row(ui, files_rect, |ui| files(ui, state, controls));
}

/// Things side by side, centred on the row's height.
fn row(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), add);
}

fn on_card(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(rect, theme::ROUND, theme::CARD);
    row(ui, rect.shrink2(vec2(12.0, 10.0)), add);
}

fn header(ui: &mut Ui, view: &View, controls: &dyn Controls) {
    logo(ui);
    ui.label(RichText::new("Consort").heading().strong());
    ui.add_space(14.0);
    let name = view.instrument.as_ref().map_or("", |i| i.name.as_str());
    let room = (ui.available_width() - 330.0).max(80.0);
    ui.scope(|ui| {
        ui.set_max_width(room);
        let text = RichText::new(name).size(15.0).color(theme::ACCENT);
        ui.add(egui::Label::new(text).truncate().selectable(false));
    });
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let step = |ui: &mut Ui, text: &str, target: &Option<String>| {
            let button = ui.add_enabled(target.is_some(), Button::new(text));
            let hint = format!("{text}: back to what was there");
            let hint = target
                .as_ref()
                .map_or(hint, |name| format!("{text}: {name}"));
            button.on_hover_text(hint).clicked()
        };
        if step(ui, "Redo", &view.after) {
            controls.redo();
        }
        if step(ui, "Undo", &view.before) {
            controls.undo();
        }
        ui.add_space(8.0);
        let meters = vec2(METERS, 16.0);
        ui.allocate_ui_with_layout(meters, Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            meter::meter(ui, "Output level", view.peak, METERS);
            meter::meter(ui, "Sidechain level", view.sidechain_peak, METERS);
        });
    });
}

/// Five bars of a chord.
fn logo(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(26.0, 24.0), Sense::hover());
    for (index, height) in [0.45, 0.8, 1.0, 0.65, 0.35].into_iter().enumerate() {
        let bar = Rect::from_center_size(
            pos2(rect.left() + 3.0 + index as f32 * 5.0, rect.center().y),
            vec2(3.0, rect.height() * height),
        );
        ui.painter().rect_filled(bar, 1.5, theme::ACCENT);
    }
}

fn prompt(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    let height = ui.available_height();
    // From the right, so that the field gets the room that is left.
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let go = go_button(ui, vec2(126.0, height), view, controls);
        family(ui, state);
        ideas(ui, state);
        let field = TextEdit::singleline(&mut state.prompt)
            .id_salt("prompt")
            .hint_text("What should it sound like? For example: warm cello")
            .font(egui::FontId::proportional(17.0))
            .align(egui::Align2::LEFT_CENTER)
            .margin(vec2(12.0, 4.0));
        let field = ui.add_sized(vec2(ui.available_width(), height), field);
        name_it(ui, &field, "Prompt", egui::Role::TextInput);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if go || entered {
            generate(state, view, controls);
        }
    });
}

/// Generate, or Cancel while an instrument is being made. Whether to generate.
fn go_button(ui: &mut Ui, size: egui::Vec2, view: &View, controls: &dyn Controls) -> bool {
    // While it is rendered the instrument plays already: there is nothing to cancel.
    let making =
        matches!(&view.status, Status::Working { stage, .. } if *stage != Stage::Rendering);
    if making {
        if ui.add_sized(size, Button::new("Cancel")).clicked() {
            controls.cancel();
        }
        return false;
    }
    let text = RichText::new("Generate").strong().color(theme::ON_ACCENT);
    let button = Button::new(text).fill(theme::ACCENT);
    ui.add_sized(size, button).clicked()
}

fn family(ui: &mut Ui, state: &mut State) {
    let shown = state.family.map_or("Any family".to_owned(), title);
    let response = ComboBox::from_id_salt("family")
        .width(150.0)
        .height(460.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            // All of them at once, without scrolling.
            ui.spacing_mut().interact_size.y = 20.0;
            ui.spacing_mut().button_padding.y = 2.0;
            ui.spacing_mut().item_spacing.y = 3.0;
            ui.selectable_value(&mut state.family, None, "Any family");
            for family in Family::ALL {
                ui.selectable_value(&mut state.family, Some(family), title(family));
            }
        })
        .response;
    name_it(ui, &response, "Family", egui::Role::ComboBox);
}

fn ideas(ui: &mut Ui, state: &mut State) {
    let menu = ui.menu_button("Ideas", |ui| {
        for idea in IDEAS {
            if ui.button(idea).clicked() {
                state.prompt = idea.to_owned();
                state.family = None;
                ui.close();
            }
        }
    });
    menu.response.on_hover_text("Prompts to start from");
}

/// Makes variation A of the prompt; if it plays already, of the seeds that follow.
fn generate(state: &mut State, view: &View, controls: &dyn Controls) {
    state.notice = None;
    let known = view.instrument.as_ref();
    if known.is_some_and(|instrument| state.variation_of(instrument).is_some()) {
        state.first_seed = state
            .first_seed
            .saturating_add(VARIATION_NAMES.len() as u64);
    } else {
        state.first_seed = 1;
    }
    controls.make(state.request(0));
}

fn variations(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    let playing = view
        .instrument
        .as_ref()
        .and_then(|instrument| state.variation_of(instrument));
    ui.label(RichText::new("Variation").color(theme::TEXT_WEAK));
    ui.spacing_mut().item_spacing.x = 4.0;
    for (index, name) in VARIATION_NAMES.into_iter().enumerate() {
        let selected = playing == Some(index);
        let text = if selected {
            RichText::new(name).strong().color(theme::ON_ACCENT)
        } else {
            RichText::new(name)
        };
        let mut button = Button::new(text).min_size(vec2(38.0, 30.0));
        if selected {
            button = button.fill(theme::ACCENT);
        }
        let button = ui.add_enabled(!state.prompt.trim().is_empty(), button);
        name_it(
            ui,
            &button,
            &format!("Variation {name}"),
            egui::Role::Button,
        );
        let seed = state.request(index).seed;
        if button.on_hover_text(format!("Seed {seed}")).clicked() {
            state.notice = None;
            controls.make(state.request(index));
        }
    }
    ui.add_space(12.0);
    status(ui, state, view, controls);
}

/// The line that says what is going on or what went wrong.
fn status(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    let wrong = match &view.status {
        Status::Failed(sentence) if state.dismissed.as_ref() != Some(sentence) => Some(sentence),
        _ => view.message.as_ref(),
    };
    if let Status::Working {
        stage, progress, ..
    } = &view.status
    {
        state.dismissed = None;
        let bar = ProgressBar::new(*progress)
            .desired_width(180.0)
            .desired_height(8.0)
            .corner_radius(CornerRadius::same(4))
            .fill(theme::READY);
        let bar = ui.add(bar);
        name_it(ui, &bar, "Progress", egui::Role::ProgressIndicator);
        ui.add_space(6.0);
        ui.label(RichText::new(stage.label()).color(theme::TEXT_WEAK));
    } else if let Some(sentence) = wrong {
        let room = ui.available_width() - 90.0;
        ui.scope(|ui| {
            ui.set_max_width(room);
            let text = RichText::new(sentence).color(theme::WRONG);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(sentence);
        });
        if ui.button("Dismiss").clicked() {
            state.dismissed = Some(sentence.clone());
            controls.dismiss();
        }
    } else if let Some(notice) = &state.notice {
        ui.add(egui::Label::new(RichText::new(notice).color(theme::TEXT_WEAK)).truncate());
    } else {
        let total = crate::instrument::zone::PIANO_KEYS.count() as u32;
        let ready = view.ready_keys.count_ones();
        let text = if ready >= total {
            String::new()
        } else {
            format!("{ready} of {total} keys ready")
        };
        ui.label(RichText::new(text).color(theme::TEXT_WEAK));
    }
}

fn knobs(ui: &mut Ui, controls: &dyn Controls) {
    let params = controls.params();
    let group = |ui: &mut Ui, title: &str, add: &mut dyn FnMut(&mut Ui)| {
        ui.label(RichText::new(title).small().color(theme::ACCENT));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            add(ui);
        });
    };
    theme::card().show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.spacing_mut().item_spacing.y = 4.0;
        group(ui, "SHAPE", &mut |ui| {
            knob::knob(ui, controls, &params.brightness);
            knob::knob(ui, controls, &params.decay);
            knob::knob(ui, controls, &params.body);
            knob::knob(ui, controls, &params.motion);
        });
        group(ui, "SOUND", &mut |ui| {
            knob::knob(ui, controls, &params.level);
            knob::knob(ui, controls, &params.tone);
            knob::knob(ui, controls, &params.width);
            knob::knob(ui, controls, &params.velocity_curve);
        });
        group(ui, "PLAY", &mut |ui| {
            knob::knob(ui, controls, &params.attack);
            knob::knob(ui, controls, &params.release);
            knob::knob(ui, controls, &params.glide);
            knob::knob(ui, controls, &params.tune);
        });
    });
}

fn files(ui: &mut Ui, state: &mut State, controls: &dyn Controls) {
    ui.label(RichText::new("Instrument file").color(theme::TEXT_WEAK));
    let room = ui.available_width() - 150.0;
    let field = TextEdit::singleline(&mut state.file)
        .id_salt("file")
        .hint_text("/path/to/instrument.consort")
        .align(egui::Align2::LEFT_CENTER);
    let field = ui.add_sized(vec2(room, 28.0), field);
    name_it(ui, &field, "Instrument file", egui::Role::TextInput);
    let path = state.file.trim().to_owned();
    let given = !path.is_empty();
    let path = Path::new(&path);
    if ui.add_enabled(given, Button::new("Open")).clicked() {
        state.notice = Some(match controls.open(path) {
            Ok(()) => format!("Opened {}.", path.display()),
            Err(sentence) => sentence,
        });
    }
    if ui.add_enabled(given, Button::new("Save")).clicked() {
        state.notice = Some(match controls.save(path) {
            Ok(()) => format!("Saved {}.", path.display()),
            Err(sentence) => sentence,
        });
    }
}

/// Gives a widget the name that a screen reader says.
fn name_it(ui: &Ui, response: &egui::Response, name: &str, role: egui::Role) {
    response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), name));
}

/// "Chromatic percussion".
fn title(family: Family) -> String {
    let name = family.name();
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
