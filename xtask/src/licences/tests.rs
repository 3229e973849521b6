//! THIRD-PARTY-LICENSES is what the command would write, as far as that can be told without a network.

use super::*;

const WHAT_TO_DO: &str = "run `cargo xtask licences` and commit THIRD-PARTY-LICENSES";

/// Without a network crates of other systems may not be there. Then those that are there must be in the
/// file, and Cargo.lock and the rest of the file as they were when it was written.
#[test]
fn the_file_is_what_the_command_writes() {
    let file = read(FILE).unwrap();
    let (mut found, mut absent) = (Crates::default(), Vec::new());
    for system in crates::SYSTEMS {
        match crates::of(system, true) {
            Ok(crates) => found.add(crates),
            Err(why) if why.contains("--offline") => absent.push(system),
            Err(why) => panic!("{why}"),
        }
    }
    assert!(
        absent.len() < crates::SYSTEMS.len(),
        "no system's crates are here"
    );
    let crates = found.all();
    let others = others::all().unwrap();
    let entries: Vec<String> = crates.iter().chain(&others).map(page::entry).collect();
    let missing: Vec<&str> = entries
        .iter()
        .filter(|entry| !file.contains(&format!("\n\n{entry}")))
        .filter_map(|entry| entry.lines().next())
        .collect();
    assert!(
        missing.is_empty(),
        "not in the file: {}; {WHAT_TO_DO}",
        missing.join(", ")
    );
    let lock = lock().unwrap();
    assert_eq!(
        page::written_for(&file),
        Some(&lock[..]),
        "Cargo.lock has changed, or the file was changed by hand; {WHAT_TO_DO}"
    );
    if absent.is_empty() {
        let same = page::write(&crates, &others, &lock).unwrap() == file;
        assert!(same, "a text or a crate has changed or gone; {WHAT_TO_DO}");
    }
}

/// The data card names the packages in the second column of the tables whose last one is a licence.
#[test]
fn every_source_of_the_data_card_is_named() {
    let card = read("training/DATA_CARD.md").unwrap();
    let data = standing("data").unwrap();
    let (mut in_table, mut named) = (false, 0);
    for line in card.lines() {
        if line.starts_with("| source |") {
            in_table = line.contains("licence");
        } else if !line.starts_with('|') {
            in_table = false;
        } else if in_table {
            let package = line.split('|').nth(2).unwrap_or_default();
            for package in package
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|name| !name.contains('/'))
            {
                assert!(
                    data.contains(package),
                    "{package} is not in xtask/licences/data.txt"
                );
                named += 1;
            }
        }
    }
    assert!(named >= 12, "{named}");
}

#[test]
fn a_change_by_hand_is_seen() {
    let page = page::write(&[], &[], "abc").unwrap();
    assert_eq!(page::written_for(&page), Some("abc"));
    assert_eq!(page::written_for(&page.replacen("Linux", "Linus", 1)), None);
    assert_eq!(
        page::written_for(&page.replacen("abc", "abd", 1)),
        Some("abd")
    );
    assert_eq!(page::written_for(""), None);
}

#[test]
fn texts_that_differ_in_holders_are_one() {
    let folder = root()
        .join("target")
        .join(format!("licences-test-{}", std::process::id()));
    let text = |holder: &str| {
        let mit = standing("MIT").unwrap();
        texts::apart(
            "MIT".into(),
            &format!("The MIT License\n\n{holder}\n\n{mit}"),
            true,
            "A. Uthor",
        )
    };
    let (one, other, nobody) = (text("Copyright (c) 2020 One"), text("© Other"), text(""));
    assert_eq!((&one.body, &one.body), (&other.body, &nobody.body));
    assert_eq!(one.holders, ["Copyright (c) 2020 One"]);
    assert!(nobody.holders[0].contains("A. Uthor"));

    // Of two files the chosen one is shown, and what lies further down; GNU's beside another is not.
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let gnu = "GNU General Public License, terms and conditions";
    write("LICENSE-MIT", &standing("MIT").unwrap());
    write("LICENSE-APACHE", &standing("Apache-2.0").unwrap());
    write("vendored/LICENSE", &standing("BSL-1.0").unwrap());
    write("vendored/COPYING", gnu);
    let shown = |chosen: &str| {
        let texts = texts::in_crate(&folder, &[chosen.to_owned()], "A. Uthor");
        texts.map(|texts| texts.into_iter().map(|text| text.title).collect::<Vec<_>>())
    };
    assert_eq!(shown("MIT").unwrap(), ["MIT", "BSL-1.0"]);
    assert_eq!(
        shown("ISC").unwrap(),
        ["BSL-1.0", "ISC"],
        "the standard text"
    );
    assert!(shown("MPL-2.0").unwrap_err().contains("standard text"));
    write("other/COPYING", gnu);
    assert!(shown("MIT").unwrap_err().contains("GNU"));
    fs::remove_dir_all(folder).unwrap();
}
