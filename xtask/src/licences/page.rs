//! THIRD-PARTY-LICENSES as a text.

use super::others::NOTICES;
use super::texts::Text;
use super::{Component, standing};
use crate::setup::sha256;
use crate::shell::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const WIDTH: usize = 110;

/// One text of a licence, and who uses it.
struct Shared<'a> {
    number: usize,
    text: &'a Text,
    /// Who holds it, and in what.
    holders: BTreeMap<&'a str, Vec<String>>,
    users: Vec<String>,
}

/// The whole file. `lock` is the hash of Cargo.lock.
///
/// # Errors
/// When a part that is written by hand can't be read.
pub fn write(crates: &[Component], others: &[Component], lock: &str) -> Result<String> {
    let texts = shared(crates.iter().chain(others));
    let numbers = |component: &Component| {
        let mut numbers: Vec<usize> = component
            .texts
            .iter()
            .map(|t| texts[&key(t)].number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        match &numbers[..] {
            [] => String::new(),
            [one] => format!("    text {one}\n"),
            several => format!("    texts {}\n", several.join(", ")),
        }
    };
    let list = |components: &[Component]| {
        let entries = components.iter().map(|one| entry(one) + &numbers(one));
        entries.collect::<Vec<_>>().join("\n")
    };
    let mut page = standing("introduction")?;
    part(&mut page, 1, "Crates");
    let _ = write!(page, "{} crates.\n\n{}", crates.len(), list(crates));
    part(&mut page, 2, "What else is in Consort");
    page += &list(others);
    part(&mut page, 3, "Source code under the Mozilla Public License");
    page +=
        "The source of these crates, unchanged, is to be had from crates.io, free of charge:\n\n";
    let mozilla = |one: &&Component| one.chosen.iter().any(|id| id == "MPL-2.0");
    for one in crates.iter().filter(mozilla) {
        let (name, version) = (&one.name, &one.version);
        let _ = writeln!(
            page,
            "  https://static.crates.io/crates/{name}/{name}-{version}.crate"
        );
    }
    part(&mut page, 4, "What the models were trained on");
    page += &standing("data")?;
    part(&mut page, 5, "Texts");
    let mut texts: Vec<&Shared> = texts.values().collect();
    texts.sort_by_key(|shared| shared.number);
    for shared in texts {
        page += &in_full(shared);
    }
    Ok(head(&page, lock) + &page)
}

/// What comes before all else; by it, a change that nobody wrote with the command is seen.
fn head(page: &str, lock: &str) -> String {
    format!(
        "THIRD-PARTY LICENCES OF CONSORT\n\nWritten by `cargo xtask licences`, not by hand.\n\
         Cargo.lock   sha256 {lock}\nwhat follows sha256 {}\n\n",
        sha256(page.as_bytes())
    )
}

/// The hash of Cargo.lock that a file was written for, if nothing in it was changed since.
#[cfg(test)]
pub fn written_for(file: &str) -> Option<&str> {
    let (top, page) = file
        .split_once("\n\n")
        .and_then(|(_, rest)| rest.split_once("\n\n"))?;
    let lock = top.lines().nth(1)?.rsplit(' ').next()?;
    (head(page, lock) + page == file).then_some(lock)
}

/// What is said of one crate, or of something else.
pub fn entry(component: &Component) -> String {
    let name = format!("{} {}", component.name, component.version);
    let mut entry = format!("{}\n    {}", name.trim_end(), component.licence);
    let chosen = component.chosen.join(" AND ");
    if chosen != component.licence {
        let _ = write!(entry, " (chosen: {chosen})");
    }
    let _ = writeln!(entry, "\n    {}", component.from);
    if !component.remark.is_empty() {
        entry += &wrapped(&component.remark);
    }
    entry
}

fn part(page: &mut String, number: usize, title: &str) {
    let line = "=".repeat(WIDTH);
    let _ = write!(page, "\n{line}\n{number}  {title}\n{line}\n\n");
}

/// What two copies of a text have in common.
fn key(text: &Text) -> (bool, String, String) {
    let letters = text.body.chars().filter(|c| c.is_alphanumeric());
    let letters = letters.flat_map(char::to_lowercase).collect();
    (text.title == NOTICES, text.title.clone(), letters)
}

type Texts<'a> = BTreeMap<(bool, String, String), Shared<'a>>;

fn shared<'a>(components: impl Iterator<Item = &'a Component>) -> Texts<'a> {
    let mut texts = Texts::new();
    for component in components {
        let user = format!("{} {}", component.name, component.version);
        let user = user.trim_end();
        for text in &component.texts {
            let shared = texts.entry(key(text)).or_insert_with(|| Shared {
                number: 0,
                text,
                holders: BTreeMap::new(),
                users: Vec::new(),
            });
            if !shared.users.iter().any(|known| known == user) {
                shared.users.push(user.to_owned());
            }
            for holder in &text.holders {
                let of = shared.holders.entry(holder).or_default();
                if !of.iter().any(|known| known == user) {
                    of.push(user.to_owned());
                }
            }
        }
    }
    for (index, shared) in texts.values_mut().enumerate() {
        shared.number = index + 1;
    }
    texts
}

fn in_full(shared: &Shared) -> String {
    let line = "-".repeat(WIDTH);
    let mut out = format!("{line}\n[{}] {}\n", shared.number, shared.text.title);
    let held: Vec<&String> = shared.holders.values().flatten().collect();
    let single = shared.users.len() == 1;
    let unheld = shared.users.iter();
    let unheld: Vec<&String> = unheld
        .filter(|user| single || !held.contains(user))
        .collect();
    if !unheld.is_empty() {
        out += &wrapped(&list(unheld));
    }
    out.push('\n');
    // One copy is shown as it is, for holders may be named within.
    if single && shared.text.body != shared.text.whole {
        let _ = write!(out, "{}\n\n", shared.text.whole);
        return out;
    }
    for (holder, of) in &shared.holders {
        let _ = writeln!(out, "{holder}");
        if !single {
            out += &wrapped(&list(of.iter().collect()));
        }
    }
    if !shared.holders.is_empty() {
        out.push('\n');
    }
    let _ = write!(out, "{}\n\n", shared.text.body);
    out
}

fn list(names: Vec<&String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.join(", ")
}

/// Indented lines of words.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut line = String::from("   ");
    for word in text.split_whitespace() {
        if line.len() + word.len() >= WIDTH && line.len() > 4 {
            let _ = writeln!(out, "{line}");
            line = String::from("   ");
        }
        line.push(' ');
        line += word;
    }
    let _ = writeln!(out, "{line}");
    out
}
