//! The factory library: searched by words, filtered by family and tag; a click plays.

use std::collections::BTreeMap;

use egui::{Button, ComboBox, Rect, Response, RichText, Role, TextEdit, Ui, UiBuilder, pos2, vec2};

use super::{name_it, prompt};
use crate::editor::widgets::rows::rows;
use crate::editor::widgets::spoken;
use crate::editor::{Controls, View, theme};
use crate::instrument::Family;
use crate::instrument::factory::{self, Entry, Kind};

/// Tags offered, those of most instruments first.
const TAGS: usize = 12;

/// What the browser remembers between frames.
#[derive(Default)]
pub(super) struct Browser {
    open: bool,
    search: String,
    family: Option<Family>,
    tag: Option<String>,
    /// What went wrong last.
    wrong: Option<String>,
}

impl Browser {
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    fn shows(&self, entry: &Entry) -> bool {
        entry.kind == Kind::Instrument
            && self.family.is_none_or(|family| entry.family == family)
            && self.tag.as_ref().is_none_or(|tag| entry.tags.contains(tag))
            && entry.fits(&self.search)
    }
}

/// The button that opens and closes the browser, in the corner of where it lies.
pub(super) fn button(ui: &mut Ui, place: Rect, browser: &mut Browser) {
    let size = vec2(86.0, 26.0);
    let at = Rect::from_min_size(pos2(place.right() - size.x - 8.0, place.top() + 8.0), size);
    let (text, hint) = match browser.open {
        true => ("Close", "Shows the instrument's picture again"),
        false => ("Factory", "Instruments that come with Consort"),
    };
    if ui.put(at, Button::new(text)).on_hover_text(hint).clicked() {
        browser.open = !browser.open;
    }
}

/// Shows the browser over the whole of `place`.
pub(super) fn browser(
    ui: &mut Ui,
    place: Rect,
    browser: &mut Browser,
    view: &View,
    controls: &dyn Controls,
) {
    ui.painter().rect_filled(place, theme::ROUND, theme::CARD);
    let inside = place.shrink(8.0);
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        filters(ui, browser);
        tags(ui, browser);
        list(ui, browser, view, controls);
    });
}

/// The search field and the families, beside the button that closes.
fn filters(ui: &mut Ui, browser: &mut Browser) {
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut browser.search)
            .id_salt("factory search")
            .hint_text("Search the factory library");
        let width = (ui.available_width() - 250.0).max(80.0);
        let field = ui.add_sized(vec2(width, 26.0), field);
        name_it(&field, "Search", egui::Role::TextInput);
        let shown = browser
            .family
            .map_or("All families".to_owned(), prompt::title);
        let families = ComboBox::from_id_salt("factory family")
            .width(140.0)
            .height(420.0)
            .selected_text(shown)
            .show_ui(ui, |ui| {
                ui.spacing_mut().interact_size.y = 20.0;
                prompt::families(ui, &mut browser.family);
            })
            .response;
        name_it(&families, "Factory family", egui::Role::ComboBox);
    });
}

/// The tags of most instruments; one of them may be chosen.
fn tags(ui: &mut Ui, browser: &mut Browser) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in factory::entries() {
        for tag in &entry.tags {
            *counts.entry(tag).or_default() += 1;
        }
    }
    let mut offered: Vec<(&str, usize)> = counts.into_iter().collect();
    offered.sort_by_key(|&(tag, count)| (usize::MAX - count, tag));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        ui.spacing_mut().button_padding = vec2(7.0, 1.0);
        ui.spacing_mut().interact_size.y = 18.0;
        for (tag, _) in offered.into_iter().take(TAGS) {
            let chosen = browser.tag.as_deref() == Some(tag);
            let text = RichText::new(tag).small();
            let button = ui.selectable_label(chosen, text);
            name_it(&button, &format!("Tag {tag}"), egui::Role::Button);
            if button.clicked() {
                browser.tag = (!chosen).then(|| tag.to_owned());
            }
        }
    });
}

fn list(ui: &mut Ui, browser: &mut Browser, view: &View, controls: &dyn Controls) {
    let shown: Vec<&Entry> = factory::entries()
        .iter()
        .filter(|entry| browser.shows(entry))
        .collect();
    if let Some(sentence) = &browser.wrong {
        ui.label(RichText::new(sentence).color(theme::WRONG));
    } else if shown.is_empty() {
        let hint = "Nothing fits; search for other words, or make it with a prompt.";
        ui.label(RichText::new(hint).color(theme::TEXT_WEAK));
    }
    let playing = view.instrument.as_ref();
    let clicked = rows(ui, "Factory library", shown.len(), |ui, index, response| {
        let entry = shown[index];
        let plays = playing.is_some_and(|instrument| {
            instrument.name == entry.name && instrument.recipe.prompt == entry.prompt
        });
        name_it(response, &entry.name, Role::ListBoxOption);
        spoken::listed(response, plays, index, shown.len());
        row(ui, entry, response, plays);
    });
    if let Some(index) = clicked {
        let played = controls.play_factory(&shown[index].name);
        browser.wrong = played.err().map(|fault| fault.to_string());
    }
}

/// One instrument.
fn row(ui: &Ui, entry: &Entry, response: &Response, plays: bool) {
    let rect = response.rect;
    let fill = match (plays, response.hovered()) {
        (true, _) => theme::ACCENT.gamma_multiply(0.25),
        (false, true) => theme::FIELD_HOVERED,
        (false, false) => theme::FIELD.gamma_multiply(0.5),
    };
    let about = format!(
        "{} · {}",
        prompt::title(entry.family),
        entry.tags.join(", ")
    );
    spoken::describe(response, &about);
    ui.painter()
        .rect_filled(rect.shrink2(vec2(0.0, 1.0)), theme::ROUND_SMALL, fill);
    let inside = rect.shrink2(vec2(8.0, 0.0));
    let (left, right) = inside.split_left_right_at_fraction(0.45);
    for (rect, shown, colour) in [
        (left, entry.name.as_str(), theme::TEXT),
        (right, about.as_str(), theme::TEXT_WEAK),
    ] {
        let at = rect.left_center();
        let text = ui
            .painter()
            .layout_no_wrap(shown.to_owned(), theme::small(), colour);
        ui.painter()
            .with_clip_rect(rect)
            .galley(at - vec2(0.0, text.size().y / 2.0), text, colour);
    }
}
