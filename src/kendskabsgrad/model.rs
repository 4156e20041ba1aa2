//! How an extract, its content and its receipt look from outside, and how they are stored.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::indicators::rules::Status;

/// A share in percent, with the decimals it was given with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = f64, minimum = 0, maximum = 100, example = 22.1)]
pub struct Share(#[serde(with = "rust_decimal::serde::arbitrary_precision")] pub Decimal);

/// What a gap in the counts means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmptyCells {
    /// Nobody: 0.
    Zero,
    /// Not known.
    Missing,
}

/// Table 9 of the agreement with a made-up date and population: the example that the document shows.
fn example() -> serde_json::Value {
    serde_json::from_str(include_str!("../../openapi/examples/extract.json")).unwrap_or_default()
}

/// An extract as a Jobcenter sends it. It is the whole statement for its date: what is not sent is not part of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewExtract {
    /// The date on which the counts were drawn; not in the future.
    pub extracted_on: NaiveDate,
    /// Who drew them; the data owner's name where absent.
    #[schema(max_length = 300)]
    pub source: Option<String>,
    /// What a reader should know of the extract; the figures of `kendskabsgrad` carry it.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// The counts: every target group that is valid on that date, in every zone.
    pub counts: Vec<NewCount>,
    /// Parts of target groups.
    #[schema(default = json!([]))]
    pub subsets: Option<Vec<NewSubset>>,
    /// The number of citizens that the Jobcenter divides by (its own working-age base, not residents): zones,
    /// `all-zones`, `fredericia`, `fredericia-rest`.
    pub population: Option<BTreeMap<String, i64>>,
    /// The municipality and its rest.
    #[schema(default = json!([]))]
    pub comparators: Option<Vec<NewComparator>>,
    /// Shares in percent as the Jobcenter states them, of zones and `all-zones`.
    pub shares: Option<BTreeMap<String, Share>>,
    /// Totals, checked against the counts.
    pub totals: Option<NewTotals>,
    /// What a gap in the counts means; where absent, gaps are errors.
    pub empty_cells: Option<EmptyCells>,
    /// Why the extract of this date is sent again with other content.
    #[schema(max_length = 1000)]
    pub revision_reason: Option<String>,
    /// The revision that this one is to replace; 409 if another came between.
    pub replaces_revision: Option<i32>,
}

/// A count that is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewCount {
    /// The zone's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The target group's code.
    #[schema(example = "6.1")]
    pub target_group: String,
    /// How many persons.
    #[schema(minimum = 0, example = 24)]
    pub count: i64,
    /// What a reader should know of the figure.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A count of a part of a target group that is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewSubset {
    /// The zone's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The target group's code.
    #[schema(example = "6.9")]
    pub target_group: String,
    /// The part: `unemployed` within 6.9, `long_term` within any group.
    #[schema(example = "unemployed")]
    pub subset: String,
    /// How many persons; at most the group's.
    #[schema(minimum = 0, example = 4)]
    pub count: i64,
    /// What a reader should know of the figure.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A figure to compare with that is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewComparator {
    /// `fredericia` or `fredericia-rest`.
    #[schema(example = "fredericia")]
    pub area: String,
    /// How many persons.
    #[schema(minimum = 0, example = 4158)]
    pub count: i64,
    /// The share in percent.
    pub share: Option<Share>,
    /// What a reader should know of the figure.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// Totals that are sent to be checked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewTotals {
    /// By zone.
    pub by_area: Option<BTreeMap<String, i64>>,
    /// By target group.
    pub by_target_group: Option<BTreeMap<String, i64>>,
    /// Of all zones and groups.
    pub all: Option<i64>,
}

/// What an extract says, in a fixed order: equal content has equal JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExtractContent)]
pub struct Content {
    /// Who drew the counts.
    #[schema(example = "Jobcenter Fredericia")]
    pub source: String,
    /// What a reader should know of the extract.
    #[schema(required)]
    pub note: Option<String>,
    /// The counts, by target group and zone.
    pub counts: Vec<Count>,
    /// Parts of target groups.
    pub subsets: Vec<SubsetCount>,
    /// The number of citizens that the Jobcenter divides by.
    #[schema(example = json!({"zone-1": 1400}))]
    pub population: BTreeMap<String, i64>,
    /// The municipality and its rest.
    pub comparators: Vec<Comparator>,
    /// Shares as they were stated.
    #[schema(value_type = BTreeMap<String, f64>, example = json!({"zone-1": 22.1}))]
    pub shares: BTreeMap<String, Share>,
    /// Totals that were stated where a count is missing.
    pub stated_totals: StatedTotals,
}

/// Totals that stand for themselves, because a count of them is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedTotals {
    /// By zone.
    #[schema(example = json!({}))]
    pub by_area: BTreeMap<String, i64>,
    /// By target group.
    #[schema(example = json!({}))]
    pub by_target_group: BTreeMap<String, i64>,
    /// Of all zones and groups.
    #[schema(required, example = json!(null))]
    pub all: Option<i64>,
}

