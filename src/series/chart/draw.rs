//! Draws a chart.

use chrono::{Datelike, NaiveDate};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Chart, Line, LineKind, words};

const WIDTH: u32 = 960;
const PLOT_HEIGHT: u32 = 480;
const LEGEND_ROW: u32 = 24;
const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(34, 34, 34);
const GREY: RGBColor = RGBColor(110, 110, 110);
const FAINT: RGBColor = RGBColor(221, 221, 221);

/// Colours that people tell apart however they see colours (Okabe and Ito), dark enough for white paper.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 128, 96),
    RGBColor(160, 70, 130),
    RGBColor(150, 110, 0),
    RGBColor(40, 130, 200),
    RGBColor(34, 34, 34),
    RGBColor(120, 60, 30),
];

/// Why a chart could not be drawn: the text of the drawing library's error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DrawError(String);

fn failed(error: impl std::fmt::Display) -> DrawError {
    DrawError(error.to_string())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// The chart as an SVG document.
///
/// # Errors
/// When the drawing library fails, which is a bug.
pub fn draw(chart: &Chart) -> Result<String, DrawError> {
    embedded(chart, "")
}

/// The chart as an SVG element of a page that may have several: `prefix`, of letters, digits and hyphens, tells the ids of its
/// title and description from those of the others.
///
/// # Errors
/// When the drawing library fails, which is a bug.
pub fn embedded(chart: &Chart, prefix: &str) -> Result<String, DrawError> {
    let has_path = chart.lines.iter().any(|line| line.path.is_some());
    let rows = u32::try_from(chart.lines.len()).unwrap_or(0) + u32::from(has_path);
    let height = PLOT_HEIGHT + rows * LEGEND_ROW + LEGEND_ROW;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        let (plot, legend) = root.split_vertically(PLOT_HEIGHT);
        match Frame::around(chart) {
            Some(frame) => draw_plot(chart, &frame, &plot)?,
            None => write(
                &plot,
                "Ingen tal for de valgte områder",
                (480, 240),
                20.0,
                &INK,
                HPos::Center,
            )?,
        }
        draw_legend(chart, has_path, &legend)?;
        root.present().map_err(failed)?;
    }
    Ok(with_words(&svg, chart, prefix))
}

/// The drawing library knows no title and no description: they go in right after the root element's start.
fn with_words(svg: &str, chart: &Chart, prefix: &str) -> String {
    let title = escaped(&chart.title);
    let description = escaped(&words::description(chart));
    let words =
        format!("<title id=\"{prefix}title\">{title}</title>\n<desc id=\"{prefix}desc\">{description}</desc>\n");
    match svg
        .split_once("<svg ")
        .and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
    {
        Some((before, (attributes, content))) => format!(
            "{before}<svg role=\"img\" aria-labelledby=\"{prefix}title {prefix}desc\" xml:lang=\"da\" {attributes}>\n{words}{content}"
        ),
        None => svg.to_owned(),
    }
}

/// A text as the content of an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A date as a number of years, for placing it.
fn year(date: NaiveDate) -> f64 {
    f64::from(date.year()) + f64::from(date.ordinal0()) / 365.25
}

fn value(decimal: Decimal) -> f64 {
    decimal.to_f64().unwrap_or(0.0)
}

/// From where to where the axes go.
struct Frame {
    years: std::ops::Range<f64>,
    values: std::ops::Range<f64>,
}

impl Frame {
    /// Whole years around everything that is drawn; the values from 0 where 0 is near, else with some room.
    fn around(chart: &Chart) -> Option<Self> {
        let marks = chart.lines.iter().flat_map(|line| &line.marks);
        let mut places: Vec<(f64, f64)> = marks.map(|mark| (year(mark.on), value(mark.value))).collect();
        if places.is_empty() {
            return None;
        }
        for path in chart.lines.iter().filter_map(|line| line.path.as_ref()) {
            places.extend(path.baseline.map(|(on, baseline)| (year(on), value(baseline))));
            places.extend(path.targets.iter().map(|(due, target, _)| (year(*due), value(*target))));
        }
        let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (year, value) in places {
            (first, last) = (first.min(year), last.max(year));
            (low, high) = (low.min(value), high.max(value));
        }
        let room = ((high - low) * 0.1).max(high.abs() * 0.02).max(0.5);
        let bottom = if low >= 0.0 && low < high * 0.5 {
            0.0
        } else {
            low - room
        };
        Some(Self {
            years: first.floor()..last.ceil().max(first.floor() + 1.0),
            values: bottom..high + room,
        })
    }
}

