//! What is set by hand, besides words: how busy, how loud, how many fills, how swung, how tight.

use super::orders::{Act, Fill, Order, When};
use super::words::{Control, Said};

/// Degrees of loudness, and of density, that a slider goes each way.
const LOUD: f32 = 2.5;
const BUSY: f32 = 2.0;
/// How far fills and swing are moved before anything changes.
const LITTLE: f32 = 0.25;
const MUCH: f32 = 0.75;
/// How much looser the loosest hand is.
const LOOSER: f32 = 1.5;

/// Each −1..=1; 0 is as the style or the network has it, and as the words want it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sliders {
    /// From sparse to busy.
    pub busy: f32,
    /// From soft to loud.
    pub loud: f32,
    /// From no fills at all to one every two bars.
    pub fills: f32,
    /// From straight to triplets.
    pub swing: f32,
    /// From loose to exactly on the grid.
    pub tight: f32,
}

impl Sliders {
    /// Changes what is asked of density.
    pub(super) fn set(&self, said: &mut Said) {
        if self.busy != 0.0 {
            let before = said.density().unwrap_or(0.0);
            let kept = |known: &(Control, f32)| known.0 != Control::Density;
            said.controls.retain(kept);
            let score = (before + BUSY * self.busy).clamp(-2.0, 2.0);
            said.controls.push((Control::Density, score));
        }
        if self.fills.abs() > LITTLE {
            said.section_fills = Some(false);
        }
    }

    /// All else, as orders.
    pub(super) fn orders(&self) -> Vec<Order> {
        let mut acts: Vec<(Act, When)> = Vec::new();
        let fill = || Act::Fill(Some(Fill::default()));
        match self.fills {
            fills if fills > MUCH => acts.push((fill(), When::Every(2))),
            fills if fills > LITTLE => acts.push((fill(), When::Every(4))),
            fills if fills < -MUCH => acts.push((Act::Fill(None), When::Always)),
            // The whole part's end alone has one.
            fills if fills < -LITTLE => acts.push((fill(), When::Last(1))),
            _ => {}
        }
        if self.loud != 0.0 {
            acts.push((Act::Level(LOUD * self.loud), When::Always));
        }
        if self.swing != 0.0 {
            acts.push((Act::Swing(self.swing.max(0.0)), When::Always));
        }
        if self.tight != 0.0 {
            let share = match self.tight > 0.0 {
                true => 1.0 - self.tight,
                false => 1.0 - LOOSER * self.tight,
            };
            acts.push((Act::Loose(share.max(0.0)), When::Always));
        }
        let order = |(act, when)| Order {
            of: Vec::new(),
            act,
            when,
        };
        acts.into_iter().map(order).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    #[test]
    fn sliders_in_the_middle_change_nothing_and_others_do() {
        let mut said = words::read("soft rock drums");
        let before = said.clone();
        Sliders::default().set(&mut said);
        assert_eq!((&said, Sliders::default().orders()), (&before, vec![]));
        let all = Sliders {
            busy: -1.0,
            loud: 1.0,
            fills: -1.0,
            swing: 0.5,
            tight: 1.0,
        };
        all.set(&mut said);
        assert_eq!(said.density(), Some(-2.0));
        assert_eq!(said.section_fills, Some(false));
        let acts: Vec<Act> = all.orders().into_iter().map(|order| order.act).collect();
        let wanted = [
            Act::Fill(None),
            Act::Level(LOUD),
            Act::Swing(0.5),
            Act::Loose(0.0),
        ];
        assert_eq!(acts, wanted);
    }
}
