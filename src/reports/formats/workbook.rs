//! The spreadsheet: a sheet a subject. Text is written as text, whatever it begins with, and never as a formula or a link.

use std::borrow::Cow;

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::super::model::PackView;
use super::sheets::{Cell, Sheet, sheets};
use crate::problem::Problem;

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// How many characters are written into a cell; the format holds 32,767.
const MAX_CELL: usize = 32_000;

/// The workbook of a pack.
pub fn workbook(view: &PackView) -> Result<Vec<u8>, Problem> {
    write(view).map_err(|error| {
        tracing::error!(%error, "a pack cannot be written as a workbook");
        Problem::internal()
    })
}

fn write(view: &PackView) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same pack is the same file: the day of the call stands where the program would put today.
    let as_of = view.pack.figures_as_of.naive_utc();
    let created = ExcelDateTime::parse_from_str(&as_of.format("%Y-%m-%dT%H:%M:%S").to_string())?;
    let properties = DocProperties::new().set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let head = Format::new().set_bold();
    for sheet in sheets(view) {
        let page = workbook.add_worksheet();
        page.set_name(sheet.name)?;
        fill(page, &sheet, &head)?;
    }
    workbook.save_to_buffer()
}

/// As much of a text as a cell holds.
fn fitting(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn fill(page: &mut Worksheet, sheet: &Sheet, head: &Format) -> Result<(), XlsxError> {
    for (column, name) in (0_u16..).zip(&sheet.columns) {
        page.write_string_with_format(0, column, *name, head)?;
        page.set_column_width(column, 24)?;
    }
    page.set_freeze_panes(1, 0)?;
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) => {
                    page.write_string(row, column, fitting(text))?;
                }
                Cell::Number(number) => {
                    page.write_number(row, column, number.to_f64().unwrap_or_default())?;
                }
                Cell::Empty => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_takes_what_it_holds() {
        assert_eq!(fitting("=1+1"), "=1+1");
        let long = "å".repeat(MAX_CELL + 1);
        let fits = fitting(&long);
        assert_eq!(fits.chars().count(), MAX_CELL + 1);
        assert!(fits.ends_with('…'));
    }
}
