//! How reports, receipts and commitments look from outside.

mod categories;
mod commitments;
mod receipt;
mod report;
mod sent;

pub use categories::{AgeBandView, CategoriesView, GenderView, ResidenceView};
pub use commitments::{CommitmentView, QuarterDelivery};
pub use receipt::{Change, Outcome, Receipt, Rows, Warning};
pub use report::{Content, Count, Delivery, Outcomes, PlaceCount, ReportItemView, ReportView, Totals};
pub use sent::{NewCount, NewDelivery, NewOutcomes, NewPlace, NewReport};
