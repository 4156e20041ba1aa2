//! How organisations, areas and venues are read, judged and stored when a client writes them.

mod areas;
mod organisations;
mod venues;

pub use areas::Areas;
pub use organisations::Organisations;
pub use venues::Venues;