fn draw_plot(chart: &Chart, frame: &Frame, area: &Area<'_>) -> Result<(), DrawError> {
    let mut plane = ChartBuilder::on(area)
        .margin(16)
        .caption(&chart.title, (FONT, 20.0).into_font().color(&INK))
        .x_label_area_size(36)
        .y_label_area_size(72)
        .build_cartesian_2d(frame.years.clone(), frame.values.clone())
        .map_err(failed)?;
    let years = (frame.years.end - frame.years.start) as usize;
    let style = || (FONT, 14.0).into_font().color(&INK);
    plane
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .axis_style(GREY)
        .x_labels(years + 1)
        .y_labels(8)
        .x_label_formatter(&|_| String::new())
        .y_label_formatter(&|value| tick(*value))
        .y_desc(words::unit(&chart.unit))
        .label_style(style())
        .axis_desc_style(style())
        .draw()
        .map_err(failed)?;
    label_years(frame, years, &plane, area)?;
    // What is compared with lies below what is looked at.
    let numbered = || chart.lines.iter().enumerate();
    for (index, line) in numbered().filter(|(_, line)| line.kind == LineKind::Compared) {
        draw_line(&mut plane, index, line)?;
    }
    for (index, line) in numbered().filter(|(_, line)| line.kind == LineKind::Measured) {
        draw_path(&mut plane, index, line)?;
        draw_line(&mut plane, index, line)?;
    }
    Ok(())
}

/// Writes each year in the middle of its own span: a figure of 2019 lies where 2019 ends, and not at a label 2020.
fn label_years(frame: &Frame, years: usize, plane: &Plane<'_, '_>, area: &Area<'_>) -> Result<(), DrawError> {
    let step = years.div_ceil(14).max(1);
    for passed in (0..years).step_by(step) {
        let start = frame.years.start + passed as f64;
        let (x, y) = plane.backend_coord(&(start + 0.5, frame.values.start));
        write(area, &format!("{start:.0}"), (x, y + 18), 14.0, &INK, HPos::Center)?;
    }
    Ok(())
}

/// A number on an axis: as few decimals as it has.
fn tick(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded }).replace('.', ",")
}

fn colour(index: usize, line: &Line) -> RGBColor {
    match line.kind {
        LineKind::Measured => COLOURS.get(index).copied().unwrap_or(INK),
        LineKind::Compared => GREY,
    }
}

fn draw_line(plane: &mut Plane<'_, '_>, index: usize, line: &Line) -> Result<(), DrawError> {
    let colour = colour(index, line);
    let points: Vec<(f64, f64)> = line
        .marks
        .iter()
        .map(|mark| (year(mark.on), value(mark.value)))
        .collect();
    let width = if line.kind == LineKind::Measured { 2 } else { 1 };
    plane
        .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(width)))
        .map_err(failed)?;
    for point in points {
        for marker in markers(index, colour) {
            plane
                .plotting_area()
                .draw(&(EmptyElement::at(point) + marker))
                .map_err(failed)?;
        }
    }
    Ok(())
}

/// The mark of a line, so that lines can be told apart without colours: four shapes, filled and then hollow.
fn markers(index: usize, colour: RGBColor) -> Vec<Polygon<(i32, i32)>> {
    const SHAPES: [&[(i32, i32)]; 4] = [
        &[(-4, -2), (-2, -4), (2, -4), (4, -2), (4, 2), (2, 4), (-2, 4), (-4, 2)],
        &[(0, -6), (5, 4), (-5, 4)],
        &[(-4, -4), (4, -4), (4, 4), (-4, 4)],
        &[(0, 6), (5, -4), (-5, -4)],
    ];
    let shape = SHAPES[index % SHAPES.len()];
    let mut markers = vec![Polygon::new(shape.to_vec(), colour.filled())];
    if index >= SHAPES.len() {
        let inner: Vec<(i32, i32)> = shape.iter().map(|(x, y)| (x / 2, y / 2)).collect();
        markers.push(Polygon::new(inner, WHITE.filled()));
    }
    markers
}

