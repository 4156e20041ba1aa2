//! Parts of whole activities: an attacker who tries every possible quarter, and mutations of the rules that he notices.
//!
//! He is given everything but the numbers: what every reader is shown for each of them is computed by the rules themselves, and what
//! he holds leaves exactly those quarters that look the same to him.

use std::collections::HashMap;

use super::super::synthetic::Dice;
use super::*;

/// How parts are released; mutations release otherwise.
type Rule = fn(&[Option<u64>], &PartCounts, &PartTerms<'_>) -> Result<PublishedParts, PartsRefusal>;
/// What is shown as the total, of the numbers and what is shown of them.
type Total = fn(&[u64], &PublishedParts) -> Option<u64>;

/// To whom: some organisations, the parties, the public.
#[derive(Clone, Debug)]
struct Release {
    /// How many take part in each activity.
    wholes: Vec<u64>,
    /// What else the participants' tables hide.
    is_covered: Vec<bool>,
    /// Which activities each organisation knows by now; none where it reads as one of the parties.
    known: Vec<Vec<usize>>,
    /// The threshold of each reader.
    thresholds: Vec<Threshold>,
    /// Whether the parties are released to, and the public.
    goes_to: [bool; 2],
}

/// Releases of a quarter, and which activities everybody knows to be corrected in none of them.
#[derive(Clone, Debug)]
struct Quarter {
    releases: Vec<Release>,
    is_unchanged: Vec<bool>,
}

/// How many are in the part: in each release, of each activity.
type World = Vec<Vec<u64>>;

/// What a reader was shown by a release.
#[derive(Clone, Debug)]
struct Shown {
    wholes: Vec<Option<u64>>,
    parts: PublishedParts,
    total: Option<u64>,
}

/// A reader, a release, an activity, and which values he thinks possible of it.
type Found = (usize, usize, usize, Vec<u64>);

/// For each release that was made and each reader what he was shown; none where he was not released to.
type Story = Vec<Vec<Option<Shown>>>;

impl Quarter {
    fn organisations(&self) -> usize {
        self.releases[0].known.len()
    }

    fn readers(&self) -> usize {
        self.organisations() + 2
    }

    /// The readers of one release, those who see most first.
    fn chain(&self, release: &Release) -> Vec<usize> {
        let organisations = self.organisations();
        let knowing = (0..organisations).filter(|reader| !release.known[*reader].is_empty());
        let others = (0..2).filter(|other| release.goes_to[*other]);
        knowing.chain(others.map(|other| organisations + other)).collect()
    }

    fn is_wider(&self, wide: usize, narrow: usize) -> bool {
        let rank = |reader: usize| reader.saturating_sub(self.organisations() - 1);
        rank(wide) < rank(narrow)
    }

    /// The releases that a reader holds: his own, and for an organisation that knew nothing yet the parties'.
    fn held(&self, story: &Story, reader: usize) -> Vec<(usize, usize)> {
        let parties = self.organisations();
        let each = (0..story.len()).filter_map(|number| match &story[number] {
            shown if shown[reader].is_some() => Some((number, reader)),
            shown if reader < parties && shown[parties].is_some() => Some((number, parties)),
            _ => None,
        });
        each.collect()
    }

    fn known<'a>(&self, release: &'a Release, reader: usize) -> &'a [usize] {
        release.known.get(reader).map_or(&[], Vec::as_slice)
    }

    /// Whether a reader knows a number: it reported it, or reports later what it knows to be the same.
    fn comes_to_know(&self, reader: usize, number: usize, activity: usize) -> bool {
        let is_known = |release: &Release| self.known(release, reader).contains(&activity);
        is_known(&self.releases[number]) || (self.is_unchanged[activity] && self.releases.iter().any(is_known))
    }

    /// What the participants' tables show a reader of the wholes.
    fn wholes(&self, number: usize, reader: usize, story: &Story, now: &[Option<Shown>]) -> Vec<Option<u64>> {
        let release = &self.releases[number];
        let each = release.wholes.iter().enumerate().map(|(activity, whole)| {
            let is_known = self.known(release, reader).contains(&activity);
            let is_large = *whole == 0 || *whole >= release.thresholds[reader].get();
            let was_hidden = story.iter().any(|shown| {
                let before = shown[reader].as_ref();
                before.is_some_and(|before| before.wholes[activity].is_none())
            });
            let is_hidden = (0..reader).any(|wide| {
                let wider = now[wide].as_ref().filter(|_| self.is_wider(wide, reader));
                wider.is_some_and(|wider| wider.wholes[activity].is_none())
            });
            let is_shown = is_known || (is_large && !release.is_covered[activity]);
            Some(*whole).filter(|_| is_shown && !was_hidden && !is_hidden)
        });
        each.collect()
    }

    /// Makes the releases one after the other, up to one that is refused.
    fn play(&self, world: &World, rule: Rule, total: Total) -> Story {
        let mut story: Story = Vec::new();
        for (number, release) in self.releases.iter().enumerate() {
            let mut counts = PartCounts::zero(&["newcomers"], release.wholes.len());
            for (activity, inside) in world[number].iter().enumerate() {
                counts.add(activity, &[*inside]);
            }
            let mut now: Vec<Option<Shown>> = vec![None; self.readers()];
            for reader in self.chain(release) {
                let wholes = self.wholes(number, reader, &story, &now);
                let held = self.held(&story, reader);
                let held: Vec<&Shown> = held
                    .iter()
                    .filter_map(|(number, of)| story[*number][*of].as_ref())
                    .collect();
                let turned = held.iter().any(|before| {
                    let mut pairs = before.wholes.iter().zip(&wholes);
                    pairs.any(|(before, now)| before.is_some() && now.is_none())
                });
                let earlier: Vec<FrozenParts<'_>> = held
                    .iter()
                    .map(|shown| FrozenParts {
                        wholes: shown.wholes.clone(),
                        published: &shown.parts,
                    })
                    .collect();
                let wider = (0..reader).filter(|wide| self.is_wider(*wide, reader));
                let wider: Vec<&PublishedParts> = wider.filter_map(|wide| Some(&now[wide].as_ref()?.parts)).collect();
                let terms = PartTerms {
                    threshold: release.thresholds[reader],
                    known: self.known(release, reader),
                    earlier: &earlier,
                    wider: &wider,
                };
                match rule(&wholes, &counts, &terms) {
                    Ok(parts) if !turned => {
                        let total = total(&world[number], &parts);
                        now[reader] = Some(Shown { wholes, parts, total });
                    }
                    _ => return story,
                }
            }
            story.push(now);
        }
        story
    }

    /// Every quarter that is possible.
    fn worlds(&self) -> Vec<World> {
        let mut worlds: Vec<World> = vec![Vec::new()];
        for (number, release) in self.releases.iter().enumerate() {
            worlds.iter_mut().for_each(|world| world.push(Vec::new()));
            for (activity, whole) in release.wholes.iter().enumerate() {
                let is_same = number > 0 && self.is_unchanged[activity];
                let grown = worlds.into_iter().flat_map(|world| {
                    let values = match is_same {
                        true => world[0][activity]..=world[0][activity],
                        false => 0..=*whole,
                    };
                    values
                        .map(|value| {
                            let mut world = world.clone();
                            world[number].push(value);
                            world
                        })
                        .collect::<Vec<_>>()
                });
                worlds = grown.collect();
            }
        }
        worlds
    }

    /// Everything that a reader holds: what was shown to him and to the public, and what he knows himself.
    fn view(&self, world: &World, story: &Story, reader: usize) -> String {
        let public = self.readers() - 1;
        let mut view = String::new();
        for (number, of) in self
            .held(story, reader)
            .into_iter()
            .chain((0..story.len()).map(|at| (at, public)))
        {
            if let Some(shown) = &story[number][of] {
                let values = shown.parts.ids().map(|id| shown.parts.value(id));
                let values: Vec<Option<u64>> = values.collect();
                view += &format!("{number} {of} {values:?} {:?};", shown.total);
            }
        }
        for (release, counts) in self.releases.iter().zip(world).take(story.len()) {
            let known = self.known(release, reader).iter();
            view += &format!("{:?}", known.map(|activity| counts[*activity]).collect::<Vec<_>>());
        }
        view
    }

    /// What some reader finds out in some quarter: who, the release, the activity, and which values he thinks possible.
    fn finds(&self, rule: Rule, total: Total) -> Vec<Found> {
        let worlds = self.worlds();
        let mut stories: Vec<(&World, Story)> = worlds
            .iter()
            .map(|world| (world, self.play(world, rule, total)))
            .collect();
        let mut found = Vec::new();
        // Nobody outside can tell a release that was refused from one that was never asked for: so he knows those that are there.
        for made in (1..=self.releases.len()).rev() {
            for (_, story) in &mut stories {
                story.truncate(made);
            }
            let there: Vec<&(&World, Story)> = stories.iter().filter(|(_, story)| story.len() == made).collect();
            for reader in 0..self.readers() {
                let mut alike: HashMap<String, Vec<&(&World, Story)>> = HashMap::new();
                for one in &there {
                    alike.entry(self.view(one.0, &one.1, reader)).or_default().push(*one);
                }
                for group in alike.values() {
                    found.extend(self.finds_among(reader, group));
                }
            }
        }
        found
    }

    /// The same, of worlds that all look alike to a reader.
    fn finds_among(&self, reader: usize, group: &[&(&World, Story)]) -> Vec<Found> {
        let story = &group[0].1;
        let mut found = Vec::new();
        for (number, of) in self.held(story, reader) {
            let Some(shown) = &story[number][of] else { continue };
            for activity in 0..shown.wholes.len() {
                let is_hidden = shown.parts.is_hidden(PartId { activity, part: 0 });
                let is_open = !is_hidden || self.comes_to_know(reader, number, activity);
                let Some(whole) = shown.wholes[activity].filter(|_| !is_open) else {
                    continue;
                };
                let mut values: Vec<u64> = group.iter().map(|(world, _)| world[number][activity]).collect();
                values.sort_unstable();
                values.dedup();
                let least = self.least(story, reader, activity, number, of);
                let (lowest, highest) = (values[0], values[values.len() - 1]);
                if lowest > 1 || highest < least || whole - highest > 1 || whole - lowest < least {
                    found.push((reader, number, activity, values));
                }
            }
        }
        found
    }

    /// The threshold that a hidden part is held to: where it is known to be the same in all releases, that of the one that tells
    /// most of it.
    fn least(&self, story: &Story, reader: usize, activity: usize, number: usize, of: usize) -> u64 {
        let of_all = self.held(story, reader).into_iter();
        let all = of_all.map(|(number, of)| self.releases[number].thresholds[of].get());
        match self.is_unchanged[activity] {
            true => all.min().unwrap_or(0),
            false => self.releases[number].thresholds[of].get(),
        }
    }
}

