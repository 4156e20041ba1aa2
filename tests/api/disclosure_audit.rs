//! `helhedsplan disclosure audit`: what was released is checked again, and what cannot be checked is said.

use helhedsplan::auth::role::Role;
use helhedsplan::entities::{audit_entry, audit_head, participation_report, release, release_proof};
use helhedsplan::releases::store::audit::{self, Standing, Verdict};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use serde_json::{Value, json};

use crate::audit::lift_the_guards;
use crate::cli::helhedsplan;
use crate::support::quarters;
use crate::support::{Answer, Client, TestApp};

const QUARTER: &str = "2024-Q1";

async fn release(client: &Client<'_>, audience: &str) -> Answer {
    let body = json!({"period": QUARTER, "audience": audience});
    client.post("participation/releases", &body).await
}

/// Whether `helhedsplan disclosure audit …` ends well, and what it says.
fn audit_says(app: &TestApp, arguments: &[&str]) -> (bool, String) {
    let url = app.database_url();
    let environment = [("HELHEDSPLAN_DATABASE_URL", url.as_str()), ("HELHEDSPLAN_LOG", "off")];
    let output = helhedsplan(&[&["disclosure", "audit"], arguments].concat(), &environment);
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[actix_web::test]
async fn an_audit_passes_what_was_released_and_finds_what_was_changed_since() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    quarters::report_synthetic(&app.state.db, QUARTER, 500, 4).await;
    release(&app.as_role(Role::Secretariat), "public").await.expect(201);
    let found = quarters::verdicts(&app.state.db).await;
    assert!(found.len() >= 5, "{found:?}");
    assert!(found.iter().all(|verdict| verdict.wrong.is_empty()), "{found:?}");
    let (passed, said) = audit_says(&app, &["--strict"]);
    assert!(passed && said.contains("0 unsafe, 0 not checked in full"), "{said}");
    assert!(
        said.contains("safe  fredericia-2023-2026: participation 2024-Q1 to organisation boli-nu, number 1"),
        "{said}"
    );
    // Somebody shows a hidden cell of the public's release.
    let row = release::Entity::find()
        .filter(release::Column::Audience.eq("public"))
        .filter(release::Column::Subject.eq("participation"))
        .filter(release::Column::Period.eq(QUARTER))
        .order_by_desc(release::Column::Id)
        .one(app.state.db.read())
        .await
        .unwrap()
        .unwrap();
    let mut values: Vec<Option<u64>> =
        serde_json::from_value(serde_json::from_str::<Value>(&row.published).unwrap()["values"].clone()).unwrap();
    let hidden = values.iter().position(Option::is_none).unwrap();
    values[hidden] = Some(0);
    let mut row = row.into_active_model();
    row.published = Set(json!({"values": values}).to_string());
    row.update(app.state.db.read()).await.unwrap();
    let wrong: Vec<String> = quarters::verdicts(&app.state.db)
        .await
        .into_iter()
        .flat_map(|verdict| verdict.wrong)
        .collect();
    assert!(
        wrong.iter().any(|wrong| wrong.starts_with("by the certificate")),
        "{wrong:?}"
    );
    let (passed, said) = audit_says(&app, &[]);
    assert!(!passed && said.contains("UNSAFE"), "{said}");
    // And a proof that is gone.
    release_proof::Entity::delete_many()
        .exec(app.state.db.read())
        .await
        .unwrap();
    assert!(
        quarters::verdicts(&app.state.db)
            .await
            .iter()
            .any(|verdict| verdict.wrong.contains(&"there is no proof".to_owned()))
    );
    // Nor does it help to say that a quarter was published elsewhere.
    release::Entity::update_many()
        .col_expr(release::Column::Citation, Expr::value("Et sted"))
        .filter(release::Column::Subject.eq("participation"))
        .exec(app.state.db.read())
        .await
        .unwrap();
    assert!(
        quarters::verdicts(&app.state.db)
            .await
            .iter()
            .filter(|verdict| verdict.release.starts_with("participation"))
            .all(|verdict| verdict.wrong.contains(&"there is no proof".to_owned()))
    );
    // One that cannot be read is as wrong, and keeps nobody from checking the others.
    release::Entity::update_many()
        .col_expr(release::Column::Definition, Expr::value("{}"))
        .filter(release::Column::Audience.eq("parties"))
        .exec(app.state.db.read())
        .await
        .unwrap();
    let (passed, said) = audit_says(&app, &[]);
    assert!(!passed && said.contains("UNREADABLE"), "{said}");
    assert!(said.contains("safe  fredericia-2023-2026: kendskabsgrad"), "{said}");
}

