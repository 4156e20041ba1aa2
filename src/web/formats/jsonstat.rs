//! JSON-stat 2.0 datasets (json-stat.org/full).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The media type by which `Accept` asks for it.
pub const MEDIA_TYPE: &str = "application/vnd.json-stat+json";

/// A dataset: a cube of values, laid out row by row in the order of `id`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JsonStatDataset)]
pub struct Dataset {
    /// `2.0`
    #[schema(example = "2.0")]
    pub version: &'static str,
    /// `dataset`
    #[schema(example = "dataset")]
    pub class: &'static str,
    /// What it is about.
    pub label: String,
    /// Where it comes from.
    pub source: String,
    /// When its newest figure arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// What a reader should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub note: Vec<String>,
    /// The dimensions, in order.
    #[schema(example = json!(["measure", "area", "category", "period"]))]
    pub id: Vec<String>,
    /// How many categories each dimension has.
    #[schema(example = json!([3, 4, 1, 1]))]
    pub size: Vec<usize>,
    /// What the dimensions stand for: time, place, measure.
    pub role: BTreeMap<String, Vec<String>>,
    /// The dimensions.
    pub dimension: BTreeMap<String, Dimension>,
    /// The values by their place in the cube; places without a figure are absent.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub value: BTreeMap<usize, Value>,
    /// How sure the values are, by the same places.
    #[schema(value_type = BTreeMap<String, String>)]
    pub status: BTreeMap<usize, String>,
    /// What JSON-stat has no word for: revision, note and source of figures, by the same places.
    pub extension: Extension,
}

/// A dimension of a dataset.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JsonStatDimension)]
pub struct Dimension {
    /// What it is.
    pub label: String,
    /// Its categories.
    pub category: Categories,
}

/// The categories of a dimension.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = JsonStatCategories)]
pub struct Categories {
    /// The codes, in order.
    pub index: Vec<String>,
    /// A label for each code.
    pub label: BTreeMap<String, String>,
    /// For measures, the unit of each code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unit: BTreeMap<String, CategoryUnit>,
}

/// The unit of a measure.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JsonStatUnit)]
pub struct CategoryUnit {
    /// The unit's name.
    #[schema(example = "percent")]
    pub label: String,
    /// How many decimals to show.
    #[schema(example = 1)]
    pub decimals: u32,
}

/// What JSON-stat has no word for, by place in the cube.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = JsonStatExtension)]
pub struct Extension {
    /// Revisions.
    #[schema(value_type = BTreeMap<String, i32>)]
    pub revision: BTreeMap<usize, i32>,
    /// Notes.
    #[schema(value_type = BTreeMap<String, String>)]
    pub note: BTreeMap<usize, String>,
    /// Sources.
    #[schema(value_type = BTreeMap<String, String>)]
    pub source: BTreeMap<usize, String>,
}

/// Collects the codes of a dimension in the order in which they come.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    codes: Vec<String>,
}

impl Codes {
    /// The place of a code; a new one is put last.
    pub fn place(&mut self, code: &str) -> usize {
        match self.codes.iter().position(|known| known == code) {
            Some(place) => place,
            None => {
                self.codes.push(code.to_owned());
                self.codes.len() - 1
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The dimension, with a label for each code.
    pub fn into_dimension(self, label: &str, name: impl Fn(&str) -> String) -> Dimension {
        Dimension {
            label: label.to_owned(),
            category: Categories {
                label: self.codes.iter().map(|code| (code.clone(), name(code))).collect(),
                index: self.codes,
                unit: BTreeMap::new(),
            },
        }
    }
}