fn as_it_is(_: &[u64], published: &PublishedParts) -> Option<u64> {
    published.total(0)
}

/// A small quarter of so many releases and activities.
fn quarter(dice: &mut Dice, releases: usize, activities: usize, most: usize) -> Quarter {
    let organisations = 1 + dice.below(2);
    let mut known: Vec<Vec<usize>> = vec![Vec::new(); organisations];
    let mut made: Vec<Release> = Vec::new();
    for _ in 0..releases {
        for own in &mut known {
            let more = dice.below(2 * activities);
            if more < activities && !own.contains(&more) {
                own.push(more);
            }
        }
        let wholes = (0..activities).map(|activity| match made.last() {
            // Half of them stay as they were.
            Some(before) if dice.below(2) == 0 => before.wholes[activity],
            _ => [0, dice.below(most + 1), 6 + dice.below(most - 5)][dice.below(3)] as u64,
        });
        made.push(Release {
            wholes: wholes.collect(),
            is_covered: (0..activities).map(|_| dice.below(8) == 0).collect(),
            known: known.clone(),
            thresholds: (0..organisations + 2)
                .map(|_| Threshold::new(3 + dice.below(2) as u64).unwrap())
                .collect(),
            goes_to: [(true, true), (true, true), (true, false), (false, false)]
                .map(|(parties, public)| [parties, public])[dice.below(4)],
        });
    }
    let is_unchanged = (0..activities).map(|activity| {
        let is_same = made
            .iter()
            .all(|release| release.wholes[activity] == made[0].wholes[activity]);
        is_same && dice.below(2) == 0
    });
    Quarter {
        is_unchanged: is_unchanged.collect(),
        releases: made,
    }
}

