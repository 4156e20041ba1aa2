//! Who may import whom: the `use` lines of the sources against one table.

use std::path::{Path, PathBuf};

/// The modules that slices may use beside their own.
const SLICES: [&str; 27] = [
    "activities",
    "agreements",
    "areas",
    "audit",
    "bodies",
    "budget",
    "clients",
    "contingency",
    "criteria",
    "decisions",
    "deliveries",
    "follow_ups",
    "goals",
    "indicators",
    "kendskabsgrad",
    "measurements",
    "meetings",
    "milestones",
    "participation",
    "plans",
    "redactions",
    "releases",
    "reports",
    "retention",
    "series",
    "sessions",
    "system",
];

/// What one slice may use of another: its queries, its pure rules, terms that other documents are made of, and the one chart.
const OPEN: [&str; 4] = ["store", "rules", "terms", "chart"];

/// Which modules of the crate a module may import. A slice's files have a row each.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // The ground floor: nothing above.
    ("entities", &[]),
    ("period", &["text"]),
    ("text", &[]),
    ("local_time", &[]),
    ("words", &[]),
    ("disclosure", &[]),
    ("problem", &[]),
    ("config", &[]),
    ("telemetry", &["config"]),
    ("db", &[]),
    ("answers", &["db"]),
    ("backup", &[]),
    ("metrics", &[]),
    ("underway", &[]),
    // `Allow` finds the verifier of tokens in the state.
    ("auth", &["problem", "state", "text"]),
    (
        "state",
        &["answers", "auth", "config", "db", "metrics", "underway", "witnessed"],
    ),
    ("record", &["auth", "db", "entities", "problem", "words"]),
    (
        "web",
        &[
            "answers",
            "auth",
            "db",
            "local_time",
            "problem",
            "record",
            "state",
            "telemetry",
            "text",
        ],
    ),
    // What all reference data has in common stands between `web` and the slices.
    (
        "reference",
        &["auth", "db", "entities", "problem", "record", "state", "web", "words"],
    ),
    // A slice, file by file. Rules name the place of an error, so they know the problem's vocabulary.
    (
        "<slice>/model",
        &["auth", "entities", "local_time", "period", "problem", "record", "words"],
    ),
    (
        "<slice>/rules",
        &[
            "auth",
            "disclosure",
            "entities",
            "local_time",
            "period",
            "problem",
            "words",
        ],
    ),
    ("<slice>/recurrence", &["local_time"]),
    ("<slice>/search", &[]),
    ("<slice>/calendar", &["entities", "web", "words"]),
    ("<slice>/rpde", &["entities", "local_time", "words"]),
    ("<slice>/draft", &["disclosure", "problem", "text"]),
    ("<slice>/gaps", &["problem"]),
    ("<slice>/sums", &["problem", "text"]),
    ("<slice>/figures", &[]),
    ("<slice>/truth", &[]),
    ("<slice>/assessment", &["entities", "period", "problem"]),
    ("<slice>/values", &["period"]),
    ("<slice>/receipt", &["problem"]),
    (
        "<slice>/store",
        &[
            "auth",
            "db",
            "disclosure",
            "entities",
            "local_time",
            "period",
            "problem",
            "record",
            "words",
        ],
    ),
    (
        "<slice>/terms",
        &["entities", "period", "problem", "reference", "text", "web"],
    ),
    ("<slice>/staging", &["problem", "record"]),
    ("<slice>/import", &["db", "problem", "record"]),
    (
        "<slice>/jobs",
        &["auth", "db", "entities", "problem", "record", "underway"],
    ),
    // How a kind of reference data is read, judged and stored.
    (
        "<slice>/write",
        &["auth", "entities", "problem", "reference", "web", "words"],
    ),
    (
        "<slice>/read",
        &[
            "auth",
            "local_time",
            "period",
            "problem",
            "reference",
            "text",
            "web",
            "words",
        ],
    ),
    ("<slice>/read_json", &["problem", "web"]),
    ("<slice>/read_csv", &["problem", "text", "web"]),
    ("<slice>/formats", &["disclosure", "period", "problem", "web", "words"]),
    // What is released is decided by the pure module, which knows no slice.
    ("<slice>/cube", &["disclosure"]),
    ("<slice>/prove", &["disclosure"]),
    ("<slice>/seal", &["entities"]),
    ("<slice>/tables", &["disclosure", "problem", "text"]),
    ("<slice>/checkpoints", &["auth"]),
    ("<slice>/verify", &["entities", "record"]),
    ("<slice>/outcomes", &["disclosure", "problem", "words"]),
    ("<slice>/chart", &["period"]),
    (
        "<slice>/routes",
        &[
            "answers",
            "auth",
            "db",
            "disclosure",
            "entities",
            "local_time",
            "period",
            "problem",
            "record",
            "reference",
            "state",
            "text",
            "underway",
            "web",
            "words",
        ],
    ),
    // Above the slices. Seeds go through the slices' own stores.
    (
        "seed",
        &[
            "activities",
            "agreements",
            "areas",
            "bodies",
            "contingency",
            "criteria",
            "db",
            "disclosure",
            "entities",
            "indicators",
            "kendskabsgrad",
            "measurements",
            "participation",
            "plans",
            "problem",
            "record",
            "reference",
            "releases",
            "web",
            "words",
        ],
    ),
    (
        "routes",
        &[
            "activities",
            "agreements",
            "areas",
            "audit",
            "bodies",
            "budget",
            "clients",
            "contingency",
            "criteria",
            "decisions",
            "deliveries",
            "follow_ups",
            "goals",
            "indicators",
            "kendskabsgrad",
            "measurements",
            "meetings",
            "milestones",
            "participation",
            "plans",
            "redactions",
            "releases",
            "reports",
            "series",
            "sessions",
            "system",
            "web",
        ],
    ),
    // What is remembered is refreshed through the slices that know it.
    (
        "fresh",
        &["clients", "db", "measurements", "problem", "record", "state"],
    ),
    // What is witnessed is what the slice says of the audit log.
    ("witnessed", &[]),
    (
        "witness",
        &["audit", "auth", "db", "entities", "record", "state", "witnessed"],
    ),
    (
        "watch",
        &["auth", "openapi", "problem", "record", "state", "text", "web"],
    ),
    // The command line uses the library as anybody would.
    ("cli", &["cli"]),
    ("admin", &["db", "entities", "metrics", "state"]),
    ("openapi", &["auth", "problem", "routes", "web"]),
    (
        "app",
        &["answers", "openapi", "problem", "routes", "state", "watch", "web"],
    ),
];

