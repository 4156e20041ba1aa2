//! The rows of newcomers and outcomes, each beside the participants that they are part of; pure. They come from what was
//! released, shares too.

use rust_decimal::{Decimal, RoundingStrategy};

use super::cube::Cube;
use super::rules::{ParticipationMeasure, Shown};
use super::tables::unknown_category;
use crate::disclosure::{PartId, Published, PublishedParts, TOTAL};
use crate::problem::FieldError;
use crate::words::Word;

/// A row: what is counted of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Code of the activity; `total` for all together.
    pub(crate) activity: String,
    /// What is counted.
    pub(crate) measure: ParticipationMeasure,
    /// How many; none where it is hidden.
    pub(crate) value: Option<u64>,
    /// What share of the participants that is, in percent; none of the participants themselves, where one of both is hidden, and
    /// where nobody took part.
    pub(crate) share: Option<Decimal>,
}

impl Outcome {
    /// Whether it is shown.
    pub(crate) fn status(&self) -> Shown {
        Shown::of(self.value)
    }
}

/// Which rows; all where nothing is named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// Codes of activities, `total` among them.
    pub(crate) activities: Option<Vec<String>>,
    /// Words of measures.
    pub(crate) measures: Option<Vec<String>>,
}

/// The rows, the total of all activities first; the errors where there is no such activity or measure.
pub(crate) fn outcomes(
    cube: &Cube,
    published: &Published,
    parts: &PublishedParts,
    chosen: &Chosen,
) -> Result<Vec<Outcome>, Vec<FieldError>> {
    judge(cube, chosen)?;
    let shape = cube.shape();
    let activities = [(TOTAL, None)].into_iter();
    let activities = activities.chain(cube.activities().iter().map(String::as_str).zip((0..).map(Some)));
    let mut rows = Vec::new();
    for (code, place) in activities.filter(|(code, _)| is_among(code, chosen.activities.as_deref())) {
        let all = shape.find(&[TOTAL, code, TOTAL, TOTAL]);
        let whole = all.and_then(|cell| published.value(cell));
        for measure in ParticipationMeasure::ALL
            .iter()
            .filter(|measure| is_among(measure.code(), chosen.measures.as_deref()))
        {
            let part = parts.parts().iter().position(|part| part == measure.code());
            let (value, share) = match (measure, part, place) {
                (ParticipationMeasure::Participants, _, _) => (whole, None),
                (_, None, _) => continue,
                (_, Some(part), None) => with_share(parts.total(part), whole),
                (_, Some(part), Some(activity)) => with_share(parts.value(PartId { activity, part }), whole),
            };
            rows.push(Outcome {
                activity: code.to_owned(),
                measure: *measure,
                value,
                share,
            });
        }
    }
    Ok(rows)
}

fn is_among(code: &str, asked: Option<&[String]>) -> bool {
    asked.is_none_or(|asked| asked.iter().any(|one| one == code))
}

fn judge(cube: &Cube, chosen: &Chosen) -> Result<(), Vec<FieldError>> {
    let is_activity = |code: &String| code == TOTAL || cube.activities().contains(code);
    let is_measure = |code: &String| ParticipationMeasure::find(code).is_some();
    let wrong = |codes: &Option<Vec<String>>, name, is_there: &dyn Fn(&String) -> bool| {
        let codes = codes.iter().flatten().filter(|code| !is_there(code));
        codes.map(|code| unknown_category(name, code)).collect::<Vec<_>>()
    };
    let mut errors = wrong(&chosen.activities, "activity", &is_activity);
    errors.extend(wrong(&chosen.measures, "measure", &is_measure));
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// A part, and its share of the whole in percent, with one decimal.
fn with_share(part: Option<u64>, whole: Option<u64>) -> (Option<u64>, Option<Decimal>) {
    let share = part.zip(whole.filter(|whole| *whole > 0));
    let percent = share.map(|(part, whole)| Decimal::from(part) * Decimal::ONE_HUNDRED / Decimal::from(whole));
    let percent = percent.map(|percent| {
        let mut rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(1);
        rounded
    });
    (part, percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::{PartCounts, Plan, Record, synthetic};

    fn sample() -> (Cube, Published, PublishedParts) {
        let mut definition = synthetic::definition();
        definition.zones.truncate(1);
        definition.activities.truncate(3);
        let plan = Plan::new(definition).unwrap();
        let record = |activity, participants| Record {
            area: "department-1",
            activity,
            age_band: "10-14",
            gender: "female",
            participants,
            parts: &[],
        };
        let counts = plan
            .count([record("activity-1", 24), record("activity-2", 40)])
            .unwrap();
        let published = Published::mask(plan.shape(), &counts, |_| false);
        let mut parts = PartCounts::zero(&["newcomers", "to_job"], 3);
        parts.add(0, &[7, 2]);
        parts.add(1, &[20, 5]);
        let hidden = PartId { activity: 0, part: 1 };
        (Cube::Participation(plan), published, parts.mask(|id| id == hidden))
    }

    #[test]
    fn every_activity_has_a_row_for_each_measure_and_a_total_where_nothing_is_hidden() {
        let (cube, published, parts) = sample();
        let rows = outcomes(&cube, &published, &parts, &Chosen::default()).unwrap();
        let said: Vec<String> = rows
            .iter()
            .map(|row| {
                let value = row.value.map_or("-".to_owned(), |value| value.to_string());
                let share = row.share.map_or("-".to_owned(), |share| share.to_string());
                format!("{} {} {value} {share}", row.activity, row.measure.code())
            })
            .collect();
        let expected = [
            "total participants 64 -",
            "total newcomers 27 42.2",
            "total to_job - -",
            "activity-1 participants 24 -",
            "activity-1 newcomers 7 29.2",
            "activity-1 to_job - -",
            "activity-2 participants 40 -",
            "activity-2 newcomers 20 50.0",
            "activity-2 to_job 5 12.5",
            "activity-3 participants 0 -",
            "activity-3 newcomers 0 -",
            "activity-3 to_job 0 -",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn rows_are_chosen_by_activity_and_measure_and_what_is_not_there_is_named() {
        let (cube, published, parts) = sample();
        let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        let chosen = Chosen {
            activities: words(&["activity-2", "total"]),
            measures: words(&["to_job"]),
        };
        let rows = outcomes(&cube, &published, &parts, &chosen).unwrap();
        let values: Vec<Option<u64>> = rows.iter().map(|row| row.value).collect();
        assert_eq!(values, [None, Some(5)]);
        let wrong = Chosen {
            activities: words(&["activity-9"]),
            measures: words(&["to_the_moon"]),
        };
        let errors = outcomes(&cube, &published, &parts, &wrong).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(errors.iter().all(|error| error.code == "unknown_category"));
    }
}