/// What an audit says of a release to the public once it was changed by hand; the release is put back afterwards.
async fn said_of(app: &TestApp, row: &release::Model, change: impl FnOnce(&mut release::Model)) -> Vec<String> {
    let mut changed = row.clone();
    change(&mut changed);
    assert_ne!(&changed, row);
    let store = async |row: &release::Model| {
        row.clone()
            .into_active_model()
            .reset_all()
            .update(app.state.db.read())
            .await
            .unwrap();
    };
    store(&changed).await;
    let verdict = audit::check_release(app.state.db.read(), row.plan_id, row.id)
        .await
        .unwrap();
    store(row).await;
    verdict.wrong
}

/// The same JSON with two texts exchanged, wherever they stand.
fn exchanged(json: &str, one: &str, other: &str) -> String {
    let [one, other] = [one, other].map(|code| format!("\"{code}\""));
    assert!(json.contains(&one) && json.contains(&other), "{json}");
    json.replace(&one, "\"\u{1}\"")
        .replace(&other, &one)
        .replace("\"\u{1}\"", &other)
}

const UNSEALED: &str = "it, or one that was made with it, is not what the audit log says was stored";
const RECOUNTED: &str = "its figures are not those that had been reported when it was made";
const UNREPORTED: &str = "that its figures are those that had been reported: the reports have been deleted";
const ELSEWHERE: &str = "its tables do not have the areas and activities that had been reported";

#[actix_web::test]
async fn an_audit_names_releases_whose_rules_tables_or_labels_were_changed() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    quarters::report_synthetic(&app.state.db, QUARTER, 500, 4).await;
    let office = app.as_role(Role::Secretariat);
    release(&office, "public").await.expect(201);
    let of_public = release::Entity::find()
        .filter(release::Column::Audience.eq("public"))
        .filter(release::Column::Period.eq(QUARTER));
    let row = of_public.one(app.state.db.read()).await.unwrap().unwrap();
    let unchanged = async || {
        let verdict = audit::check_release(app.state.db.read(), row.plan_id, row.id);
        assert_eq!(verdict.await.unwrap().wrong, Vec::<String>::new());
    };
    unchanged().await;
    // By other rules.
    let rules = said_of(&app, &row, |row| row.rules = "0".into()).await;
    assert_eq!(
        rules,
        ["it says that it was made by rules of which nothing is known", UNSEALED]
    );
    // The codes of two departments exchanged: every sum is what it was, and each stands for other people.
    let departments = said_of(&app, &row, |row| {
        row.definition = exchanged(&row.definition, "zone-1-unknown", "zone-2-unknown");
    });
    assert_eq!(departments.await, [UNSEALED, RECOUNTED]);
    let activities = said_of(&app, &row, |row| {
        row.definition = exchanged(&row.definition, "lektiecafe", "lommepenge-og-fritidsjob");
    });
    assert!(
        activities
            .await
            .starts_with(&[UNSEALED.to_owned(), RECOUNTED.to_owned()])
    );
    let genders = said_of(&app, &row, |row| {
        row.definition = exchanged(&row.definition, "female", "male")
    })
    .await;
    assert_eq!(genders, [UNSEALED, RECOUNTED]);
    let renamed = said_of(&app, &row, |row| {
        row.definition = row.definition.replace("\"lektiecafe\"", "\"lektiecafeen\"");
    });
    assert!(renamed.await.starts_with(&[UNSEALED.to_owned(), ELSEWHERE.to_owned()]));
    // Passed off as another quarter's, as another release, as made at another time.
    let quarter = said_of(&app, &row, |row| row.period = "2024-Q2".into()).await;
    assert!(
        quarter.contains(&UNSEALED.to_owned()) && quarter.contains(&RECOUNTED.to_owned()),
        "{quarter:?}"
    );
    let number = said_of(&app, &row, |row| row.number = 2).await;
    assert_eq!(number, [UNSEALED]);
    let instant = said_of(&app, &row, |row| row.released_at -= chrono::TimeDelta::days(1)).await;
    assert_eq!(instant, ["its making is not in the audit log"]);
    unchanged().await;
    // A reason that should not have been written may be taken out.
    let redacted = said_of(&app, &row, |row| row.reason = Some("[fjernet]".into())).await;
    assert_eq!(redacted, Vec::<String>::new());
    // With the reports deleted, as they are in time, the seal still tells; and one that was made with it and is gone is missed.
    participation_report::Entity::update_many()
        .col_expr(
            participation_report::Column::ErasedAt,
            Expr::value(helhedsplan::db::now()),
        )
        .exec(app.state.db.read())
        .await
        .unwrap();
    unchanged().await;
    let genders = said_of(&app, &row, |row| {
        row.definition = exchanged(&row.definition, "female", "male")
    })
    .await;
    assert_eq!(genders, [UNSEALED]);
    // It does not of the figures of one organisation, and that is said.
    for verdict in quarters::verdicts(&app.state.db).await {
        let (is_one, is_erased) = (
            verdict.release.contains(" to organisation "),
            verdict.release.contains(QUARTER),
        );
        let unchecked: &[&str] = if is_one && is_erased { &[UNREPORTED] } else { &[] };
        assert_eq!(verdict.unchecked, unchecked, "{verdict:?}");
    }
    let (passed, said) = audit_says(&app, &[]);
    assert!(
        passed && said.contains("UNSURE  fredericia-2023-2026: participation 2024-Q1 to organisation"),
        "{said}"
    );
    release::Entity::update_many()
        .col_expr(release::Column::Rules, Expr::value("2"))
        .filter(release::Column::Audience.eq("public"))
        .filter(release::Column::Period.eq(QUARTER))
        .exec(app.state.db.read())
        .await
        .unwrap();
    let (passed, said) = audit_says(&app, &[]);
    let named = format!("UNSAFE  fredericia-2023-2026: participation {QUARTER} to public, number 1");
    assert!(!passed && said.contains(&named) && said.contains(UNSEALED), "{said}");
    release_proof::Entity::delete_by_id((row.plan_id, row.id))
        .exec(app.state.db.read())
        .await
        .unwrap();
    release::Entity::delete_by_id((row.plan_id, row.id))
        .exec(app.state.db.read())
        .await
        .unwrap();
    let left = quarters::verdicts(&app.state.db).await;
    let of_quarter = left.iter().filter(|verdict| verdict.release.contains(QUARTER));
    assert!(of_quarter.clone().count() >= 3);
    for verdict in of_quarter {
        assert!(verdict.wrong.contains(&UNSEALED.to_owned()), "{verdict:?}");
    }
}

