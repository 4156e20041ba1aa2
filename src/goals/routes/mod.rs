//! `GET /v1/plans/{plan}/goals…`, `…/sub-goals…` and `…/goal-status…`.

mod in_force;
mod status;

use chrono::NaiveDate;

use crate::web::page::Key;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(in_force::list_goals)
        .service(in_force::get_goal)
        .service(in_force::list_sub_goals)
        .service(in_force::get_sub_goal)
        .service(status::list_goal_status)
        .service(status::get_goal_status);
}

/// Where a list goes on. All its pages are of one day and one moment, so that they are pages of the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bookmark {
    /// The number of the moment.
    seq: i64,
    /// The day.
    on: NaiveDate,
    /// How many items came before.
    passed: usize,
}

impl Key for Bookmark {
    fn to_text(&self) -> String {
        format!("{}.{}.{}", self.seq, self.on, self.passed)
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let bookmark = Self {
            seq: parts.next()?.parse().ok()?,
            on: crate::web::query::parse_date(parts.next()?)?,
            passed: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(bookmark)
    }
}

/// One page of the items of a list, each with the bookmark that stands behind it: one more than the page holds.
fn window<T>(items: Vec<T>, seq: i64, on: NaiveDate, after: Option<Bookmark>, limit: u64) -> Vec<(Bookmark, T)> {
    let first = after.map_or(0, |bookmark| bookmark.passed);
    let take = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let numbered = items.into_iter().enumerate().skip(first).take(take);
    numbered
        .map(|(index, item)| {
            let bookmark = Bookmark {
                seq,
                on,
                passed: index + 1,
            };
            (bookmark, item)
        })
        .collect()
}