/// Quarters of one release and two or three activities, and of two or three releases and one or two.
fn quarters(seed: u64, number: u32) -> impl Iterator<Item = Quarter> {
    let mut dice = Dice::new(seed);
    (0..number).map(move |at| match at % 16 {
        0..9 => quarter(&mut dice, 1, 2, 9),
        9..14 => quarter(&mut dice, 2, 1, 9),
        14 => quarter(&mut dice, 3, 1, 7),
        _ => quarter(&mut dice, 2, 2, 6),
    })
}

#[test]
fn whoever_tries_every_possible_quarter_finds_nothing_hidden() {
    let mut hidden = 0;
    for quarter in quarters(1, proofs(2_000, 10_000)) {
        assert_eq!(quarter.finds(protect_parts, as_it_is), [], "{quarter:?}");
        let world: World = quarter
            .releases
            .iter()
            .map(|release| release.wholes.iter().map(|whole| whole / 3).collect())
            .collect();
        for shown in quarter.play(&world, protect_parts, as_it_is).iter().flatten().flatten() {
            hidden += shown.parts.ids().filter(|id| shown.parts.is_hidden(*id)).count();
        }
    }
    assert!(hidden > 1_000, "{hidden}");
}

/// Shows more than the rules do.
fn with(
    counts: &PartCounts,
    published: &PublishedParts,
    wholes: &[Option<u64>],
    also: impl Fn(u64, u64) -> bool,
) -> PublishedParts {
    let full = counts.mask(|_| false);
    counts.mask(|id| {
        let whole = wholes[id.activity];
        let opens = whole
            .zip(full.value(id))
            .is_some_and(|(whole, value)| also(whole, value));
        published.is_hidden(id) && !opens
    })
}

