//! The bill of materials: what the program is made of, in CycloneDX 1.5, from cargo's own account and the lock file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::steps::{cargo, root};

/// Writes the bill of what is compiled into the program on this kind of machine. The same lock file gives the same bill.
pub(crate) fn sbom(output: Option<PathBuf>) -> Result<()> {
    let metadata = metadata()?;
    let checksums = checksums(&fs::read_to_string(root().join("Cargo.lock"))?);
    let bill = bill(&metadata, &checksums)?;
    let path = output.unwrap_or_else(|| root().join("target/helhedsplan.cdx.json"));
    let mut text = serde_json::to_string_pretty(&bill)?;
    text.push('\n');
    fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    let number = bill["components"].as_array().map_or(0, Vec::len);
    println!("{}: {number} components", path.display());
    Ok(())
}

/// What cargo says of every package, and which of them this machine's program is made of.
fn metadata() -> Result<Value> {
    let version = cargo(&["--version", "--verbose"]).output()?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("cargo does not say what it builds for")?;
    let arguments = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        host,
    ];
    let output = cargo(&arguments).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "`cargo metadata` ended with {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The SHA-256 of each package of the registry, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let packages = lock.split("[[package]]").skip(1);
    let all = packages.filter_map(|package| {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.trim_start_matches(" = ").trim_matches('"').to_owned())
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    });
    all.collect()
}

fn bill(metadata: &Value, checksums: &BTreeMap<(String, String), String>) -> Result<Value> {
    let packages: BTreeMap<&str, &Value> = items(metadata, "packages")
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let uses: BTreeMap<&str, BTreeSet<&str>> = items(&metadata["resolve"], "nodes")
        .filter_map(|node| Some((node["id"].as_str()?, compiled_in(node))))
        .collect();
    let program = packages.iter().find(|(_, package)| package["name"] == "helhedsplan");
    let (&program, _) = program.context("there is no package `helhedsplan`")?;

    let mut reached = BTreeSet::from([program]);
    let mut next = vec![program];
    while let Some(id) = next.pop() {
        for &used in uses.get(id).into_iter().flatten() {
            if reached.insert(used) {
                next.push(used);
            }
        }
    }

    let reference = |id: &str| packages.get(id).map(|package| purl(package)).unwrap_or_default();
    let components: BTreeMap<String, Value> = reached
        .iter()
        .filter(|id| **id != program)
        .filter_map(|id| packages.get(id))
        .map(|package| (purl(package), component(package, checksums)))
        .collect();
    let dependencies: BTreeMap<String, BTreeSet<String>> = reached
        .iter()
        .map(|id| {
            let used = uses.get(id).into_iter().flatten();
            (reference(id), used.map(|used| reference(used)).collect())
        })
        .collect();
    let dependencies: Vec<Value> = dependencies
        .into_iter()
        .map(|(package, uses)| json!({"ref": package, "dependsOn": uses}))
        .collect();
    let mut about = component(packages[program], checksums);
    about["type"] = "application".into();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": about},
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies,
    }))
}

fn items<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[member].as_array().into_iter().flatten()
}

/// The packages that a package uses, tests aside.
fn compiled_in(node: &Value) -> BTreeSet<&str> {
    items(node, "deps")
        .filter(|dependency| items(dependency, "dep_kinds").any(|kind| kind["kind"] != "dev"))
        .filter_map(|dependency| dependency["pkg"].as_str())
        .collect()
}

fn purl(package: &Value) -> String {
    let text = |member: &str| package[member].as_str().unwrap_or_default().to_owned();
    format!("pkg:cargo/{}@{}", text("name"), text("version").replace('+', "%2B"))
}

fn component(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let text = |member: &str| package[member].as_str().unwrap_or_default().to_owned();
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
        // Older packages write a slash for "or".
        "licenses": [{"expression": text("license").replace('/', " OR ").replace("  ", " ")}],
    });
    if let Some(checksum) = checksums.get(&(text("name"), text("version"))) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_what_is_compiled_in_and_nothing_that_only_tests_use() {
        let package =
            |name: &str, license: &str| json!({"id": name, "name": name, "version": "1.0.0", "license": license});
        let node = |name: &str, deps: Value| json!({"id": name, "deps": deps});
        let metadata = json!({
            "packages": [package("helhedsplan", "EUPL-1.2"), package("a", "MIT/Apache-2.0"), package("b", "MIT"),
                package("only-in-tests", "MIT")],
            "resolve": {"nodes": [
                node("helhedsplan", json!([{"pkg": "a", "dep_kinds": [{"kind": null}]},
                    {"pkg": "only-in-tests", "dep_kinds": [{"kind": "dev"}]}])),
                node("a", json!([{"pkg": "b", "dep_kinds": [{"kind": "build"}]}])),
                node("b", json!([])),
                node("only-in-tests", json!([])),
            ]},
        });
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"0123\"\n";
        let bill = bill(&metadata, &checksums(lock)).unwrap_or_default();
        let names: Vec<&Value> = items(&bill, "components").map(|component| &component["name"]).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(bill["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(bill["components"][0]["hashes"][0]["content"], "0123");
        assert_eq!(bill["dependencies"][2]["dependsOn"], json!(["pkg:cargo/a@1.0.0"]));
        assert_eq!(bill["metadata"]["component"]["type"], "application");
    }
}
