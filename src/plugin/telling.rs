//! Telling the host that the project changed.

use nice_plug::context::gui::GuiContext;
use nice_plug::params::IntParam;

use crate::params::next_change;

/// Makes the host see it by a step of the hidden parameter: fields of the state alone it doesn't
/// notice. UI thread.
pub(super) fn tell_host(host: &GuiContext, change: &IntParam) {
    let setter = host.param_setter();
    setter.begin_set_parameter(change);
    setter.set_parameter(change, next_change(change));
    setter.end_set_parameter(change);
}
