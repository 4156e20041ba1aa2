//! Who is calling, and what they may.

pub mod allow;
pub mod claims;
pub mod issuer;
pub mod keys;
pub mod role;

pub use allow::{Allow, Anyone};
pub use claims::{Caller, Plans, Scope};