fn no_complement(
    wholes: &[Option<u64>],
    counts: &PartCounts,
    terms: &PartTerms<'_>,
) -> Result<PublishedParts, PartsRefusal> {
    let least = terms.threshold.get();
    let published = protect_parts(wholes, counts, terms)?;
    Ok(with(counts, &published, wholes, |whole, value| {
        whole >= 2 * least && (value == 0 || value >= least)
    }))
}

fn small_wholes_too(
    wholes: &[Option<u64>],
    counts: &PartCounts,
    terms: &PartTerms<'_>,
) -> Result<PublishedParts, PartsRefusal> {
    let least = terms.threshold.get();
    let published = protect_parts(wholes, counts, terms)?;
    Ok(with(counts, &published, wholes, |whole, value| {
        whole >= least
            && [value, whole - value]
                .iter()
                .all(|people| *people == 0 || *people >= least)
    }))
}

fn no_zeros(
    wholes: &[Option<u64>],
    counts: &PartCounts,
    terms: &PartTerms<'_>,
) -> Result<PublishedParts, PartsRefusal> {
    let least = terms.threshold.get();
    let published = protect_parts(wholes, counts, terms)?;
    // A part is hidden where it is from 1 up to the threshold, and shown everywhere else, the whole being what it may.
    Ok(with(counts, &published, wholes, |_, value| {
        value == 0 || value >= least
    }))
}

fn forgetful(
    wholes: &[Option<u64>],
    counts: &PartCounts,
    terms: &PartTerms<'_>,
) -> Result<PublishedParts, PartsRefusal> {
    protect_parts(
        wholes,
        counts,
        &PartTerms {
            earlier: &[],
            ..terms.clone()
        },
    )
}

fn alone(wholes: &[Option<u64>], counts: &PartCounts, terms: &PartTerms<'_>) -> Result<PublishedParts, PartsRefusal> {
    protect_parts(
        wholes,
        counts,
        &PartTerms {
            wider: &[],
            ..terms.clone()
        },
    )
}

fn always(world: &[u64], _: &PublishedParts) -> Option<u64> {
    Some(world.iter().sum())
}

