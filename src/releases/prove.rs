//! From exact figures to what may be shown to each audience; pure, and slow: seconds for a full quarter.

use uuid::Uuid;

use super::cube::Cube;
use super::rules::{Audience, Knowledge, Reader, chain};
use crate::disclosure::{
    CellId, Certificate, CountError, Counts, Frozen, FrozenParts, Kinship, Limits, PartCounts, PartId, PartTerms,
    PartsRefusal, Published, PublishedParts, Refusal, Terms, Threshold, Violation, check, protect, protect_parts,
};

/// A release that an audience holds already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// Its id.
    pub(crate) id: Uuid,
    /// Whose it is.
    pub(crate) reader: Reader,
    /// Its threshold.
    pub(crate) threshold: Threshold,
    /// What it shows.
    pub(crate) published: Published,
    /// The figures that it froze.
    pub(crate) counts: Counts,
    /// The activities that its reader knows exactly.
    pub(crate) known: Vec<String>,
    /// What it shows of the parts, and how many it froze; none of extracts, and of releases that were made before parts were.
    pub(crate) parts: Option<(PublishedParts, PartCounts)>,
}

/// What a release was proven with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StandsOn {
    /// Releases that its audience held already, in their order.
    pub(crate) earlier: Vec<(Uuid, Kinship)>,
    /// Releases of the same figures to audiences that see more.
    pub(crate) wider: Vec<Uuid>,
}

/// A release that was proven and is not stored yet.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Its id.
    pub(crate) id: Uuid,
    /// To whom.
    pub(crate) reader: Reader,
    /// The smallest count that it may show but 0.
    pub(crate) threshold: Threshold,
    /// The activities that its reader knows exactly.
    pub(crate) known: Vec<String>,
    /// What it was proven with.
    pub(crate) stands_on: StandsOn,
    /// What it shows.
    pub(crate) published: Published,
    /// Why it is safe.
    pub(crate) certificate: Certificate,
    /// What it shows of the parts.
    pub(crate) parts: Option<PublishedParts>,
}

/// What came of releasing to an audience and to all that see more.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// These are to be stored, in this order. The last is to the audience that was asked for.
    Made(Vec<Made>),
    /// The audience holds a release of the same figures.
    Unchanged(Uuid),
}

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// No way to show anything that is safe together with what was shown before.
    #[error("{refusal}")]
    Refused {
        /// For this audience.
        reader: Reader,
        /// Why.
        refusal: Refusal,
    },
    /// These parts were shown before and would have to be hidden now, or do not belong together.
    #[error("{refusal}")]
    Parts {
        /// For this audience.
        reader: Reader,
        /// Why.
        refusal: PartsRefusal,
    },
    /// An activity that somebody knows is not in the tables.
    #[error(transparent)]
    Unknown(#[from] CountError),
}

impl Failure {
    /// The cells that cause it.
    pub(crate) fn cells(&self) -> &[CellId] {
        match self {
            Self::Refused {
                refusal: Refusal::ShownBefore(cells) | Refusal::SmallCorrection(cells) | Refusal::Unprotected(cells),
                ..
            } => cells,
            _ => &[],
        }
    }

    /// The parts that cause it.
    pub(crate) fn parts(&self) -> &[PartId] {
        match self {
            Self::Parts {
                refusal: PartsRefusal::ShownBefore(parts),
                ..
            } => parts,
            _ => &[],
        }
    }
}

/// Figures, and who holds and knows what of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ground {
    /// The figures as they are now.
    pub(crate) counts: Counts,
    /// The parts as they are now; none of extracts.
    pub(crate) parts: Option<PartCounts>,
    /// Who knows what exactly.
    pub(crate) knowledge: Knowledge,
    /// What was released of them before, in that order.
    pub(crate) held: Vec<Held>,
}

