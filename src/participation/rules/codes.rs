//! What the codes in a row may be.

use super::super::draft::{Codes, Kind, Said};
use super::UNKNOWN;
use crate::disclosure::OUTSIDE;
use crate::period::Period;
use crate::problem::{At, FieldError};

/// Where somebody lives, if a report of the quarter may say so.
pub(super) fn residence<'a>(
    said: &'a Said<String>,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> Option<&'a str> {
    let code = said.value.as_deref()?;
    if code == OUTSIDE {
        return Some(code);
    }
    if let Some(zone) = codes.unknown_zone(code) {
        return in_use(zone, Kind::Area, &said.at, codes, period, errors).then_some(code);
    }
    if !codes.departments.contains_key(code) {
        let is_zone = codes.zones.iter().any(|zone| zone == code);
        errors.push(if is_zone {
            FieldError::new(
                said.at.clone(),
                "not_a_department",
                format!("{code} is a zone; where the department in it is unknown, write {code}-unknown."),
                format!("{code} er en zone; skriv {code}-unknown, når afdelingen i den er ukendt."),
            )
        } else {
            FieldError::new(
                said.at.clone(),
                "unknown_area",
                "The plan has no department of this code; a zone's code with -unknown, or outside, stand for people whose \
                 department is not known.",
                "Planen har ingen afdeling med denne kode; en zones kode med -unknown eller outside står for personer, hvis \
                 afdeling ikke kendes.",
            )
        });
        return None;
    }
    if !in_use(code, Kind::Area, &said.at, codes, period, errors) {
        return None;
    }
    let period = period?;
    let Some(zone) = codes.zone_of(code, period.end()) else {
        errors.push(FieldError::new(
            said.at.clone(),
            "no_zone",
            format!(
                "In which zone {code} lay on {} is not stated, so its residents count as unknown within their zone: write \
                 the zone's code and -unknown.",
                period.end()
            ),
            format!(
                "Det er ikke oplyst, hvilken zone {code} lå i den {}; dens beboere tælles derfor som ukendt i deres zone: \
                 skriv zonens kode og -unknown.",
                period.end()
            ),
        ));
        return None;
    };
    in_use(zone, Kind::Area, &said.at, codes, Some(period), errors).then_some(code)
}

/// An age band or gender, if a report of the quarter may say so.
pub(super) fn listed<'a>(
    said: &'a Said<String>,
    kind: Kind,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> Option<&'a str> {
    let code = said.value.as_deref()?;
    let (known, error, name, name_da) = match kind {
        Kind::AgeBand => (&codes.age_bands, "unknown_age_band", "age bands", "aldersgrupper"),
        Kind::Gender => (&codes.genders, "unknown_gender", "genders", "køn"),
        Kind::Area => (&codes.zones, "unknown_area", "zones", "zoner"),
    };
    if !known.iter().any(|known| known == code) {
        let list = known.join(", ");
        errors.push(FieldError::new(
            said.at.clone(),
            error,
            format!("This is none of the {name} {list}."),
            format!("Det er ikke en af planens {name_da} {list}."),
        ));
        return None;
    }
    in_use(code, kind, &said.at, codes, period, errors).then_some(code)
}

/// A zone, or what stands for none.
pub(super) fn place<'a>(
    said: &'a Said<String>,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> Option<&'a str> {
    let code = said.value.as_deref()?;
    if code == OUTSIDE || code == UNKNOWN {
        return Some(code);
    }
    listed(said, Kind::Area, codes, period, errors)
}

/// Whether what a code names was still in use when the quarter ended.
fn in_use(
    code: &str,
    kind: Kind,
    at: &At,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> bool {
    let archived_on = codes.archived.get(&(kind, code.to_owned()));
    let Some((archived_on, period)) = archived_on.zip(period) else {
        return true;
    };
    if *archived_on > period.end() {
        return true;
    }
    errors.push(FieldError::new(
        at.clone(),
        "archived",
        format!("{code} is out of use since {archived_on}."),
        format!("{code} har været ude af brug siden {archived_on}."),
    ));
    false
}