#[actix_web::test]
async fn an_audit_names_an_extract_that_was_published_in_full_and_changed_since() {
    let app = TestApp::start().await;
    let row = release::Entity::find()
        .filter(release::Column::Subject.eq("kendskabsgrad"))
        .one(app.state.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.period, "2022-06-01");
    let zones = said_of(&app, &row, |row| {
        row.definition = exchanged(&row.definition, "zone-1", "zone-2")
    })
    .await;
    assert_eq!(zones, [UNSEALED, RECOUNTED]);
    let rules = said_of(&app, &row, |row| row.rules = "2".into()).await;
    assert_eq!(rules[1..], [UNSEALED]);
    let verdict = audit::check_release(app.state.db.read(), row.plan_id, row.id);
    assert_eq!(verdict.await.unwrap().wrong, Vec::<String>::new());
}

const BEFORE_THE_LOG: &str = "that it is what was stored: it was made before there was an audit log";
const BEFORE_SEALS: &str = "that it is what was stored: when it was made, releases had no seal in the audit log";
const STRIPPED: &str = "the audit log does not say what was stored, as it does of a release before it";

/// The verdicts on the quarter's releases, with whom each is to.
async fn of_quarter(app: &TestApp) -> Vec<(String, Verdict)> {
    let verdicts = quarters::verdicts(&app.state.db).await.into_iter();
    let of_quarter = verdicts.filter_map(|verdict| {
        let whom = verdict.release.strip_prefix(&format!("participation {QUARTER} to "))?;
        Some((whom.to_owned(), verdict))
    });
    of_quarter.collect()
}