/// Releases to `audience`, and to all that see more where they have no release of these figures.
pub(crate) fn prove(
    cube: &Cube,
    ground: &Ground,
    audience: Audience,
    threshold: Threshold,
) -> Result<Outcome, Failure> {
    let readers = match cube {
        Cube::Participation(_) => chain(audience, &ground.knowledge),
        // The plan's own parties see the extracts themselves.
        Cube::Kendskabsgrad(_) => vec![Reader::Public],
    };
    let mut made: Vec<Made> = Vec::new();
    let mut wider: Vec<Wider> = Vec::new();
    let mut unchanged = None;
    for reader in readers {
        let threshold = if reader.audience() == audience {
            threshold
        } else {
            Threshold::DEFAULT
        };
        let known = reader.organisation().and_then(|code| ground.knowledge.get(code));
        let known = known.cloned().unwrap_or_default();
        let last = ground.held.iter().rev().find(|held| held.reader == reader);
        if let Some(last) = last
            && last.counts == ground.counts
            && last.parts.as_ref().map(|(_, counts)| counts) == ground.parts.as_ref()
            && last.known == known
            && (last.threshold == threshold || reader.audience() != audience)
        {
            unchanged = Some(last.id);
            wider.push(Wider {
                reader,
                id: last.id,
                published: last.published.clone(),
                parts: last.parts.as_ref().map(|(published, _)| published.clone()),
            });
            continue;
        }
        unchanged = None;
        let one = release(cube, ground, reader, threshold, known, &wider, &made)?;
        wider.push(Wider {
            reader: one.reader.clone(),
            id: one.id,
            published: one.published.clone(),
            parts: one.parts.clone(),
        });
        made.push(one);
    }
    match unchanged {
        Some(id) if made.is_empty() => Ok(Outcome::Unchanged(id)),
        _ => Ok(Outcome::Made(made)),
    }
}

/// A release of the same figures to another audience.
struct Wider {
    reader: Reader,
    id: Uuid,
    published: Published,
    parts: Option<PublishedParts>,
}

fn release(
    cube: &Cube,
    ground: &Ground,
    reader: Reader,
    threshold: Threshold,
    known: Vec<String>,
    others: &[Wider],
    made: &[Made],
) -> Result<Made, Failure> {
    let earlier = earlier(ground, &reader);
    let wider: Vec<&Wider> = others
        .iter()
        .filter(|other| other.reader.audience() < reader.audience())
        .collect();
    let stands_on = StandsOn {
        earlier: earlier.iter().map(|(held, kinship)| (held.id, *kinship)).collect(),
        wider: wider.iter().map(|wider| wider.id).collect(),
    };
    // A unit and what it is a unit of often know the same.
    let alike = made
        .iter()
        .find(|one| one.known == known && one.stands_on == stands_on && one.threshold == threshold);
    let (published, certificate, parts) = match alike {
        Some(alike) => (alike.published.clone(), alike.certificate.clone(), alike.parts.clone()),
        None => {
            let knows = cube.known(&known)?;
            let frozen: Vec<Frozen<'_>> = earlier.iter().map(|(held, kinship)| frozen(held, *kinship)).collect();
            let cells: Vec<&Published> = wider.iter().map(|wider| &wider.published).collect();
            let terms = Terms {
                threshold,
                known: knows.as_ref(),
                earlier: &frozen,
                wider: &cells,
                limits: Limits::default(),
            };
            let release = protect(cube.shape(), &ground.counts, &terms).map_err(|refusal| Failure::Refused {
                reader: reader.clone(),
                refusal,
            })?;
            let parts = ground.parts.as_ref().map(|counts| {
                let held: Vec<&Held> = earlier.iter().map(|(held, _)| *held).collect();
                let wider: Vec<Option<&PublishedParts>> = wider.iter().map(|wider| wider.parts.as_ref()).collect();
                parts(cube, &release.published, counts, threshold, &known, &held, &wider)
            });
            let parts = parts.transpose().map_err(|refusal| Failure::Parts {
                reader: reader.clone(),
                refusal,
            })?;
            (release.published, release.certificate, parts)
        }
    };
    Ok(Made {
        id: Uuid::now_v7(),
        reader,
        threshold,
        known,
        stands_on,
        published,
        certificate,
        parts,
    })
}