/// A count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExtractCount)]
pub struct Count {
    /// The zone's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The target group's code.
    #[schema(example = "6.1")]
    pub target_group: String,
    /// How many persons; null where it is missing.
    #[schema(required, example = 24)]
    pub count: Option<i64>,
    /// `final`, or `missing` where the count is null.
    pub status: Status,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

/// A count of a part of a target group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExtractSubset)]
pub struct SubsetCount {
    /// The zone's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The target group's code.
    #[schema(example = "6.9")]
    pub target_group: String,
    /// The part.
    #[schema(example = "unemployed")]
    pub subset: String,
    /// How many persons; null where it is missing.
    #[schema(required, example = 4)]
    pub count: Option<i64>,
    /// `final`, or `missing` where the count is null.
    pub status: Status,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

/// A figure to compare with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExtractComparator)]
pub struct Comparator {
    /// The area's code.
    #[schema(example = "fredericia")]
    pub area: String,
    /// How many persons.
    #[schema(example = 4158)]
    pub count: i64,
    /// The share in percent, as it was stated.
    #[schema(required)]
    pub share: Option<Share>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

/// The sums of an extract; null where a count is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// By zone.
    #[schema(value_type = BTreeMap<String, Option<i64>>, example = json!({"zone-1": 306}))]
    pub by_area: IndexMap<String, Option<i64>>,
    /// By target group.
    #[schema(value_type = BTreeMap<String, Option<i64>>, example = json!({"6.1": 119}))]
    pub by_target_group: IndexMap<String, Option<i64>>,
    /// Of all zones and groups.
    #[schema(required, example = 1137)]
    pub all: Option<i64>,
}

/// One revision of the extract of a date.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Extract)]
pub struct ExtractView {
    /// The revision's id.
    pub id: Uuid,
    /// The date on which the counts were drawn.
    #[schema(example = "2022-06-01")]
    pub extracted_on: NaiveDate,
    /// The revision, from 1.
    #[schema(example = 1)]
    pub revision: i32,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
    /// The sums.
    pub totals: Totals,
    /// Why it replaced the one before.
    #[schema(required)]
    pub revision_reason: Option<String>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// An extract in the list: its current revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExtractItem)]
pub struct ExtractItemView {
    /// The current revision's id.
    pub id: Uuid,
    /// The date on which the counts were drawn.
    #[schema(example = "2022-06-01")]
    pub extracted_on: NaiveDate,
    /// The current revision.
    #[schema(example = 1)]
    pub revision: i32,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What came of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The first extract of its date is stored.
    Created,
    /// A new revision is stored.
    Revised,
    /// The stored one already says the same; nothing changed.
    Unchanged,
    /// It would be accepted; nothing is stored.
    DryRun,
}

/// The receipt of a push.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The id of the stored revision; null after a dry run.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// The date of the extract.
    #[schema(example = "2024-01-01")]
    pub extracted_on: NaiveDate,
    /// The stored revision; after a dry run the one that it would get.
    #[schema(example = 1)]
    pub revision: i32,
    /// What came of it.
    pub outcome: Outcome,
    /// What became of the cells.
    pub rows: Rows,
    /// The sums.
    pub totals: Totals,
    /// The shares, where they are stated or can be divided.
    pub shares: Vec<ReceiptShare>,
    /// What is different from the revision before.
    pub changes: Vec<Change>,
    /// What the sender should look at; the extract is accepted all the same.
    pub warnings: Vec<Warning>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What became of the cells (counts and parts of groups).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"received": 60, "filled": 4, "created": 64, "updated": 0, "unchanged": 0, "removed": 0}))]
pub struct Rows {
    /// Cells that were sent; a blank cell is not sent.
    pub received: usize,
    /// Gaps that `empty_cells` filled.
    pub filled: usize,
    /// Cells that the revision before did not have.
    pub created: usize,
    /// Cells that are different now.
    pub updated: usize,
    /// Cells that say the same.
    pub unchanged: usize,
    /// Cells that only the revision before had.
    pub removed: usize,
}

/// A share in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptShare {
    /// The area's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// How many persons; null where a count is missing.
    #[schema(required, example = 306)]
    pub count: Option<i64>,
    /// Out of how many; null where it was not sent.
    #[schema(required, example = 1400)]
    pub population: Option<i64>,
    /// The share in percent: as it was stated, else divided.
    #[schema(required)]
    pub share: Option<Share>,
}

/// One figure that is different from the revision before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"pointer": "/counts/3", "field": "count", "area": "zone-1", "category": "6.2", "before": 30, "after": 29}))]
pub struct Change {
    /// Where the new figure stands in a JSON body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub pointer: Option<String>,
    /// The line of the new figure in a CSV body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// The column of the new figure in a CSV body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub column: Option<usize>,
    /// What it is: `count`, `population` or `share`; `note`, `source` or `totals` where something else differs.
    pub field: String,
    /// The area's code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub area: Option<String>,
    /// The category, such as `6.1` or `6.9/unemployed`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub category: Option<String>,
    /// The figure before; null if there was none.
    #[schema(required, value_type = Option<f64>)]
    pub before: Option<Share>,
    /// The figure now; null if there is none.
    #[schema(required, value_type = Option<f64>)]
    pub after: Option<Share>,
}

/// Something the sender should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Warning {
    /// Where in a JSON body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false, example = "/counts/3")]
    pub pointer: Option<String>,
    /// The line of a CSV body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// The column of a CSV body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub column: Option<usize>,
    /// Which: `jump` (more than 50 % and more than 10 persons from the extract before), `dropped` (the revision before had
    /// the figure).
    #[schema(example = "jump")]
    pub code: String,
    /// The same for people, in English.
    pub detail: String,
    /// The same for people, in Danish.
    pub detail_da: String,
}