#[actix_web::test]
async fn an_audit_says_what_it_cannot_check_of_a_release_from_before_the_audit_log() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    quarters::report_synthetic(&app.state.db, QUARTER, 500, 4).await;
    let office = app.as_role(Role::Secretariat);
    release(&office, "parties").await.expect(201);
    // The log as the migration that brings it leaves it: without entries, at the beginning of each plan's chain.
    lift_the_guards(&app).await;
    let db = app.state.db.read();
    audit_entry::Entity::delete_many().exec(db).await.unwrap();
    audit_head::Entity::update_many()
        .col_expr(audit_head::Column::Number, Expr::value(0))
        .col_expr(audit_head::Column::Hash, Expr::value(""))
        .exec(db)
        .await
        .unwrap();
    // What is released from then on is in the log, and is told apart.
    release(&office, "public").await.expect(201);
    for (whom, verdict) in of_quarter(&app).await {
        let is_before = !whom.starts_with("public");
        assert_eq!(verdict.wrong, Vec::<String>::new(), "{verdict:?}");
        let unchecked: &[&str] = if is_before { &[BEFORE_THE_LOG] } else { &[] };
        assert_eq!(verdict.unchecked, unchecked, "{verdict:?}");
        let standing = if is_before { Standing::Unsure } else { Standing::Safe };
        assert_eq!(verdict.standing(), standing);
    }
    let (passed, said) = audit_says(&app, &[]);
    assert!(passed && said.contains(" 0 unsafe, "), "{said}");
    for line in [
        "safe  fredericia-2023-2026: participation 2024-Q1 to public, number 1",
        "UNSURE  fredericia-2023-2026: participation 2024-Q1 to parties, number 1",
        // It was published with the plan.
        "UNSURE  fredericia-2023-2026: kendskabsgrad 2022-06-01 to public, number 1",
        &format!("        not checked: {BEFORE_THE_LOG}"),
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (passed, again) = audit_says(&app, &["--strict"]);
    assert!(!passed && again == said, "{again}");
    // The figures are checked as ever, and so is that it was made when it says.
    let row = release::Entity::find()
        .filter(release::Column::Audience.eq("parties"))
        .filter(release::Column::Period.eq(QUARTER))
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let genders = said_of(&app, &row, |row| {
        row.definition = exchanged(&row.definition, "female", "male")
    });
    assert_eq!(genders.await, [RECOUNTED]);
    let nowhere = ["its making is neither in the audit log nor in the record of writes"];
    let instant = said_of(&app, &row, |row| row.released_at -= chrono::TimeDelta::days(1));
    assert_eq!(instant.await, nowhere);
    let write = said_of(&app, &row, |row| row.seq -= 1).await;
    assert!(write.contains(&nowhere[0].to_owned()), "{write:?}");
    // One that is as old as the log has to be in it.
    let write = said_of(&app, &row, |row| row.seq += 1).await;
    assert_eq!(write, ["its making is not in the audit log"]);
}

#[actix_web::test]
async fn an_audit_says_what_it_cannot_check_of_a_release_from_before_there_were_seals() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    quarters::report_synthetic(&app.state.db, QUARTER, 500, 4).await;
    let office = app.as_role(Role::Secretariat);
    release(&office, "parties").await.expect(201);
    release(&office, "public").await.expect(201);
    lift_the_guards(&app).await;
    let db = app.state.db.read();
    let strip = async |entry: &audit_entry::Model| {
        let (target, _) = entry.target.split_once("/sha256-").unwrap();
        let mut stripped = entry.clone().into_active_model();
        stripped.target = Set(target.to_owned());
        stripped.update(db).await.unwrap();
    };
    let sealed = audit_entry::Entity::find()
        .filter(audit_entry::Column::Target.contains("/sha256-"))
        .order_by_asc(audit_entry::Column::Number)
        .all(db)
        .await
        .unwrap();
    let [extract, parties, public] = sealed.as_slice() else {
        panic!("{sealed:?}");
    };
    // Once there are seals, none may lack.
    strip(parties).await;
    for (whom, verdict) in of_quarter(&app).await {
        let wrong: &[&str] = if whom.starts_with("public") { &[] } else { &[STRIPPED] };
        assert_eq!(verdict.wrong, wrong, "{verdict:?}");
        assert_eq!(verdict.unchecked, Vec::<String>::new(), "{verdict:?}");
    }
    strip(extract).await;
    for (whom, verdict) in of_quarter(&app).await {
        let unchecked: &[&str] = if whom.starts_with("public") {
            &[]
        } else {
            &[BEFORE_SEALS]
        };
        assert_eq!(verdict.wrong, Vec::<String>::new(), "{verdict:?}");
        assert_eq!(verdict.unchecked, unchecked, "{verdict:?}");
    }
    strip(public).await;
    let (passed, said) = audit_says(&app, &[]);
    assert!(passed && !said.contains("\nsafe"), "{said}");
    // With the reports deleted, the figures are left to the proof alone.
    participation_report::Entity::update_many()
        .col_expr(
            participation_report::Column::ErasedAt,
            Expr::value(helhedsplan::db::now()),
        )
        .exec(db)
        .await
        .unwrap();
    for (_, verdict) in of_quarter(&app).await {
        assert_eq!(verdict.wrong, Vec::<String>::new(), "{verdict:?}");
        assert_eq!(verdict.unchecked, [BEFORE_SEALS, UNREPORTED], "{verdict:?}");
    }
}
