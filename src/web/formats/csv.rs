//! Writing CSV (RFC 4180, UTF-8) that spreadsheets open as it is meant.
//!
//! Text that a spreadsheet would take for a formula gets an apostrophe before it. Numbers are written by their own
//! functions, so that a negative number stays a number.

use rust_decimal::Decimal;

use super::Locale;
use crate::problem::Problem;

/// The media type.
pub const MEDIA_TYPE: &str = "text/csv";

/// A CSV document being written.
#[derive(Debug)]
pub struct CsvDocument {
    writer: csv::Writer<Vec<u8>>,
    locale: Locale,
}

impl CsvDocument {
    /// A document with its header; none where it is the continuation of another.
    pub fn new(locale: Locale, header: &[&str]) -> Result<Self, Problem> {
        let delimiter = match locale {
            Locale::En => b',',
            Locale::Da => b';',
        };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        if !header.is_empty() {
            writer.write_record(header).map_err(bug)?;
        }
        Ok(Self { writer, locale })
    }

    /// Adds a row of cells that were made with the functions below.
    pub fn row(&mut self, cells: &[String]) -> Result<(), Problem> {
        self.writer.write_record(cells).map_err(bug)
    }

    /// A number with the decimals that it has.
    pub fn number(&self, number: Option<Decimal>) -> String {
        let text = number.map(|number| number.to_string()).unwrap_or_default();
        match self.locale {
            Locale::En => text,
            Locale::Da => text.replace('.', ","),
        }
    }

    /// The finished document.
    pub fn finish(self) -> Result<Vec<u8>, Problem> {
        self.writer.into_inner().map_err(bug)
    }
}

/// A whole number.
pub fn whole(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// A text; one that a spreadsheet would take for a formula is neutralised.
pub fn text(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn bug(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "an answer cannot be written as CSV");
    Problem::internal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_a_number_stays_a_number() {
        let mut document = CsvDocument::new(Locale::Da, &["a", "b", "c"]).unwrap();
        let number = document.number("-13.0".parse().ok());
        document
            .row(&[text(Some("=1+1")), number, text(Some("a;\"b\""))])
            .unwrap();
        let written = String::from_utf8(document.finish().unwrap()).unwrap();
        assert_eq!(written, "a;b;c\n'=1+1;-13,0;\"a;\"\"b\"\"\"\n");
    }
}
