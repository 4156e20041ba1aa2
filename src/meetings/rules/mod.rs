//! What may happen to meetings, and how often bodies met; pure.

pub mod cadence;
mod drafts;
mod states;

pub use drafts::{Draft, ItemDraft, Known, KnownToMinutes, MAX_ITEMS, MAX_POSITION};
pub use states::{ItemStatus, MeetingStatus, Presence, Step};
