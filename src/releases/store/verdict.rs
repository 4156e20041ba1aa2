//! What comes of checking a release again.

/// What an audit says of one release.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Which: subject, period, audience, organisation and number.
    pub release: String,
    /// How many cells it shows and hides.
    pub cells: (usize, usize),
    /// Everything that is wrong; empty if nothing is.
    pub wrong: Vec<String>,
    /// What could not be checked, and why; empty if everything was.
    pub unchecked: Vec<String>,
}

/// How a release stands by its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything was checked, and nothing is wrong.
    Safe,
    /// Nothing that could be checked is wrong.
    Unsure,
    /// Something is wrong.
    Unsafe,
}

impl Verdict {
    /// How the release stands.
    pub fn standing(&self) -> Standing {
        match (self.wrong.as_slice(), self.unchecked.as_slice()) {
            ([], []) => Standing::Safe,
            ([], _) => Standing::Unsure,
            _ => Standing::Unsafe,
        }
    }

    pub(super) fn find(&mut self, wrong: &str) {
        self.wrong.push(wrong.to_owned());
    }

    pub(super) fn leave_open(&mut self, unchecked: &str) {
        self.unchecked.push(unchecked.to_owned());
    }
}