/// From the baseline to each target: a dashed way, a diamond where it starts and a bar where it ends.
fn draw_path(plane: &mut Plane<'_, '_>, index: usize, line: &Line) -> Result<(), DrawError> {
    let Some(path) = &line.path else { return Ok(()) };
    let colour = colour(index, line);
    let start = path.baseline.map(|(on, baseline)| (year(on), value(baseline)));
    for (due, target, _) in &path.targets {
        let end = (year(*due), value(*target));
        if let Some(start) = start {
            plane
                .draw_series(DashedLineSeries::new([start, end], 6, 5, colour.stroke_width(1)))
                .map_err(failed)?;
        }
        let bar = Rectangle::new([(-12, -2), (12, 2)], colour.filled());
        plane
            .plotting_area()
            .draw(&(EmptyElement::at(end) + bar))
            .map_err(failed)?;
    }
    if let Some(start) = start {
        let diamond = PathElement::new([(0, -9), (9, 0), (0, 9), (-9, 0), (0, -9)], colour.stroke_width(2));
        plane
            .plotting_area()
            .draw(&(EmptyElement::at(start) + diamond))
            .map_err(failed)?;
    }
    Ok(())
}

fn draw_legend(chart: &Chart, has_path: bool, area: &Area<'_>) -> Result<(), DrawError> {
    let row = LEGEND_ROW.cast_signed();
    let mut y = row / 2;
    for (index, line) in chart.lines.iter().enumerate() {
        let colour = colour(index, line);
        let sample = PathElement::new([(72, y), (104, y)], colour.stroke_width(2));
        area.draw(&sample).map_err(failed)?;
        for marker in markers(index, colour) {
            area.draw(&(EmptyElement::at((88, y)) + marker)).map_err(failed)?;
        }
        write(area, &line.label, (114, y), 14.0, &INK, HPos::Left)?;
        y += row;
    }
    if has_path {
        let diamond = PathElement::new([(0, -7), (7, 0), (0, 7), (-7, 0), (0, -7)], INK.stroke_width(2));
        area.draw(&(EmptyElement::at((88, y)) + diamond)).map_err(failed)?;
        let provisional = chart
            .lines
            .iter()
            .any(|line| line.path.as_ref().is_some_and(|path| path.is_provisional));
        let baseline = if provisional {
            "Udgangspunkt (foreløbigt)"
        } else {
            "Udgangspunkt"
        };
        write(area, baseline, (114, y), 14.0, &INK, HPos::Left)?;
        for dash in 0..3 {
            let from = 320 + dash * 12;
            area.draw(&PathElement::new([(from, y), (from + 7, y)], INK.stroke_width(1)))
                .map_err(failed)?;
        }
        write(area, "Forventet vej", (362, y), 14.0, &INK, HPos::Left)?;
        area.draw(&Rectangle::new([(506, y - 2), (530, y + 2)], INK.filled()))
            .map_err(failed)?;
        write(area, "Mål", (540, y), 14.0, &INK, HPos::Left)?;
        y += row;
    }
    let source = format!("Kilde: {}", chart.source);
    write(area, &source, (72, y), 12.0, &GREY, HPos::Left)
}

fn write(
    area: &Area<'_>,
    text: &str,
    at: (i32, i32),
    size: f64,
    colour: &RGBColor,
    from: HPos,
) -> Result<(), DrawError> {
    let style = TextStyle::from((FONT, size).into_font())
        .color(colour)
        .pos(Pos::new(from, VPos::Center));
    area.draw(&Text::new(text.to_owned(), at, style)).map_err(failed)
}
