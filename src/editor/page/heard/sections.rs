//! Sections: what they are, and their first bars, written anew.

use egui::{TextEdit, Ui};

use super::{Corrector, as_heard};
use crate::analysis::song::Corrections;
use crate::analysis::song::sections::written;
use crate::editor::page::name_it;
use crate::jobs::song::Heard;

impl Corrector {
    pub(super) fn sections(&mut self, ui: &mut Ui, heard: &Heard, told: &mut Corrections) {
        let sections = &heard.description.sections;
        if heard.description.downbeats.is_empty() {
            return;
        }
        ui.horizontal(|ui| {
            ui.label(match sections.is_empty() {
                true => "Sections: none heard".to_owned(),
                false => format!("Sections: {}", written(sections)),
            });
        });
        ui.horizontal(|ui| {
            ui.label("from bar");
            let firsts = sections.iter().map(|s| (s.first_bar + 1).to_string());
            let before = firsts.collect::<Vec<_>>().join(", ");
            let mut text = self.sections.clone().unwrap_or_else(|| before.clone());
            let field = TextEdit::singleline(&mut text).char_limit(400);
            let field = ui.add(field.desired_width(240.0).hint_text("1, 9, 17"));
            name_it(&field, "First bars of sections", egui::Role::TextInput);
            if field.changed() {
                self.sections = Some(text.clone());
            }
            if field.lost_focus() && self.sections.take().is_some() && text.trim() != before {
                told.sections = firsts_of(&text);
            }
            if as_heard(ui, "sections", heard.told.sections.is_some()) {
                told.sections = None;
            }
        });
    }
}

/// Bars from 0 of those that are written, from 1; none where nothing is written.
fn firsts_of(text: &str) -> Option<Vec<usize>> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    let bars = numbers.filter_map(|number| number.parse::<usize>().ok()?.checked_sub(1));
    let mut bars: Vec<usize> = bars.collect();
    bars.sort_unstable();
    bars.dedup();
    (!bars.is_empty()).then_some(bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_read_however_they_are_written() {
        assert_eq!(firsts_of("1, 9 17"), Some(vec![0, 8, 16]));
        assert_eq!(firsts_of("9;1;9; 0"), Some(vec![0, 8]));
        assert_eq!(firsts_of(" none "), None);
    }
}
