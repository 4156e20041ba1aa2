//! The files of a plan.

use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use super::demo;

static FREDERICIA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/seeds/fredericia-2023-2026");

/// Where the files of a plan are.
#[derive(Clone, Debug)]
pub enum Source {
    /// The Fredericia plan 2023–2026, inside the program.
    Fredericia,
    /// The same with made-up departments, for the demonstration.
    Demo,
    /// A folder.
    Folder(PathBuf),
}

impl Source {
    pub(super) fn read(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        match self {
            Source::Fredericia | Source::Demo => match FREDERICIA.get_file(name) {
                Some(file) if matches!(self, Source::Demo) => demo::changed(name, file.contents()),
                Some(file) => Ok(file.contents().to_vec()),
                None => bail!("the program holds no {name}"),
            },
            Source::Folder(folder) => {
                let path = folder.join(name);
                std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Source::Fredericia | Source::Demo => FREDERICIA.get_file(name).is_some(),
            Source::Folder(folder) => folder.join(name).exists(),
        }
    }

    /// The dates of the extracts: of each file `extract-<date>.csv`.
    pub(super) fn extract_dates(&self) -> anyhow::Result<Vec<NaiveDate>> {
        let names: Vec<String> = match self {
            Source::Fredericia | Source::Demo => FREDERICIA
                .files()
                .map(|file| file.path().to_string_lossy().into_owned())
                .collect(),
            Source::Folder(folder) => std::fs::read_dir(folder)
                .with_context(|| format!("{} cannot be read", folder.display()))?
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect::<anyhow::Result<_>>()?,
        };
        let mut dates = Vec::new();
        for name in names {
            if let Some(date) = name.strip_prefix("extract-").and_then(|name| name.strip_suffix(".csv")) {
                dates.push(date.parse().with_context(|| format!("{name} names no date"))?);
            }
        }
        dates.sort_unstable();
        Ok(dates)
    }

    pub(super) fn rows<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Vec<T>> {
        let bytes = self.read(name)?;
        csv::Reader::from_reader(bytes.as_slice())
            .deserialize()
            .collect::<Result<_, _>>()
            .with_context(|| format!("{name} has a row that cannot be used"))
    }
}
