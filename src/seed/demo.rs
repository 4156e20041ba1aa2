//! The demonstration: the Fredericia plan with departments, participants and releases that are all made up. It says so wherever
//! it is looked at: in the plan's name, in every department, in the source of every report.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use chrono::Utc;
use chrono_tz::Europe::Copenhagen;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Loaded, Source, in_words, load};
use crate::db::Db;
use crate::disclosure::{PlanDefinition, synthetic};
use crate::entities::plan;
use crate::participation::{self, read_json};
use crate::record::{Actor, Deed};
use crate::releases;
use crate::releases::rules::Audience;
use crate::web::json;

/// The quarters, and how many take part in each.
const QUARTERS: [(&str, usize); 4] = [
    ("2023-Q1", 4600),
    ("2023-Q2", 5000),
    ("2023-Q3", 4200),
    ("2023-Q4", 5200),
];
/// The last quarter is reported and not released yet.
const RELEASED: usize = 2;
/// What stands before or in everything that is made up.
const MARK: &str = "Syntetisk";

/// A file of the Fredericia plan as the demonstration has it.
pub(super) fn changed(name: &str, file: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut text = String::from_utf8(file.to_vec())?;
    match name {
        "plan.json" => {
            let mut plan: Value = serde_json::from_str(&text)?;
            for name in ["name", "name_en"] {
                let found = plan[name].as_str().context("the plan has a name")?;
                plan[name] = format!("DEMO ({MARK}): {found}").into();
            }
            plan["note"] =
                "Demonstration: afdelinger, deltagere og offentliggørelser er syntetiske. Ingen af dem findes.".into();
            text = plan.to_string();
        }
        "areas.csv" => {
            for (number, code) in departments().into_values().flatten().enumerate() {
                let number = number + 1;
                text.push_str(&format!(
                    "{code},department,{MARK} afdeling {number},Synthetic department {number},,,,{MARK}: findes ikke,{MARK}\n"
                ));
            }
        }
        "area-relations.csv" => {
            for (zone, departments) in departments() {
                for code in departments {
                    text.push_str(&format!("{code},parent,{zone},2023-01-01,,{MARK}\n"));
                }
            }
        }
        _ => {}
    }
    Ok(text.into_bytes())
}

/// The made-up departments of each zone.
fn departments() -> BTreeMap<String, Vec<String>> {
    let zones = synthetic::definition().zones.into_iter();
    let of = |departments: Vec<String>| departments.iter().map(|code| format!("syntetisk-{code}")).collect();
    zones.map(|zone| (zone.code, of(zone.departments))).collect()
}

/// Loads the demonstration into an empty database.
pub async fn load_demo(db: &Db) -> anyhow::Result<Loaded> {
    let loaded = load(db, &Source::Demo).await?;
    let found = plan::Entity::find()
        .filter(plan::Column::Code.eq(&loaded.plan))
        .one(db.read());
    let Some(plan) = found.await? else {
        bail!("the plan is not there");
    };
    for (seed, (quarter, number)) in QUARTERS.iter().enumerate() {
        report(db, &plan, quarter, *number, seed as u64).await?;
    }
    for (quarter, _) in &QUARTERS[..RELEASED] {
        let deed = Deed {
            actor: Actor::operator(),
            operation: "create_participation_release",
            target: format!("participation/releases/{quarter}"),
        };
        releases::store::make::release(db, &plan, quarter, Audience::Public, deed)
            .await
            .map_err(in_words)?;
    }
    Ok(loaded)
}

/// Reports a made-up quarter, an activity at a time, through the same code as a client's report.
async fn report(db: &Db, plan: &plan::Model, quarter: &str, number: usize, seed: u64) -> anyhow::Result<()> {
    let codes = participation::store::codes(db.read(), plan, None)
        .await
        .map_err(in_words)?;
    let mut activities: Vec<String> = codes.activities.keys().cloned().collect();
    activities.sort_unstable();
    let mut definition = PlanDefinition {
        activities,
        ..synthetic::definition()
    };
    for zone in &mut definition.zones {
        zone.departments = departments().remove(&zone.code).unwrap_or_default();
    }
    let mut by_activity: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let definition = definition.with_everybody();
    let people = synthetic::people(&definition, number, seed);
    for (at, participants) in &people {
        let [residence, activity, age_band, gender] = at;
        by_activity.entry(activity).or_default().push(json!({
            "residence": residence, "age_band": age_band, "gender": gender,
            "participants": participants, "newcomers": participants / 3,
        }));
    }
    let transaction = db.begin().await?;
    for (activity, counts) in by_activity {
        let body = json!({"activity": activity, "period": quarter, "source": format!("{MARK}e tal"), "counts": counts});
        let node = json::parse(body.to_string().as_bytes()).map_err(in_words)?;
        let mut errors = Vec::new();
        let draft = read_json::read(&node, None, &mut errors);
        let report = participation::store::Report {
            plan: plan.clone(),
            organisation: None,
            units: None,
            actor: Actor::operator().clone(),
            today: Utc::now().with_timezone(&Copenhagen).date_naive(),
            dry_run: false,
        };
        participation::store::report(&transaction, &report, &draft, &codes, errors)
            .await
            .map_err(in_words)?;
    }
    transaction.commit().await?;
    Ok(())
}
