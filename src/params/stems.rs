//! The effect's parameters. As the instrument's: their ids are in saved projects and never change once
//! released.

use nice_plug::prelude::*;

use super::change_param;

/// Everything the host can see and set. Any thread may read; only the framework writes.
#[derive(Params)]
pub struct StemsParams {
    /// Hidden; stepped when what the project remembers of the listening changes.
    #[id = "change"]
    pub change: IntParam,
}

impl Default for StemsParams {
    fn default() -> Self {
        Self {
            change: change_param("Project change"),
        }
    }
}
