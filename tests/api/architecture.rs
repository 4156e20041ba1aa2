//! Who may import whom: the `use` lines of the sources against one table.

use std::path::{Path, PathBuf};

/// The modules that slices may use beside their own.
const SLICES: [&str; 6] = [
    "areas",
    "indicators",
    "kendskabsgrad",
    "measurements",
    "plans",
    "system",
];

/// Which modules of the crate a module may import. A slice's files have a row each.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // The ground floor: nothing above.
    ("entities", &[]),
    ("period", &[]),
    ("text", &[]),
    ("disclosure", &[]),
    ("problem", &[]),
    ("config", &[]),
    ("telemetry", &["config"]),
    ("db", &[]),
    // `Allow` finds the verifier of tokens in the state.
    ("auth", &["problem", "state"]),
    ("state", &["auth", "config", "db"]),
    ("record", &["auth", "db", "entities", "problem"]),
    ("web", &["auth", "db", "problem", "record", "state", "text"]),
    // A slice, file by file. Rules name the place of an error, so they know the problem's vocabulary.
    ("<slice>/model", &["auth", "entities", "period", "problem"]),
    ("<slice>/rules", &["entities", "period", "problem"]),
    ("<slice>/draft", &["problem", "text"]),
    ("<slice>/gaps", &["problem"]),
    ("<slice>/sums", &["problem", "text"]),
    ("<slice>/figures", &[]),
    ("<slice>/receipt", &["problem"]),
    (
        "<slice>/store",
        &["auth", "db", "entities", "period", "problem", "record"],
    ),
    ("<slice>/read", &["period", "problem", "text", "web"]),
    ("<slice>/read_json", &["problem", "web"]),
    ("<slice>/read_csv", &["problem", "text", "web"]),
    ("<slice>/formats", &["problem", "web"]),
    (
        "<slice>/routes",
        &[
            "auth", "db", "entities", "period", "problem", "record", "state", "text", "web",
        ],
    ),
    // Above the slices. Seeds go through the slices' own stores.
    (
        "seed",
        &[
            "areas",
            "db",
            "entities",
            "indicators",
            "kendskabsgrad",
            "measurements",
            "plans",
            "problem",
            "record",
            "web",
        ],
    ),
    (
        "routes",
        &[
            "areas",
            "indicators",
            "kendskabsgrad",
            "measurements",
            "plans",
            "system",
        ],
    ),
    ("openapi", &["auth", "problem", "routes", "web"]),
    ("app", &["openapi", "problem", "routes", "state", "web"]),
];

/// Which slice may use another's `store` or `rules`, and why.
const SLICE_TO_SLICE: &[(&str, &str)] = &[
    ("areas", "plans"),              // every plan-scoped query begins by resolving the plan
    ("indicators", "plans"),         // the same
    ("kendskabsgrad", "plans"),      // the same
    ("system", "plans"),             // /v1/me says which plans the caller reaches
    ("indicators", "areas"),         // a series is ordered by area, and adds zones up
    ("kendskabsgrad", "areas"),      // the zones of an extract; who owns it
    ("kendskabsgrad", "indicators"), // an extract becomes measurements
    ("measurements", "plans"),       // as above
    ("measurements", "areas"),       // the areas of a row; the units below its owner
    ("measurements", "indicators"),  // what figures are, and the parts of target groups
    ("system", "areas"),             // /v1/me says which units and areas are the caller's own
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
                let is_open = path.len() == 1 || ["store", "rules"].contains(&path[1].as_str());
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
    ("model", &["rules"]),
    ("draft", &["model"]),
    ("rules", &["draft", "gaps", "model", "sums"]),
    ("gaps", &["draft", "rules"]),
    ("sums", &["draft", "figures", "model", "rules"]),
    ("figures", &["draft", "model", "rules"]),
    ("receipt", &["draft", "figures", "model", "rules"]),
    ("read_json", &["draft", "model"]),
    ("read_csv", &["draft"]),
    ("formats", &["model", "rules"]),
    ("read", &["rules"]),
    ("store", &["draft", "figures", "model", "receipt", "rules"]),
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
                if !before.is_alphanumeric() && before != '_' && !["store", "rules"].contains(&part.as_str()) {
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
        let name = file.file_stem().unwrap().to_str().unwrap();
        let is_entity = file.parent().is_some_and(|parent| parent.ends_with("entities"));
        if [
            "store", "rules", "model", "draft", "gaps", "sums", "figures", "receipt", "period", "text",
        ]
        .contains(&name)
            || is_entity
        {
            let source = std::fs::read_to_string(&file).unwrap();
            assert!(!source.contains("actix_web"), "{} imports actix-web", file.display());
        }
    }
}
