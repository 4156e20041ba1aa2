//! Indicators: what stored figures rely on stays as it is.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Set};

use super::super::model::{IndicatorView, NewIndicator};
use super::super::rules::{Categories, Direction, FED_BY_EXTRACTS, Rhythm, Unit};
use super::super::store;
use crate::areas::rules::AreaKind;
use crate::auth::Caller;
use crate::entities::{indicator, organisation};
use crate::problem::Problem;
use crate::reference::{self, Codes, Fields, Names, ORGANISATION, Operations, Place, Resource};
use crate::words::Word;

/// The most decimals: a figure is kept with no more.
const MAX_DECIMALS: i16 = 6;
/// The oldest age.
const MAX_AGE: i16 = 150;
/// The longest provenance.
const MAX_PROVENANCE: usize = 300;

/// Indicators.
#[derive(Debug)]
pub struct Indicators;

/// What an indicator is judged by.
#[derive(Debug)]
pub struct Known {
    code: String,
    organisations: Codes,
    /// Whether there are figures of it, past revisions included.
    has_figures: bool,
    /// Whether there are figures of its categories.
    has_categories: bool,
}

impl Resource for Indicators {
    type Table = indicator::Entity;
    type View = IndicatorView;
    type Content = NewIndicator;
    type Known = Known;

    const PATH: &'static str = "indicators";
    const OPERATIONS: Operations = Operations {
        put: "put_indicator",
        patch: "patch_indicator",
        archive: "archive_indicator",
    };

    fn missing() -> Problem {
        Problem::not_found(
            "There is no indicator of this code.",
            "Der er ingen indikator med denne kode.",
        )
    }

    async fn views<C: ConnectionTrait>(
        _: &C,
        _: i32,
        rows: Vec<indicator::Model>,
    ) -> Result<Vec<IndicatorView>, Problem> {
        Ok(rows.into_iter().map(IndicatorView::from).collect())
    }

    async fn known(transaction: &DatabaseTransaction, plan_id: i32, code: &str, _: &Caller) -> Result<Known, Problem> {
        Ok(Known {
            code: code.to_owned(),
            organisations: reference::codes::<organisation::Entity>(transaction, plan_id).await?,
            has_figures: store::has_figures(transaction, plan_id, code).await?,
            has_categories: store::has_categories(transaction, plan_id, code).await?,
        })
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&IndicatorView>) -> Option<NewIndicator> {
        let names = fields.names();
        let unit = fields.word("unit");
        let direction: Option<Direction> = fields.word("direction");
        let decimals = fields.number("decimals", 0..=MAX_DECIMALS);
        let age_from = fields.optional_number("age_from", 0..=MAX_AGE);
        let age_to = fields.optional_number("age_to", 0..=MAX_AGE);
        if age_from.zip(age_to).is_some_and(|(from, to)| to < from) {
            fields.error(
                "age_to",
                "wrong_order",
                "The oldest age is below the youngest.",
                "Den højeste alder er under den laveste.",
            );
        }
        let level: Option<AreaKind> = fields.word("level");
        let data_owner = fields.reference("data_owner", ORGANISATION, &known.organisations, |code| {
            before.is_some_and(|before| before.data_owner.as_deref() == Some(code))
        });
        let provenance = fields.text("provenance", MAX_PROVENANCE);
        let rhythm: Option<Rhythm> = fields.optional_word("rhythm");
        let categories = fields.word("categories");
        let is_fixed = fields.flag("is_fixed");
        if let Some(before) = before {
            check_kept(fields, known, before, unit, direction, categories, (age_from, age_to));
        }
        check_fed(fields, &known.code, unit, categories);
        let Names {
            name,
            name_en,
            note,
            source,
        } = names?;
        Some(NewIndicator {
            name,
            name_en,
            unit: unit?,
            direction: direction?,
            decimals: decimals?,
            age_from,
            age_to,
            level: level?,
            data_owner,
            provenance: provenance?,
            rhythm,
            categories: categories?,
            is_fixed,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewIndicator) -> Result<(), Problem> {
        let row = indicator::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            name: Set(new.name),
            name_en: Set(new.name_en),
            unit: Set(new.unit.code().to_owned()),
            direction: Set(new.direction.code().to_owned()),
            decimals: Set(new.decimals),
            age_from: Set(new.age_from),
            age_to: Set(new.age_to),
            level: Set(new.level.code().to_owned()),
            data_owner: Set(new.data_owner),
            provenance: Set(new.provenance),
            rhythm: Set(new.rhythm.map(|rhythm| rhythm.code().to_owned())),
            categories: Set(new.categories.code().to_owned()),
            is_fixed: Set(new.is_fixed),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await
    }
}

/// Figures of an indicator mean what it said when they were stored: its unit, which way is good, its ages where they are stated, and the
/// categories that they are of. An age may be stated later, where the source was silent.
fn check_kept(
    fields: &mut Fields<'_, '_>,
    known: &Known,
    before: &IndicatorView,
    unit: Option<Unit>,
    direction: Option<Direction>,
    categories: Option<Categories>,
    (age_from, age_to): (Option<i16>, Option<i16>),
) {
    let differs = |stated: Option<i16>, now: Option<i16>| stated.is_some() && stated != now;
    for (name, is_changed) in [
        ("unit", unit.is_some_and(|unit| unit.code() != before.unit)),
        // Which way is good decides how goals stand, also in the past.
        (
            "direction",
            direction.is_some_and(|direction| direction.code() != before.direction),
        ),
        ("age_from", differs(before.age_from, age_from)),
        ("age_to", differs(before.age_to, age_to)),
    ] {
        if is_changed && known.has_figures {
            fields.error(
                name,
                "in_use",
                "The indicator has figures that rely on this; make another indicator for others.",
                "Indikatoren har tal, der bygger på dette; opret en anden indikator til andre tal.",
            );
        }
    }
    if categories == Some(Categories::None) && known.has_categories {
        fields.error(
            "categories",
            "in_use",
            "The indicator has figures of target groups.",
            "Indikatoren har tal for målgrupper.",
        );
    }
}

/// Extracts give figures of two indicators, in a unit and with categories that are theirs.
fn check_fed(fields: &mut Fields<'_, '_>, code: &str, unit: Option<Unit>, categories: Option<Categories>) {
    let Some((_, fed_unit, fed_categories)) = FED_BY_EXTRACTS.iter().find(|(fed, _, _)| *fed == code) else {
        return;
    };
    for (name, is_changed) in [
        ("unit", unit.is_some_and(|unit| unit != *fed_unit)),
        (
            "categories",
            categories.is_some_and(|categories| categories != *fed_categories),
        ),
    ] {
        if is_changed {
            fields.error(
                name,
                "fed_by_extracts",
                "Kendskabsgrad extracts give the figures of this indicator, and rely on this.",
                "Kendskabsgradsudtræk giver tallene for denne indikator og bygger på dette.",
            );
        }
    }
}
