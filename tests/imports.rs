//! The house stays a house: which module may import which, and how long a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of `src/` may import; a module always may import itself. Drawn in `src/lib.rs`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("music", &[]),
    ("instrument", &["music"]),
    ("engine", &["instrument", "music"]),
    ("analysis", &["instrument", "music"]),
    ("models", &["analysis", "instrument", "music"]),
    ("library", &["analysis", "models", "instrument", "music"]),
    ("style", &["music"]),
    ("orchestra", &["style", "music"]),
    (
        "work",
        &["models", "analysis", "instrument", "style", "music"],
    ),
    (
        "jobs",
        &[
            "work",
            "library",
            "analysis",
            "models",
            "engine",
            "instrument",
            "music",
        ],
    ),
    ("params", &["engine", "instrument", "music"]),
    (
        "editor",
        &[
            "params",
            "jobs",
            "library",
            "analysis",
            "models",
            "engine",
            "instrument",
            "music",
        ],
    ),
    (
        "plugin",
        &[
            "editor",
            "params",
            "jobs",
            "library",
            "analysis",
            "models",
            "engine",
            "instrument",
            "music",
        ],
    ),
    (
        "cli",
        &[
            "vst3",
            "plugin",
            "params",
            "jobs",
            "work",
            "orchestra",
            "library",
            "analysis",
            "models",
            "engine",
            "instrument",
            "music",
        ],
    ),
    ("entry", &["plugin"]),
    // It knows the plugins as any host does: by `clap_entry`.
    ("vst3", &[]),
    // The map of the house: names every module, and exports the plugins.
    ("lib", &["entry"]),
];

/// Longer than this, a file holds more than one idea.
const MOST_LINES: usize = 500;

