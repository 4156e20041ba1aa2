//! Releases: what is shown of figures that count people, to whom, and nothing else.
//!
//! Reading order: [`rules`] (audiences and how they nest), `cube` (what the tables are made of), `prove` (from exact figures to
//! what may be shown, by [`crate::disclosure`]), `seal` (what binds that to the audit log), [`store`], `tables` (the rows of a masked table), `outcomes` (newcomers, and who went on to
//! something), `formats`, [`routes`].
//!
//! # Quirks
//!
//! - Whatever answers a reader is made from `releases` alone; `release_proofs`, which holds the exact figures, is read to prove
//!   the next release and to audit, by nothing else.
//! - A release to an audience needs releases of the same figures to all audiences that see more: they are made with it where
//!   they are not there. So what a narrower audience sees is always part of what a wider one sees.
//! - The first release of a quarter fixes what its tables are made of: a zone's departments, the activities, age bands and
//!   genders. What is new among them afterwards cannot be in its corrections.
//! - Newcomers and outcomes are released for whole activities alone, not by residence, age or gender: there each of them would
//!   make three cells of every one, and hide more of the participants than it shows itself.
//! - A release that was made before these were released has none of them. The quarter is released once more to have them: that
//!   is a new release though its participants are the same.

mod cube;
mod formats;
pub mod model;
mod outcomes;
mod prove;
pub mod routes;
pub mod rules;
mod seal;
pub mod store;
mod tables;
