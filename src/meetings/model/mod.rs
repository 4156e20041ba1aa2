//! How meetings and what belongs to them look from outside.

mod agenda;
mod cadence;
mod feed;
mod figures;
mod meeting;
mod minutes;

pub use agenda::{AgendaItemPatch, AgendaItemView, Document, ItemDecisionView, NewAgendaItem, documents};
pub use cadence::{BodyCadenceView, CadenceView, OrderView, TallyView};
pub use feed::{CalendarFeedView, IssuedCalendarFeedView, NewCalendarFeed};
pub use figures::{FiguresView, RestatedFigureView, RestatedView, RevisionView, ShownView};
pub use meeting::{Cancellation, DeadlinesView, MeetingPatch, MeetingView, NewMeeting, status};
pub use minutes::{
    AttendanceView, Guest, MinutesItemView, MinutesView, ReservationView, WrittenAttendance, WrittenItem,
    WrittenMinutes, WrittenReservation, guests,
};