#[test]
fn every_rule_that_is_left_out_is_found_out() {
    let finds = |rule: Rule, total: Total| {
        quarters(2, 400)
            .filter(|quarter| !quarter.finds(rule, total).is_empty())
            .count()
    };
    assert_eq!(finds(protect_parts, as_it_is), 0);
    for (name, found) in [
        ("no complement", finds(no_complement, as_it_is)),
        ("small wholes too", finds(small_wholes_too, as_it_is)),
        ("small values alone", finds(no_zeros, as_it_is)),
        ("a total beside a hidden part", finds(protect_parts, always)),
        ("a correction that unhides", finds(forgetful, as_it_is)),
    ] {
        assert!(found > 5, "{name}: {found}");
    }
}

#[test]
fn what_one_audience_is_shown_every_audience_that_sees_more_is_shown() {
    let mut narrower = 0;
    let mut torn = 0;
    for quarter in quarters(3, 600) {
        let parties = quarter.organisations();
        for world in quarter.worlds().into_iter().step_by(7) {
            for (rule, is_whole) in [(protect_parts as Rule, true), (alone, false)] {
                for shown in quarter.play(&world, rule, as_it_is) {
                    let Some(narrow) = &shown[parties] else { continue };
                    for wide in shown[..parties].iter().flatten() {
                        let is_part = |id: &PartId| {
                            narrow.parts.is_hidden(*id) || narrow.parts.value(*id) == wide.parts.value(*id)
                        };
                        let is_nested = narrow.parts.ids().all(|id| is_part(&id));
                        assert!(is_nested || !is_whole, "{quarter:?} {world:?}");
                        torn += usize::from(!is_nested);
                        narrower += narrow
                            .parts
                            .ids()
                            .filter(|id| narrow.parts.is_hidden(*id) && !wide.parts.is_hidden(*id))
                            .count();
                    }
                }
            }
        }
    }
    assert!(narrower > 100 && torn > 10, "{narrower} {torn}");
}

const NEWCOMERS: PartId = PartId { activity: 0, part: 0 };

fn counts(inside: u64) -> PartCounts {
    let mut counts = PartCounts::zero(&["newcomers"], 1);
    counts.add(0, &[inside]);
    counts
}

fn first() -> PartTerms<'static> {
    PartTerms {
        threshold: five(),
        known: &[],
        earlier: &[],
        wider: &[],
    }
}

fn released(whole: Option<u64>, inside: u64, terms: &PartTerms<'_>) -> Result<Option<u64>, PartsRefusal> {
    protect_parts(&[whole], &counts(inside), terms).map(|published| published.value(NEWCOMERS))
}

#[test]
fn a_part_is_shown_if_it_and_the_rest_are_nobody_or_enough() {
    for (whole, inside, is_shown) in [
        (0, 0, true),
        (5, 0, false),
        (9, 5, false),
        (9, 9, false),
        (10, 0, true),
        (10, 1, false),
        (10, 4, false),
        (10, 5, true),
        (10, 6, false),
        (10, 10, true),
        (98, 4, false),
        (98, 5, true),
        (98, 93, true),
        (98, 94, false),
        (98, 97, false),
        (98, 98, true),
    ] {
        let found = released(Some(whole), inside, &first());
        assert_eq!(found, Ok(Some(inside).filter(|_| is_shown)), "{inside} of {whole}");
    }
    assert_eq!(released(None, 20, &first()), Ok(None));
    let own = PartTerms { known: &[0], ..first() };
    assert_eq!(released(Some(3), 1, &own), Ok(Some(1)));
    assert_eq!(released(None, 1, &own), Ok(None));
    assert_eq!(released(Some(3), 4, &own), Err(PartsRefusal::Foreign));
}

#[test]
fn a_correction_keeps_hidden_what_was_hidden_and_is_refused_where_a_shown_part_turns_small() {
    let after = |before: (u64, u64), now: (u64, u64)| {
        let published = protect_parts(&[Some(before.0)], &counts(before.1), &first()).unwrap();
        let earlier = [FrozenParts {
            wholes: vec![Some(before.0)],
            published: &published,
        }];
        let terms = PartTerms {
            earlier: &earlier,
            ..first()
        };
        released(Some(now.0), now.1, &terms)
    };
    let refused = Err(PartsRefusal::ShownBefore(vec![NEWCOMERS]));
    assert_eq!(after((40, 12), (40, 13)), Ok(Some(13)));
    assert_eq!(after((40, 0), (40, 5)), Ok(Some(5)));
    assert_eq!(after((40, 12), (40, 4)), refused);
    assert_eq!(after((40, 0), (40, 3)), refused);
    assert_eq!(after((40, 40), (40, 39)), refused);
    assert_eq!(after((40, 12), (9, 5)), refused);
    assert_eq!(after((40, 4), (40, 20)), Ok(None));
    assert_eq!(after((9, 4), (40, 20)), Ok(None));
    // Nobody had taken part: that zero was nobody's.
    assert_eq!(after((0, 0), (40, 3)), Ok(None));
    assert_eq!(after((0, 0), (40, 30)), Ok(Some(30)));
    assert_eq!(after((40, 3), (0, 0)), Ok(Some(0)));
}