/// Which slice may use another's `store` or `rules`, and why.
const SLICE_TO_SLICE: &[(&str, &str)] = &[
    ("clients", "plans"),            // as below
    ("clients", "areas"),            // the organisation that a client acts for
    ("measurements", "clients"),     // the secretariat writes for those who have no client
    ("audit", "plans"),              // as below
    ("areas", "plans"),              // every plan-scoped query begins by resolving the plan
    ("indicators", "plans"),         // the same
    ("kendskabsgrad", "plans"),      // the same
    ("system", "plans"),             // /v1/me says which plans the caller reaches
    ("kendskabsgrad", "areas"),      // the zones of an extract; who owns it
    ("kendskabsgrad", "indicators"), // an extract becomes measurements
    ("measurements", "plans"),       // as above
    ("measurements", "areas"),       // the areas of a row; the units below its owner
    ("measurements", "indicators"),  // what figures are, and the parts of target groups
    ("agreements", "plans"),         // as above
    ("agreements", "areas"),         // the areas that goals apply to
    ("agreements", "indicators"),    // the categories that measures may have
    ("agreements", "goals"),         // goals and sub-goals are content of agreements: their terms, and nothing else
    ("milestones", "plans"),         // as above
    ("budget", "plans"),             // as above
    ("budget", "agreements"),        // the budget is content of the strategic agreement
    ("goals", "plans"),              // as above
    ("goals", "areas"),              // the zones that are added up
    ("goals", "indicators"),         // figures, their units, and how they add up
    ("series", "plans"),             // as above
    ("series", "areas"),             // a series is ordered by area, and adds zones up
    ("series", "indicators"),        // the figures
    ("series", "goals"),             // the chart draws baseline, way and target
    ("indicators", "areas"),         // the kinds of areas that an indicator is measured for
    ("system", "areas"),             // /v1/me says which units and areas are the caller's own
    ("criteria", "plans"),           // as above
    ("criteria", "areas"),           // the areas that are assessed
    ("criteria", "indicators"),      // the figures that they are judged by
    ("deliveries", "plans"),         // as above
    ("deliveries", "areas"),         // the units below a data owner
    ("deliveries", "indicators"),    // what is expected, and what has come
    ("activities", "plans"),         // as above; focus areas
    ("sessions", "plans"),           // as above
    ("sessions", "activities"),      // a session is of an activity, and as public as it
    ("releases", "plans"),           // as above
    ("releases", "areas"),           // the names of areas
    ("releases", "participation"),   // the exact figures that a release is made from
    ("releases", "kendskabsgrad"),   // the extract that a release is made from
    ("participation", "plans"),      // as above
    ("participation", "areas"),      // where participants live; who the caller's units are
    ("participation", "activities"), // how far an activity is, and in how long a commitment is to be kept
    ("areas", "activities"),         // the feeds show a venue's name and address
    ("contingency", "plans"),        // as above; the parties
    ("contingency", "areas"),        // what organisations are, and the units below one
    ("decisions", "plans"),          // as above
    ("decisions", "areas"),          // the units below the organisation that votes
    ("decisions", "activities"),     // what a decision does: an activity is placed, or changes
    ("decisions", "agreements"),     // a version takes force
    ("decisions", "follow_ups"),     // the board adopts them
    ("follow_ups", "plans"),         // as above
    ("follow_ups", "goals"),         // the goals in force, and the figures seen
    ("bodies", "plans"),             // as above
    ("bodies", "areas"),             // the units below an organisation, which may have seats
    ("meetings", "plans"),           // as above
    ("meetings", "bodies"),          // who meets, how often, and whose meetings a caller sees
    ("meetings", "decisions"),       // what is decided under an item of an agenda
    ("meetings", "goals"),           // the figures that a meeting saw
    ("meetings", "reports"),         // the call makes the pack
    ("reports", "plans"),            // as above
    ("reports", "areas"),            // the names of areas, and how they are ordered
    ("reports", "bodies"),           // whose meetings a caller sees
    ("reports", "goals"),            // where the plan stands
    ("reports", "indicators"),       // figures over time, and how they add up
    ("reports", "series"),           // the chart
    ("reports", "deliveries"),       // what is late
    ("reports", "decisions"),        // which decisions are concluded
    ("reports", "releases"),         // participation, as it was released
    ("retention", "clients"),        // the assertions that a client used
    ("retention", "participation"),  // the exact counts
    ("redactions", "plans"),         // as above
    ("redactions", "activities"),    // what is found by a text, and the feeds that show it
    ("redactions", "sessions"),      // the same
    ("redactions", "kendskabsgrad"), // the hash of an extract is of what it says now
    ("redactions", "participation"), // that of a report
    ("redactions", "reports"),       // that of a pack
];

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root(), &mut files);
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The paths `a::b::c` that a source imports from its own crate, and those it names in full.
fn crate_paths(source: &str) -> Vec<Vec<String>> {
    let production = source.split("#[cfg(test)]").next().unwrap_or_default();
    let code = production.lines().filter(|line| !line.trim_start().starts_with("//"));
    let production: String = code.collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for (start, _) in production.match_indices("crate::") {
        let rest = &production[start + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split('}').next().unwrap_or_default();
            for item in group.split(',') {
                let segments = item.trim().split("::").map(str::to_owned).collect();
                paths.push(segments);
            }
        } else {
            let end = rest
                .find(|character: char| !character.is_alphanumeric() && !"_:".contains(character))
                .unwrap_or(rest.len());
            paths.push(
                rest[..end]
                    .split("::")
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            );
        }
    }
    paths
}

