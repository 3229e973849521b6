//! The lines of `prompts.txt`.

use consort::instrument::Family;

use crate::Result;

/// One instrument to make.
#[derive(Clone)]
pub struct Line {
    pub name: String,
    pub family: Family,
    pub tags: Vec<String>,
    pub prompt: String,
}

/// Reads `name | family | tags | prompt`; empty lines and those that begin with # are passed over.
pub fn read(text: &str) -> Result<Vec<Line>> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(number, line)| {
            let parts: Vec<&str> = line.split('|').map(str::trim).collect();
            let [name, family, tags, prompt] = parts.as_slice() else {
                return Err(
                    format!("line {} of prompts.txt has no four parts.", number + 1).into(),
                );
            };
            Ok(Line {
                name: (*name).into(),
                family: family.parse()?,
                tags: tags
                    .split(',')
                    .map(|tag| tag.trim().to_lowercase())
                    .collect(),
                prompt: (*prompt).into(),
            })
        })
        .collect()
}