/// What is shown of the parts beside what is shown of the participants.
fn parts(
    cube: &Cube,
    published: &Published,
    counts: &PartCounts,
    threshold: Threshold,
    known: &[String],
    earlier: &[&Held],
    wider: &[Option<&PublishedParts>],
) -> Result<PublishedParts, PartsRefusal> {
    let activities = cube.activities().iter().enumerate();
    let known: Vec<usize> = activities
        .filter(|(_, activity)| known.contains(activity))
        .map(|(at, _)| at)
        .collect();
    // Who held a release without parts has seen none of them.
    let earlier: Vec<FrozenParts<'_>> = earlier.iter().filter_map(|held| frozen_parts(cube, held)).collect();
    // Of the same figures every audience has the parts, or the release would be made anew.
    let wider: Option<Vec<&PublishedParts>> = wider.iter().copied().collect();
    let terms = PartTerms {
        threshold,
        known: &known,
        earlier: &earlier,
        wider: &wider.ok_or(PartsRefusal::Foreign)?,
    };
    protect_parts(&cube.wholes(published), counts, &terms)
}

fn frozen_parts<'a>(cube: &Cube, held: &'a Held) -> Option<FrozenParts<'a>> {
    let (published, _) = held.parts.as_ref()?;
    Some(FrozenParts {
        wholes: cube.wholes(&held.published),
        published,
    })
}

/// What a reader holds already: its own releases, and what it read as one of the parties before it knew anything itself.
fn earlier<'a>(ground: &'a Ground, reader: &Reader) -> Vec<(&'a Held, Kinship)> {
    let own = |held: &Held| held.reader == *reader;
    let has_own = |counts: &Counts| ground.held.iter().any(|held| own(held) && held.counts == *counts);
    let is_organisation = reader.organisation().is_some();
    let each = ground.held.iter().filter_map(|held| match held.reader {
        _ if own(held) => Some((held, Kinship::Same)),
        // What its own release of the same figures shows includes what this one shows.
        Reader::Parties if is_organisation && !has_own(&held.counts) => Some((held, Kinship::Narrower)),
        _ => None,
    });
    each.collect()
}

fn frozen(held: &Held, kinship: Kinship) -> Frozen<'_> {
    Frozen {
        counts: &held.counts,
        published: &held.published,
        threshold: held.threshold,
        kinship,
    }
}

/// Whether a stored release shows of the parts what the rules say, with the releases that it stands on.
pub(crate) fn check_parts_again(cube: &Cube, release: &Held, earlier: &[(&Held, Kinship)], wider: &[&Held]) -> bool {
    let Some((published, counts)) = &release.parts else {
        return true;
    };
    let earlier: Vec<&Held> = earlier.iter().map(|(held, _)| *held).collect();
    let wider: Vec<Option<&PublishedParts>> = wider
        .iter()
        .map(|held| held.parts.as_ref().map(|(published, _)| published))
        .collect();
    let again = parts(
        cube,
        &release.published,
        counts,
        release.threshold,
        &release.known,
        &earlier,
        &wider,
    );
    again.as_ref() == Ok(published)
}

/// Checks a stored release by its certificate, with the releases that it stands on.
pub(crate) fn check_again(
    cube: &Cube,
    release: &Held,
    certificate: &Certificate,
    earlier: &[(&Held, Kinship)],
    wider: &[&Published],
) -> Result<Result<(), Violation>, CountError> {
    let known = cube.known(&release.known)?;
    let earlier: Vec<Frozen<'_>> = earlier.iter().map(|(held, kinship)| frozen(held, *kinship)).collect();
    let terms = Terms {
        threshold: release.threshold,
        known: known.as_ref(),
        earlier: &earlier,
        wider,
        limits: Limits::default(),
    };
    Ok(check(
        cube.shape(),
        &release.counts,
        &terms,
        &release.published,
        certificate,
    ))
}