#[test]
fn every_import_goes_downwards() {
    let mut wrong = Vec::new();
    for file in sources() {
        let relative = file.strip_prefix(root()).unwrap().with_extension("");
        let parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        let module = parts[0];
        if module == "main" || module == "lib" {
            continue;
        }
        let is_slice = SLICES.contains(&module);
        let row = match (is_slice, parts.get(1)) {
            (true, Some(&"mod")) => continue,
            (true, Some(part)) => format!("<slice>/{part}"),
            _ => module.to_owned(),
        };
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == row) else {
            wrong.push(format!("{}: there is no row for it", relative.display()));
            continue;
        };
        for path in crate_paths(&std::fs::read_to_string(&file).unwrap()) {
            let Some(target) = path.first() else { continue };
            let is_fine = if target == module || allowed.contains(&target.as_str()) {
                true
            } else if is_slice && SLICES.contains(&target.as_str()) {
                let is_open = path.len() == 1 || OPEN.contains(&path[1].as_str());
                is_open && SLICE_TO_SLICE.contains(&(module, target.as_str()))
            } else {
                false
            };
            if !is_fine {
                wrong.push(format!("{} imports {}", relative.display(), path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a slice's file may use of its own slice.
const WITHIN_A_SLICE: &[(&str, &[&str])] = &[
    ("model", &["recurrence", "rules", "terms", "truth"]),
    ("calendar", &["model", "recurrence", "rules", "store"]),
    ("rpde", &["model", "recurrence", "rules", "store"]),
    ("recurrence", &[]),
    ("search", &[]),
    ("draft", &["model"]),
    (
        "rules",
        &["draft", "gaps", "model", "recurrence", "sums", "truth", "values"],
    ),
    ("values", &["rules"]),
    ("assessment", &["rules", "truth", "values"]),
    ("gaps", &["draft", "rules"]),
    ("sums", &["draft", "figures", "model", "rules"]),
    ("figures", &["draft", "model", "rules"]),
    ("receipt", &["draft", "figures", "model", "rules"]),
    ("read_json", &["draft", "model"]),
    ("read_csv", &["draft"]),
    ("read", &["model", "recurrence", "rules"]),
    ("formats", &["model", "outcomes", "rules", "tables", "terms"]),
    ("cube", &[]),
    ("prove", &["cube", "rules"]),
    ("tables", &["cube", "rules"]),
    ("checkpoints", &["model"]),
    ("verify", &["checkpoints", "model", "rules", "store"]),
    ("outcomes", &["cube", "rules", "tables"]),
    ("staging", &["model", "rules"]),
    ("import", &["model", "read", "rules", "staging", "store"]),
    ("jobs", &["import", "model"]),
    (
        "store",
        &["draft", "figures", "model", "read", "receipt", "rules", "values"],
    ),
    ("write", &["model", "rules", "store", "terms"]),
];

#[test]
fn within_a_slice_queries_and_rules_know_nothing_of_routes() {
    let mut wrong = Vec::new();
    for file in sources() {
        let relative = file.strip_prefix(root()).unwrap().with_extension("");
        let parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        let [slice, part] = parts.as_slice() else { continue };
        if !SLICES.contains(slice) || ["mod", "routes"].contains(part) {
            continue;
        }
        let allowed = WITHIN_A_SLICE
            .iter()
            .find(|(name, _)| name == part)
            .map(|(_, allowed)| *allowed);
        let source = std::fs::read_to_string(&file).unwrap();
        let production = source.split("#[cfg(test)]").next().unwrap();
        for line in production.lines().filter(|line| line.starts_with("use super::")) {
            let rest = line.trim_start_matches("use super::");
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap().split(", ").collect(),
                None => vec![rest.split([':', ';']).next().unwrap()],
            };
            for name in names {
                if !allowed.is_some_and(|allowed| allowed.contains(&name)) {
                    wrong.push(format!("{} imports {name}", relative.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_slice_uses_only_the_store_and_rules_of_another() {
    let mut wrong = Vec::new();
    for file in sources() {
        let relative = file.strip_prefix(root()).unwrap().with_extension("");
        let own = relative.iter().next().unwrap().to_str().unwrap().to_owned();
        if !SLICES.contains(&own.as_str()) {
            continue;
        }
        let source = std::fs::read_to_string(&file).unwrap();
        for other in SLICES.iter().filter(|slice| **slice != own) {
            for (start, found) in source.match_indices(&format!("{other}::")) {
                let before = source[..start].chars().next_back().unwrap_or(' ');
                let part: String = source[start + found.len()..]
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_')
                    .collect();
                if !before.is_alphanumeric() && before != '_' && !OPEN.contains(&part.as_str()) {
                    wrong.push(format!("{} uses {other}::{part}", relative.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn queries_and_rules_know_nothing_of_http() {
    for file in sources() {
        let relative = file.strip_prefix(root()).unwrap().with_extension("");
        let parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        let is_query_or_rule = match parts.as_slice() {
            [slice, part, ..] if SLICES.contains(slice) => *part != "routes",
            [module, ..] => ["entities", "period", "text"].contains(module),
            [] => false,
        };
        if is_query_or_rule {
            let source = std::fs::read_to_string(&file).unwrap();
            assert!(!source.contains("actix_web"), "{} imports actix-web", file.display());
        }
    }
}
