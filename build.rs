//! Finds what is embedded in the library: the compressed ONNX Runtime, the program that runs models in a process
//! of its own, and the transcription model, that `cargo xtask setup` leaves in `target/assets`, the built-in model pack in
//! `plugin-assets/models`, the factory library and the styles. All but the last two may be missing: Consort still
//! builds, and says at run time what to do.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(variable("OUT_DIR"));
    println!("cargo::rerun-if-changed=build.rs");
    embed_runtime(&root, &out);
    embed_runner(&root, &out);
    embed_basic_pitch(&root, &out);
    embed_pack(&root, &out);
    let places = (&*root, &*out);
    embed_folder(places, "factory", "consort", ("include_bytes", "&[u8]"));
    embed_folder(places, "styles", "toml", ("include_str", "&str"));
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// Writes `runtime_asset.rs`: an `Option<&[u8]>` with the zstd-compressed library.
fn embed_runtime(root: &Path, out: &Path) {
    println!("cargo::rerun-if-env-changed=CONSORT_ORT_ASSET");
    let asset = env::var_os("CONSORT_ORT_ASSET").map_or_else(
        || {
            assets(root).join(format!(
                "onnxruntime-{}-{}.zst",
                variable("CARGO_CFG_TARGET_OS"),
                variable("CARGO_CFG_TARGET_ARCH")
            ))
        },
        PathBuf::from,
    );
    embed(&asset, &out.join("runtime_asset.rs"));
}

/// Writes `runner_asset.rs`: an `Option<(&[u8], &str)>` with the zstd-compressed program and its hash.
fn embed_runner(root: &Path, out: &Path) {
    let name = format!(
        "runner-{}-{}.zst",
        variable("CARGO_CFG_TARGET_OS"),
        variable("CARGO_CFG_TARGET_ARCH")
    );
    let asset = assets(root).join(name);
    let hash = fs::read_to_string(asset.with_extension("sha256")).unwrap_or_default();
    let (path, hash) = (asset.display().to_string(), hash.trim());
    let found = if asset.is_file() && hash.len() == 64 {
        println!("cargo::rerun-if-changed={path}");
        format!("Some((include_bytes!({path:?}), {hash:?}))")
    } else {
        String::from("None")
    };
    write(&out.join("runner_asset.rs"), &found);
}

/// Writes `basic_pitch_asset.rs`: an `Option<&[u8]>` with the transcription model.
fn embed_basic_pitch(root: &Path, out: &Path) {
    let asset = assets(root).join("basic_pitch.onnx");
    embed(&asset, &out.join("basic_pitch_asset.rs"));
}

/// Where `cargo xtask setup` leaves what it fetched.
fn assets(root: &Path) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let assets = target.join("assets");
    // A path that doesn't exist makes cargo run this script at every build.
    let _ = fs::create_dir_all(&assets);
    println!("cargo::rerun-if-changed={}", assets.display());
    assets
}

/// Writes an `Option<&[u8]>` with a file's bytes, if it is there.
fn embed(asset: &Path, source: &Path) {
    let found = if asset.is_file() {
        println!("cargo::rerun-if-changed={}", asset.display());
        format!("Some(include_bytes!({:?}))", asset.display().to_string())
    } else {
        String::from("None")
    };
    write(source, &found);
}

/// Writes `pack_files.rs`: name and bytes of each file of the built-in pack.
fn embed_pack(root: &Path, out: &Path) {
    let folder = root.join("plugin-assets").join("models");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    let mut source = String::from("&[");
    for file in files {
        let extension = file.extension().and_then(|e| e.to_str()).unwrap_or("");
        if let Some(name) = file.file_name().and_then(|name| name.to_str())
            && matches!(extension, "onnx" | "json")
            && name != "golden.json"
        {
            let path = file.display().to_string();
            let _ = write!(source, "({name:?}, include_bytes!({path:?}) as &[u8]),");
        }
    }
    source.push(']');
    println!("cargo::rustc-check-cfg=cfg(built_in_models)");
    if folder.join("manifest.json").is_file() {
        println!("cargo::rustc-cfg=built_in_models");
    }
    write(&out.join("pack_files.rs"), &source);
}

/// Writes name and content of each file in a folder of `plugin-assets` that ends so, as a macro includes it.
fn embed_folder(
    (root, out): (&Path, &Path),
    folder: &str,
    ending: &str,
    (include, of): (&str, &str),
) {
    let place = root.join("plugin-assets").join(folder);
    println!("cargo::rerun-if-changed={}", place.display());
    let entries = fs::read_dir(&place).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let mut source = String::from("&[");
    for file in files {
        if file.extension().is_some_and(|end| end == ending)
            && let Some(name) = file.file_name().and_then(|name| name.to_str())
        {
            let path = file.display().to_string();
            let _ = write!(source, "({name:?}, {include}!({path:?}) as {of}),");
        }
    }
    source.push(']');
    write(&out.join(format!("{folder}_files.rs")), &source);
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|e| panic!("can't write {}: {e}", path.display()));
}