#[test]
fn imports_run_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut faults = Vec::new();
    for file in sources("src") {
        let module = module_of(&file);
        if module == "bin" {
            continue;
        }
        let Some(may) = allowed.get(module.as_str()) else {
            faults.push(format!("{}: `{module}` is not in the map", file.display()));
            continue;
        };
        let source = fs::read_to_string(&file).unwrap();
        for (line, imported) in crate_paths(&source, depth_of(&file)) {
            let known = allowed.contains_key(imported.as_str());
            if known && imported != module && !may.contains(&imported.as_str()) {
                faults.push(format!(
                    "{}:{line}: {module} imports {imported}",
                    file.display()
                ));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "imports against the direction:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_map_has_no_circle() {
    for (module, may) in ALLOWED {
        for imported in *may {
            let back = ALLOWED
                .iter()
                .find(|(name, _)| name == imported)
                .expect("names a module")
                .1;
            assert!(
                !back.contains(module),
                "{module} and {imported} may import each other"
            );
        }
    }
}

#[test]
fn the_programs_only_call_the_library() {
    for file in sources("src/bin") {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(
            lines <= 60,
            "{}: {lines} lines; what it does belongs in src/cli",
            file.display()
        );
    }
}

#[test]
fn files_are_short() {
    let long: Vec<String> = [
        "src",
        "runner/src",
        "tests",
        "xtask/src",
        "benches",
        "training",
    ]
    .into_iter()
    .flat_map(sources)
    .filter_map(|file| {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        (lines > MOST_LINES).then(|| format!("{}: {lines} lines", file.display()))
    })
    .collect();
    assert!(
        long.is_empty(),
        "files over {MOST_LINES} lines:\n{}",
        long.join("\n")
    );
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<PathBuf> = sources("src")
        .into_iter()
        .filter(|file| {
            !fs::read_to_string(file)
                .unwrap()
                .trim_start()
                .starts_with("//!")
        })
        .collect();
    assert!(silent.is_empty(), "without a `//!` at the top: {silent:?}");
}

/// Rust and Python files under a folder of the repository, hidden folders left out.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|ext| ext == "rs" || ext == "py")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The first folder, or file, under `src/` on the way to a file.
fn module_of(file: &Path) -> String {
    let inside = file
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// All modules named after `crate::` in code, or after as many `super::` as lead out of a module this
/// deep, with their line; comments are passed over, and so are a file's tests at its end, which may use
/// what they like.
fn crate_paths(source: &str, depth: usize) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let code: Vec<&str> = source
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect();
    let code = code.join("\n");
    let out = "super::".repeat(depth.max(1));
    for root in ["crate::", &out] {
        for (at, _) in code.match_indices(root) {
            let line = code[..at].matches('\n').count() + 1;
            let rest = &code[at + root.len()..];
            let names = if let Some(group) = rest.strip_prefix('{') {
                outermost(group)
            } else {
                vec![first_name(rest)]
            };
            found.extend(names.into_iter().map(|name| (line, name)));
        }
    }
    found
}

/// `src/engine/mod.rs` and `src/engine.rs` are 1 deep, `src/engine/stem.rs` 2.
fn depth_of(file: &Path) -> usize {
    let inside = file
        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap_or(file);
    inside.iter().count() - 1 - usize::from(file.ends_with("mod.rs") || file.ends_with("lib.rs"))
}

/// `a::{b, c}, d}` → `a`, `d`.
fn outermost(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), true);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            _ if start && !letter.is_whitespace() => {
                names.push(first_name(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> String {
    path.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

#[test]
fn the_reader_of_imports_sees_them() {
    let source = "use crate::{engine::{Engine, mailbox}, music};\n// crate::cli\nlet x = crate::jobs::Client;\nuse super::super::{cli, near};\nuse super::near;";
    let seen = |depth| -> Vec<String> {
        crate_paths(source, depth)
            .into_iter()
            .map(|(_, name)| name)
            .collect()
    };
    assert_eq!(seen(3), ["engine", "music", "jobs"]);
    assert_eq!(seen(2), ["engine", "music", "jobs", "cli", "near"]);
    let depths = ["lib.rs", "a.rs", "a/mod.rs", "a/b.rs", "a/b/c.rs"];
    let depths = depths.map(|file| depth_of(&Path::new("src").join(file)));
    assert_eq!(depths, [0, 1, 1, 2, 3]);
}

/// A text can't be told from another: what callers may have to know of a failure is an enum of their own, with
/// a sentence a case. What only its own module calls may say it as it likes.
#[test]
fn failures_are_no_texts() {
    let files = ["src", "runner/src"].into_iter().flat_map(sources);
    let faults: Vec<String> = files
        .flat_map(|file| {
            let source = fs::read_to_string(&file).unwrap();
            let lines = failing_by_text(&source).into_iter();
            lines
                .map(|line| format!("{}:{line}", file.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        faults.is_empty(),
        "functions for others that fail with a text:\n{}",
        faults.join("\n")
    );
}

/// The lines of functions that other modules can call, in traits too, and that return `Result<_, String>`.
fn failing_by_text(source: &str) -> Vec<usize> {
    let code: Vec<&str> = source
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect();
    let mut found = Vec::new();
    let mut in_trait = false;
    for (at, line) in code.iter().enumerate() {
        if line.starts_with("pub trait") || line.starts_with("pub(") && line.contains(") trait ") {
            in_trait = true;
        } else if *line == "}" {
            in_trait = false;
        }
        let named = line.trim_start();
        let open = named.starts_with("pub") && named.contains("fn ");
        if !(open || in_trait && named.starts_with("fn ")) {
            continue;
        }
        let rest = code[at..].join(" ");
        let end = rest.find(['{', ';']).unwrap_or(rest.len());
        if rest[..end].replace(' ', "").ends_with(",String>") && rest[..end].contains("-> Result<")
        {
            found.push(at + 1);
        }
    }
    found
}

#[test]
fn the_reader_of_failures_sees_them() {
    let source = "pub fn a() -> Result<u8, String> {}\nfn b() -> Result<(), String> {}\n\
        pub trait C {\n    fn d(\n        &self,\n    ) -> Result<Vec<u8>, String>;\n}\n\
        impl C for X {\n    fn d(&self) -> Result<Vec<u8>, String> {}\n}\n\
        impl X {\n    pub(super) const fn e() -> Result<(), String> {}\n    pub fn f() -> Result<String, F> {}\n}\n\
        // pub fn g() -> Result<u8, String> {}\n";
    assert_eq!(failing_by_text(source), [1, 4, 12]);
}

/// Whoever runs a model knows its tensors, not what runs them.
#[test]
fn onnx_runtime_is_known_in_one_folder() {
    let knows = |file: &&PathBuf| {
        let source = fs::read_to_string(file).unwrap();
        let mut code = source.lines().map(|line| line.split("//").next().unwrap());
        code.any(|line| {
            let after =
                |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            line.match_indices("ort::").any(|(at, _)| after(at))
        })
    };
    let files = sources("src");
    let knowing: Vec<_> = files.iter().filter(knows).collect();
    assert!(!knowing.is_empty());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/models/runtime");
    let outside = knowing.iter().find(|file| !file.starts_with(&folder));
    assert!(outside.is_none(), "{outside:?} knows ONNX Runtime");
}
