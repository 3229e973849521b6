//! The texts of licences: which file of a crate is which, and what two of them have in common.

use crate::shell::Result;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A licence's text, apart from the lines that say whose work it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its SPDX id, or the name of the file.
    pub title: String,
    /// "Copyright (c) …", as the file says it, or else who the authors are.
    pub holders: Vec<String>,
    pub body: String,
    /// The file as it is.
    pub whole: String,
}

/// GNU's licences, whatever their version: their texts lie beside others that are chosen.
const GNU: &str = "GPL";

/// Words by which a licence is known, in lower case and with single spaces.
const MARKS: &[(&str, &[&str])] = &[
    (
        "MIT",
        &[
            "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated",
            "this permission notice shall be included",
        ],
    ),
    (
        "Apache-2.0 WITH LLVM-exception",
        &["llvm exceptions to the apache 2.0 license"],
    ),
    (
        "Apache-2.0",
        &["apache license version 2.0, january 2004", "1. definitions"],
    ),
    (
        "ISC",
        &[
            "permission to use, copy, modify, and/or distribute this software",
            "provided that the above",
        ],
    ),
    (
        "ISC",
        &[
            "permission to use, copy, modify, and distribute this software",
            "provided that the above",
        ],
    ),
    (
        "BSD-3-Clause",
        &[
            "redistribution and use in source and binary forms",
            "endorse or promote",
        ],
    ),
    (
        "BSD-2-Clause",
        &["redistribution and use in source and binary forms"],
    ),
    (
        "Zlib",
        &["this software is provided 'as-is', without any express or implied warranty"],
    ),
    ("BSL-1.0", &["boost software license - version 1.0"]),
    (
        "0BSD",
        &["permission to use, copy, modify, and/or distribute this software"],
    ),
    (
        "MIT-0",
        &[
            "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated",
        ],
    ),
    ("BlueOak-1.0.0", &["blue oak model license"]),
    (
        "Unlicense",
        &["this is free and unencumbered software released into the public domain"],
    ),
    ("CC0-1.0", &["cc0 1.0 universal"]),
    ("Unicode-3.0", &["unicode license v3"]),
    (
        "Unicode-DFS-2016",
        &["unicode, inc. license agreement - data files and software"],
    ),
    ("OFL-1.1", &["sil open font license version 1.1"]),
    ("Ubuntu-font-1.0", &["ubuntu font licence version 1.0"]),
    (
        "MPL-2.0",
        &["mozilla public license version 2.0", "1. definitions"],
    ),
    (GNU, &["gnu general public license", "terms and conditions"]),
    (
        GNU,
        &["gnu lesser general public license", "terms and conditions"],
    ),
];

/// Marks of a licence that those of another contain.
const PARTS_OF: &[(&str, &str)] = &[
    ("BSD-2-Clause", "BSD-3-Clause"),
    ("0BSD", "ISC"),
    ("MIT-0", "MIT"),
    ("Apache-2.0", "Apache-2.0 WITH LLVM-exception"),
];

/// The licences whose text a file holds.
pub fn kinds(text: &str) -> BTreeSet<&'static str> {
    let text = text.to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |(_, marks): &&(&str, &[&str])| marks.iter().all(|mark| text.contains(mark));
    let mut found: BTreeSet<_> = MARKS.iter().filter(has).map(|(id, _)| *id).collect();
    for (part, whole) in PARTS_OF {
        if found.contains(whole) {
            found.remove(part);
        }
    }
    found
}

