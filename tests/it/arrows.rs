//! Who may name whom: arrows between the crates point down only.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// A crate, the crates of the house it may name, and the libraries it must never name.
struct Row {
    name: &'static str,
    may: &'static [&'static str],
    never: &'static [&'static str],
}

/// Libraries that reach out: engines, doors, the operating system's randomness.
const EFFECTS: &[&str] = &["tokio", "sqlx", "rusqlite", "axum", "tracing", "getrandom", "rand", "reqwest", "lettre"];
/// Drivers of databases.
const SQL: &[&str] = &["sqlx", "rusqlite"];

const HOUSE: &[Row] = &[
    Row { name: "domain", may: &[], never: EFFECTS },
    Row { name: "eventstore", may: &[], never: &["sqlx", "rusqlite", "axum"] },
    Row { name: "eventstore-sql", may: &["eventstore"], never: &["axum"] },
    Row { name: "projections", may: &["domain", "eventstore"], never: &["axum", "reqwest", "lettre"] },
    Row { name: "catalogo", may: &["domain"], never: EFFECTS },
    Row {
        name: "app",
        may: &["catalogo", "domain", "eventstore", "projections"],
        never: &["axum", "sqlx", "rusqlite"],
    },
    Row { name: "workstate", may: &["app", "domain"], never: &["axum"] },
    Row { name: "documents", may: &["app", "domain"], never: &["axum", "sqlx", "rusqlite"] },
    Row { name: "ricevuta", may: &["app", "domain"], never: &["axum", "sqlx", "rusqlite"] },
    Row { name: "identity", may: &["app", "domain"], never: &["axum", "sqlx", "rusqlite"] },
    Row { name: "graphql", may: &["app", "domain", "projections"], never: SQL },
    Row { name: "web", may: &["app", "domain", "projections", "graphql"], never: SQL },
    Row {
        name: "sportello",
        may: &[
            "app",
            "catalogo",
            "documents",
            "domain",
            "eventstore",
            "eventstore-sql",
            "graphql",
            "identity",
            "projections",
            "ricevuta",
            "web",
            "workstate",
        ],
        never: SQL,
    },
    Row { name: "xtask", may: &["domain", "test-postgres"], never: &["axum", "typst"] },
    Row {
        name: "bench",
        may: &[
            "app",
            "documents",
            "domain",
            "eventstore",
            "eventstore-sql",
            "identity",
            "projections",
            "test-postgres",
            "workstate",
        ],
        never: &[],
    },
    Row { name: "test-postgres", may: &[], never: &["axum"] },
    Row { name: "it", may: &[], never: &[] },
];

/// Normal dependencies of each crate of the workspace.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(manifest)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().expect("a list").iter();
        all.filter(|dependency| dependency["kind"].is_null()).map(|d| text(&d["name"])).collect()
    };
    let packages = metadata["packages"].as_array().expect("a list").iter();
    packages.map(|package| (text(&package["name"]), normal(package))).collect()
}

#[test]
fn every_crate_has_its_row_and_keeps_to_it() {
    let named = named();
    let mut wrong = Vec::new();
    for (name, dependencies) in &named {
        let Some(row) = HOUSE.iter().find(|row| row.name == name) else {
            wrong.push(format!("{name} has no row here: say what it may name"));
            continue;
        };
        for dependency in dependencies {
            if named.contains_key(dependency) && !row.may.contains(&dependency.as_str()) {
                wrong.push(format!("{name} names {dependency} of the house"));
            }
            if row.never.contains(&dependency.as_str()) {
                wrong.push(format!("{name} names {dependency}"));
            }
        }
    }
    let gone = HOUSE.iter().filter(|row| !named.contains_key(row.name));
    wrong.extend(gone.map(|row| format!("{} has a row but is gone", row.name)));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_itself_has_no_circle() {
    let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    while below.len() < HOUSE.len() {
        let before = below.len();
        for row in HOUSE {
            if row.may.iter().all(|name| below.contains_key(name)) {
                below.insert(row.name, row.may.iter().copied().collect());
            }
        }
        assert!(below.len() > before, "a circle among {:?}", HOUSE.iter().map(|r| r.name).collect::<Vec<_>>());
    }
}
