//! The effect's parameters. As the instrument's: their ids are in saved projects and never change once
//! released.

use nice_plug::prelude::*;

use super::{change_param, limit, stem_level};

/// Everything the host can see and set. Any thread may read; only the framework writes.
#[derive(Params)]
pub struct StemsParams {
    /// Level of the stem, as linear gain, shown in dB.
    #[id = "stmlvl"]
    pub level: FloatParam,
    /// Whether the stem plays.
    #[id = "stemon"]
    pub on: BoolParam,
    /// Whether the track is passed on; off, the stem is alone.
    #[id = "track"]
    pub track: BoolParam,
    /// Whether what the stem makes louder is limited, at −1 dBTP.
    #[id = "limit"]
    pub limit: BoolParam,
    /// The host's own switch: the track leaves as it came, and no stem plays.
    #[id = "bypass"]
    pub bypass: BoolParam,
    /// Hidden; stepped when what the project remembers of the listening changes.
    #[id = "change"]
    pub change: IntParam,
}

impl Default for StemsParams {
    fn default() -> Self {
        Self {
            level: stem_level(),
            on: BoolParam::new("Stem on", true),
            track: BoolParam::new("Track on", true),
            limit: limit(),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
            change: change_param("Project change"),
        }
    }
}