/// What two releases of one activity show, of which these are in the part: its whole and its part in each; none where the second is
/// refused.
fn corrected(threshold: Threshold, [before, after]: [(u64, u64); 2]) -> Option<[(Option<u64>, Option<u64>); 2]> {
    let terms = PartTerms { threshold, ..first() };
    let is_shown = |whole: &u64| *whole == 0 || *whole >= threshold.get();
    let whole = Some(before.0).filter(is_shown);
    let one = protect_parts(&[whole], &counts(before.1), &terms).ok()?;
    let earlier = [FrozenParts {
        wholes: vec![whole],
        published: &one,
    }];
    let terms = PartTerms {
        earlier: &earlier,
        ..terms
    };
    // A whole that was hidden stays so; one that was shown, and turned small, is refused with its release.
    let next = Some(after.0).filter(|after| is_shown(after) && whole.is_some());
    if whole.is_some() && next.is_none() {
        return None;
    }
    let other = protect_parts(&[next], &counts(after.1), &terms).ok()?;
    Some([(whole, one.value(NEWCOMERS)), (next, other.value(NEWCOMERS))])
}

#[test]
fn two_releases_say_of_a_hidden_part_no_more_than_each_does_whatever_the_correction_was() {
    let three = Threshold::new(3).unwrap();
    let mut hidden = 0;
    for (before, after) in (0..=9).flat_map(|before| (0..=9).map(move |after| (before, after))) {
        // Every pair of numbers that looks the same from outside.
        let mut alike: HashMap<_, Vec<[u64; 2]>> = HashMap::new();
        for (one, other) in (0..=before).flat_map(|one| (0..=after).map(move |other| (one, other))) {
            if let Some(shown) = corrected(three, [(before, one), (after, other)]) {
                alike.entry(shown).or_default().push([one, other]);
            }
        }
        for (shown, pairs) in alike {
            for (at, (whole, value)) in shown.into_iter().enumerate() {
                let Some(whole) = whole.filter(|_| value.is_none()) else {
                    continue;
                };
                let values = || pairs.iter().map(|pair| pair[at]);
                let (lowest, highest) = (values().min().unwrap(), values().max().unwrap());
                assert!(lowest <= 1 && highest >= 3, "{before} {after}: {pairs:?}");
                assert!(
                    whole - highest <= 1 && whole - lowest >= 3,
                    "{before} {after}: {pairs:?}"
                );
                hidden += 1;
            }
        }
    }
    assert!(hidden > 50, "{hidden}");
}

#[test]
fn whoever_has_the_correction_from_elsewhere_learns_what_it_says_which_is_not_covered() {
    // 97 of 100 were newcomers, of whom 50 are taken back; both numbers are hidden, the second because the first was.
    let shown = corrected(five(), [(100, 97), (100, 47)]).unwrap();
    assert_eq!(shown, [(Some(100), None); 2]);
    let fits = |inside: &u64, by: u64| {
        let other = inside.checked_sub(by);
        other.is_some_and(|other| corrected(five(), [(100, *inside), (100, other)]) == Some(shown))
    };
    let possible: Vec<u64> = (0..=100).filter(|inside| fits(inside, 50)).collect();
    assert_eq!(possible, [96, 97, 98, 99]);
    // Who has not: of the first 1 to 4 and 96 to 99, of the second anything.
    let pairs = (0..=100).flat_map(|one| (0..=100).map(move |other| (one, other)));
    let pairs = pairs.filter(|(one, other)| corrected(five(), [(100, *one), (100, *other)]) == Some(shown));
    assert_eq!(pairs.count(), 8 * 101);
}

