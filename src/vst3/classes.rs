//! The classes that hosts find in the library.

use std::ffi::CStr;

/// A plugin as VST3 lists it.
pub struct VstClass {
    /// Its id, which projects hold: the bytes as they stand in presets and on systems but Windows.
    pub id: [u8; 16],
    /// The CLAP plugin behind it.
    pub clap: &'static CStr,
    /// What hosts show.
    pub name: &'static str,
    /// VST3's sub-categories, between bars.
    pub categories: &'static str,
}

/// The instrument.
pub const INSTRUMENT: VstClass = VstClass {
    id: *b"ConsortInstrumnt",
    clap: c"org.consort.consort",
    name: "Consort",
    categories: "Instrument|Synth|Sampler|Stereo",
};

/// The effect.
pub const STEMS: VstClass = VstClass {
    id: *b"ConsortStemsEfct",
    clap: c"org.consort.stems",
    name: "Consort Stems",
    categories: "Fx|Analyzer|Tools|Stereo",
};

/// The instrument comes first: some hosts know a file by its first class only.
pub const ALL: [&VstClass; 2] = [&INSTRUMENT, &STEMS];

impl VstClass {
    /// The id as this system's hosts pass it: Windows swaps the first eight bytes, as a GUID has them.
    #[must_use]
    pub const fn platform_id(&self) -> [u8; 16] {
        let mut id = self.id;
        if cfg!(target_os = "windows") {
            let from = self.id;
            [id[0], id[1], id[2], id[3]] = [from[3], from[2], from[1], from[0]];
            [id[4], id[5], id[6], id[7]] = [from[5], from[4], from[7], from[6]];
        }
        id
    }
}
