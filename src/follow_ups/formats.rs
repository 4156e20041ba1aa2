//! The statement as CSV: a line for each figure that was seen when a goal was followed up.

use chrono::{DateTime, SecondsFormat, Utc};

use super::model::{FollowUpView, SeenView, StatementFollower, StatementGoal, StatementView};
use crate::problem::Problem;
use crate::web::formats::Locale;
use crate::web::formats::csv::{CsvDocument, text};
use crate::words::Word;

/// The columns.
const HEADER: &[&str] = &[
    "year",
    "level",
    "goal",
    "name",
    "focus_area",
    "agreement",
    "version",
    "follower",
    "is_done",
    "follow_up",
    "counts",
    "followed_on",
    "meeting",
    "figures_as_of",
    "measure",
    "area",
    "status",
    "period",
    "value",
    "conclusion",
    "decision",
    "adopted_at",
];

/// The columns that say who has to follow up what.
const OF_DUTY: usize = 9;
/// The others.
const OF_FIGURE: usize = HEADER.len() - OF_DUTY;

/// Of each who has to follow a goal up: a line for each figure of each follow-up that counts, one for each that the board has not
/// adopted, and one with empty cells where there is none.
pub fn csv(statement: &StatementView, locale: Locale) -> Result<Vec<u8>, Problem> {
    let mut document = CsvDocument::new(locale, HEADER)?;
    for goal in &statement.goals {
        for follower in &goal.followers {
            let duty = duty(statement.year, goal, follower);
            for follow_up in &follower.follow_ups {
                for seen in &follow_up.figures {
                    let cells = of_figure(&document, follow_up, Some(seen));
                    document.row(&[&duty[..], &cells].concat())?;
                }
                if follow_up.figures.is_empty() {
                    let cells = of_figure(&document, follow_up, None);
                    document.row(&[&duty[..], &cells].concat())?;
                }
            }
            for id in &follower.not_adopted {
                document.row(&[&duty[..], &padded([id.to_string(), false.to_string()])].concat())?;
            }
            if follower.follow_ups.is_empty() && follower.not_adopted.is_empty() {
                document.row(&[&duty[..], &padded([])].concat())?;
            }
        }
    }
    document.finish()
}

fn duty(year: i32, goal: &StatementGoal, follower: &StatementFollower) -> [String; OF_DUTY] {
    [
        year.to_string(),
        goal.level.code().to_owned(),
        text(Some(&goal.goal)),
        text(Some(&goal.name)),
        text(goal.focus_area.as_deref()),
        text(Some(&goal.agreement)),
        goal.version.to_string(),
        follower.follower.code().to_owned(),
        follower.is_done.to_string(),
    ]
}

fn of_figure(document: &CsvDocument, follow_up: &FollowUpView, seen: Option<&SeenView>) -> [String; OF_FIGURE] {
    [
        follow_up.id.to_string(),
        true.to_string(),
        follow_up.followed_on.to_string(),
        follow_up.meeting.to_string(),
        instant(follow_up.figures_as_of),
        text(seen.map(|seen| seen.measure.as_str())),
        text(seen.map(|seen| seen.area.as_str())),
        seen.map(|seen| seen.status.code().to_owned()).unwrap_or_default(),
        text(seen.and_then(|seen| seen.period.as_deref())),
        document.number(seen.and_then(|seen| seen.value)),
        text(Some(&follow_up.conclusion)),
        follow_up.decision.map(|id| id.to_string()).unwrap_or_default(),
        follow_up.adopted_at.map(instant).unwrap_or_default(),
    ]
}

/// Cells with empty ones after them.
fn padded<const N: usize>(cells: [String; N]) -> [String; OF_FIGURE] {
    let mut cells = cells.into_iter();
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

/// As JSON writes it.
fn instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}