/// What is to be shown of a crate's files, and the standard text of chosen licences that it has no file of.
///
/// # Errors
/// When a file can't be read, a part of it is under GNU's licence alone, or there is no standard text.
pub fn in_crate(folder: &Path, chosen: &[String], authors: &str) -> Result<Vec<Text>> {
    let mut shown = Vec::new();
    let mut missing: BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
    let mut files = Vec::new();
    find(folder, &mut files).map_err(|error| format!("its files could not be read: {error}."))?;
    files.sort();
    for file in &files {
        let text = fs::read(file).map_err(|error| format!("{}: {error}.", file.display()))?;
        let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
        let kinds = kinds(&text);
        let name = file.strip_prefix(folder).unwrap_or(file);
        let at_top = name.components().count() == 1;
        if kinds.contains(GNU) {
            let beside = |other: &&PathBuf| other.parent() == file.parent() && *other != file;
            if files.iter().find(beside).is_none() {
                return Err(format!(
                    "{} has GNU's licence and no other.",
                    name.display()
                ));
            }
            continue;
        }
        let wanted = if kinds.is_empty() {
            // Notices and lists of authors, but not "licensed under either of …".
            let text = text.to_lowercase();
            text.contains("copyright") || text.contains("author")
        } else {
            // At the top one of several to choose of; further down, and in lists of other people's
            // work, what holds besides.
            let chosen = chosen.iter().any(|id| kinds.contains(id.as_str()));
            chosen || !at_top || name.to_string_lossy().to_uppercase().contains("THIRD")
        };
        if wanted {
            let title = match kinds.iter().collect::<Vec<_>>()[..] {
                [kind] => (*kind).to_owned(),
                _ => name.to_string_lossy().replace('\\', "/"),
            };
            // Fonts have theirs beside them.
            let of_fonts = |id: &str| matches!(id, "OFL-1.1" | "Ubuntu-font-1.0");
            missing.retain(|id| !(kinds.contains(id) && (at_top || of_fonts(id))));
            shown.push(apart(title, &text, kinds.len() == 1, authors));
        }
    }
    for id in missing {
        shown.push(standard(id, &[format!("Copyright (c) {authors}")])?);
    }
    Ok(shown)
}

/// The standard text of a licence, for work that comes without.
///
/// # Errors
/// When there is none.
pub fn standard(id: &str, holders: &[String]) -> Result<Text> {
    let file = format!("xtask/licences/{id}.txt");
    let body = fs::read_to_string(crate::shell::root().join(&file)).map_err(|_| {
        format!("it comes without the text of {id}; add the standard text as {file}.")
    })?;
    let body = tidy(&body);
    Ok(Text {
        title: id.into(),
        holders: holders.to_vec(),
        whole: body.clone(),
        body,
    })
}

/// A text with its holders' lines apart, if it is one licence's: those at its top, and in Apache's, which
/// has a place for them at its end, anywhere.
pub fn apart(title: String, text: &str, one_licence: bool, authors: &str) -> Text {
    let (mut holders, mut body): (Vec<String>, Vec<&str>) = Default::default();
    let anywhere = title.starts_with("Apache");
    for line in text.lines() {
        let at_top = body.iter().all(|line| line.is_empty());
        if !one_licence || !(at_top || anywhere) {
            body.push(line);
        } else if names_holder(line) {
            holders.push(line.trim().to_owned());
        } else if at_top && line.trim().eq_ignore_ascii_case("all rights reserved.") {
            let of = holders.pop().unwrap_or_default();
            holders.push(format!("{of} {}", line.trim()));
        } else if !(at_top && is_title(line)) {
            body.push(line);
        }
    }
    if matches!(&title[..], "MIT" | "ISC") && !text.lines().any(names_holder) {
        holders.push(format!("(no copyright line; by {authors})"));
    }
    Text {
        title,
        holders,
        body: tidy(&body.join("\n")),
        whole: tidy(text),
    }
}

fn names_holder(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let Some(rest) = line
        .strip_prefix("copyright")
        .or_else(|| line.strip_prefix("(c)"))
    else {
        return line.starts_with('©');
    };
    let rest = rest.trim_start_matches([' ', ':', ',']);
    ["(c)", "©", "the ", "by "]
        .iter()
        .any(|mark| rest.starts_with(mark))
        || rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a line is but the licence's name, as some files have it and others don't.
fn is_title(line: &str) -> bool {
    let line = line.trim().trim_matches(['#', ' ', '=']).to_lowercase();
    let titles = [
        "mit license",
        "the mit license",
        "the mit license (mit)",
        "mit license (mit)",
        "isc license",
    ];
    titles.contains(&line.as_str())
}

/// Without blanks at the ends of lines and of the text, which copies differ in.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    text.trim_start_matches('\n').trim_end().to_owned()
}

/// Files that are about licences by their names, in all folders but those of tests.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let end = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        if path.is_dir() {
            if !["tests", "benches", "examples", ".git"].contains(&name.as_str()) {
                find(&path, found)?;
            }
            continue;
        }
        let begins = [
            "license",
            "licence",
            "unlicense",
            "copying",
            "copyright",
            "notice",
            "authors",
            "patents",
        ];
        let of_a_font = end == "txt"
            && path
                .parent()
                .is_some_and(|folder| folder.ends_with("fonts"));
        let is_code = ["rs", "c", "h", "py", "toml", "json"].contains(&end.as_str());
        if of_a_font || begins.iter().any(|word| name.starts_with(word)) && !is_code {
            found.push(path);
        }
    }
    Ok(())
}
