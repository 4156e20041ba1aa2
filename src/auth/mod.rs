//! Who is calling, and what they may.

pub mod allow;
pub mod assertion;
pub mod claims;
pub mod external;
pub mod gate;
pub mod issuer;
pub mod jwks;
pub mod key_files;
pub mod keys;
pub mod limits;
pub mod registry;
pub mod role;
pub mod secret;

pub use allow::{Allow, Anyone, Watched};
pub use claims::{Caller, Plans, Scope, TokenKind};