#[test]
fn releases_of_other_activities_or_parts_are_not_taken() {
    let other = PartCounts::zero(&["newcomers"], 2).mask(|_| false);
    let terms = PartTerms {
        wider: &[&other],
        ..first()
    };
    assert_eq!(released(Some(40), 20, &terms), Err(PartsRefusal::Foreign));
    let other = PartCounts::zero(&["to_job"], 1).mask(|_| false);
    let earlier = [FrozenParts {
        wholes: vec![Some(3)],
        published: &other,
    }];
    let terms = PartTerms {
        earlier: &earlier,
        ..first()
    };
    assert_eq!(released(Some(40), 20, &terms), Err(PartsRefusal::Foreign));
    assert_eq!(protect_parts(&[], &counts(1), &first()), Err(PartsRefusal::Foreign));
    let text = serde_json::to_string(&(counts(3), counts(3).mask(|_| true))).unwrap();
    let back: (PartCounts, PublishedParts) = serde_json::from_str(&text).unwrap();
    assert_eq!(back, (counts(3), counts(3).mask(|_| true)));
}

#[test]
fn an_audit_finds_what_is_wrong_from_what_is_published_alone() {
    let audit = |whole: Option<u64>, value: Option<u64>, earlier: &[FrozenParts<'_>]| {
        let published = counts(value.unwrap_or(0)).mask(|_| value.is_none());
        audit_parts(&[whole], &published, Some(five()), earlier)
    };
    for whole in 0..60 {
        for inside in 0..=whole {
            let shown_whole = Some(whole).filter(|whole| *whole == 0 || *whole >= 5);
            let value = released(shown_whole, inside, &first()).unwrap();
            assert_eq!(audit(shown_whole, value, &[]), [], "{inside} of {whole}");
            let is_open = value.is_some();
            // The other way round it is not as the rules say: what must be hidden is shown.
            if !is_open {
                assert_ne!(audit(shown_whole, Some(inside), &[]), [], "{inside} of {whole}");
            }
        }
    }
    assert_eq!(audit(None, Some(9), &[]), [PartFinding::Whole(NEWCOMERS)]);
    assert_eq!(audit(Some(20), Some(21), &[]), [PartFinding::Whole(NEWCOMERS)]);
    assert_eq!(audit(Some(20), Some(19), &[]), [PartFinding::Small(NEWCOMERS)]);
    assert_eq!(audit(Some(9), Some(0), &[]), [PartFinding::Small(NEWCOMERS)]);
    // Nobody took part, and yet it is hidden how many of them were newcomers; of four, that is too few to be shown at all.
    assert_eq!(audit(Some(0), None, &[]), [PartFinding::Narrow(NEWCOMERS)]);
    assert_eq!(audit(Some(4), None, &[]), [PartFinding::Narrow(NEWCOMERS)]);
    let hidden = counts(0).mask(|_| true);
    let before = [FrozenParts {
        wholes: vec![Some(40)],
        published: &hidden,
    }];
    assert_eq!(audit(Some(40), Some(20), &before), [PartFinding::Before(NEWCOMERS)]);
    assert_eq!(audit(Some(40), None, &before), []);
    assert_eq!(audit_parts(&[], &hidden, None, &[]), [PartFinding::Foreign]);
    // An organisation that reported is shown its own small numbers.
    let own = counts(3).mask(|_| false);
    assert_eq!(audit_parts(&[Some(20)], &own, None, &[]), []);
    assert_eq!(
        audit_parts(&[Some(2)], &own, None, &[]),
        [PartFinding::Whole(NEWCOMERS)]
    );
}

#[test]
fn the_whole_of_an_activity_is_everybody_in_it() {
    let plan = small_plan(&[]);
    let counts = synthetic::quarter(&plan, 300, 1).unwrap();
    let published = Published::mask(plan.shape(), &counts, |_| false);
    let all = plan.shape().find(&["total", "total", "total", "total"]).unwrap();
    let sum: Option<u64> = wholes(&plan, &published).into_iter().sum();
    assert_eq!((sum, published.value(all)), (Some(300), Some(300)));
    assert!(small_plan(&["newcomers"]).activity_margin("activity-1").is_some());
    assert_eq!(plan.activity_margin("activity-9"), None);
}
