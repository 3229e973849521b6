//! What is shipped and is no crate. Each is named here by hand, for nothing else knows of it.

use super::Component;
use super::texts::{Text, apart, standard};
use crate::setup::{basic_pitch_wheel, onnxruntime_wheel};
use crate::shell::Result;

/// All of it, in the order of its names.
///
/// # Errors
/// When `cargo xtask setup` hasn't left the notices of ONNX Runtime and Basic Pitch.
pub fn all() -> Result<Vec<Component>> {
    let mit = |holder: &str| Ok::<_, String>(vec![standard("MIT", &[holder.to_owned()])?]);
    Ok(vec![
        component(
            "all-MiniLM-L6-v2",
            "Apache-2.0",
            "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
            "Consort's text encoder and its word pieces are derived from this model; layers were left out, and it \
             was trained on for descriptions of sounds.",
            vec![standard(
                "Apache-2.0",
                &["The authors of sentence-transformers".into()],
            )?],
        ),
        basic_pitch()?,
        component(
            "FluidR3 GM",
            "MIT",
            "Debian's package fluid-soundfont-gm",
            "The factory instrument \"Electric Piano\" is an analysis of its Rhodes; no sample of it is in Consort.",
            mit("Copyright (c) 2000-2002, 2008 Frank Wen <getfrank@gmail.com>")?,
        ),
        component(
            "Fonts: Hack, Noto Emoji, Ubuntu Light, egui-icons",
            "MIT AND OFL-1.1 AND Ubuntu-font-1.0",
            "https://github.com/emilk/egui",
            "In the crate epaint_default_fonts; their licences are among its texts. Hack: Copyright (c) 2018 Source \
             Foundry Authors, Copyright (c) 2003 by Bitstream, Inc. All Rights Reserved. Noto Emoji: Copyright 2013 \
             Google Inc. All Rights Reserved. Ubuntu Light: Copyright 2011 Canonical Ltd. egui-icons: Copyright (c) \
             2014 John Slegers.",
            Vec::new(),
        ),
        onnxruntime()?,
        component(
            "Rust's standard library",
            "MIT OR Apache-2.0",
            "https://github.com/rust-lang/rust",
            "Crates that are part of it are under the same licences; compiler-builtins is MIT AND (Apache-2.0 WITH \
             LLVM-exception).",
            mit("Copyright (c) The Rust Project Contributors")?,
        ),
        component(
            "SQLite",
            "public domain",
            "https://www.sqlite.org/copyright.html",
            "Its source is in the crate libsqlite3-sys. Its authors disclaim copyright.",
            Vec::new(),
        ),
        component(
            "VST 3 interfaces",
            "MIT",
            "https://github.com/steinbergmedia/vst3sdk",
            "The crate vst3 is generated from the headers of Steinberg's VST 3 SDK 3.8.0, which are under the MIT \
             licence. VST is a registered trademark of Steinberg Media Technologies GmbH, registered in Europe and \
             other countries.",
            mit("Copyright (c) 2025, Steinberg Media Technologies GmbH")?,
        ),
        component(
            "WordNet 3.0",
            "WordNet-3.0",
            "https://wordnet.princeton.edu, Debian's package wordnet-base",
            "Consort's text encoder was trained on its words and definitions.",
            vec![standard("WordNet-3.0", &[])?],
        ),
    ])
}

fn component(name: &str, licence: &str, from: &str, remark: &str, texts: Vec<Text>) -> Component {
    let chosen = match licence {
        "MIT OR Apache-2.0" => "MIT",
        one => one,
    };
    Component {
        name: name.into(),
        version: String::new(),
        licence: licence.into(),
        chosen: vec![chosen.into()],
        from: from.into(),
        remark: remark.into(),
        texts,
    }
}

fn basic_pitch() -> Result<Component> {
    let wheel = basic_pitch_wheel()?;
    let [licence, notice] = &wheel.notices()?[..] else {
        return Err("Basic Pitch has a licence and a notice.".into());
    };
    Ok(Component {
        version: wheel.version,
        ..component(
            "Basic Pitch",
            "Apache-2.0",
            "https://github.com/spotify/basic-pitch, PyPI's package basic-pitch",
            "Its model (ICASSP 2022) writes the notes of sounds down; it is as it was published. None of its code is \
             in Consort, nor what its notice says of that.",
            vec![
                apart("Apache-2.0".into(), licence, true, "Spotify AB"),
                apart("NOTICE of Basic Pitch".into(), notice, false, ""),
            ],
        )
    })
}

fn onnxruntime() -> Result<Component> {
    let wheel = onnxruntime_wheel()?;
    let [licence, notices] = &wheel.notices()?[..] else {
        return Err("ONNX Runtime has a licence and notices.".into());
    };
    Ok(Component {
        version: wheel.version,
        ..component(
            "ONNX Runtime",
            "MIT",
            "https://github.com/microsoft/onnxruntime, PyPI's package onnxruntime",
            "The library is as it was published. Its own notices of third parties are the last of part 5.",
            vec![
                apart("MIT".into(), licence, true, "Microsoft Corporation"),
                apart(NOTICES.into(), notices, false, ""),
            ],
        )
    })
}

/// A title that stands behind all others, for it is longer than all of them together.
pub const NOTICES: &str = "Third-party notices of ONNX Runtime";
