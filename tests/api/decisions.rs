//! Recommendations, votes, conclusions, endorsement, and what decisions do to the plan.

use futures_util::future::join_all;
use helhedsplan::auth::role::Role;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};

use crate::support::governance::{adopt, called, draft, held, of, propose, proposed, recommended, redraft};
use crate::support::{PLAN, TestApp};

const BOARD: &str = "bestyrelsen";
/// The seats of the board that have a part in a vote; the last two are the municipality's.
const BOLIGKONTORET: &str = "direktoer-boligkontoret-fredericia";
const BOLI_NU: &str = "direktoer-boli-nu";
const DIREKTION: &str = "direktion-fredericia-kommune";
const FAGCHEF: &str = "fagchef-beskaeftigelse";
/// Seats without.
const ERHVERV: &str = "erhvervsdirektoer-business-fredericia";
const PROJEKTCHEF: &str = "projektchef";

/// Records what seats say, as the minute-taker; the last decision is the answer.
async fn vote(app: &TestApp, decision: &str, said: &[(&str, &str)]) -> Value {
    let board = app.as_role(Role::Board);
    let mut last = board.get(&format!("decisions/{decision}")).await.expect(200);
    for (seat, choice) in said {
        let body = json!({"seat": seat, "choice": choice});
        last = board
            .post(&format!("decisions/{decision}/votes"), &body)
            .await
            .expect(200);
    }
    last
}

/// What each organisation's vote comes to.
fn organisations(decision: &Value) -> Vec<(&str, &str)> {
    let votes = decision["tally"]["organisations"].as_array().unwrap();
    votes
        .iter()
        .map(|one| (one["organisation"].as_str().unwrap(), one["vote"].as_str().unwrap()))
        .collect()
}

async fn state(app: &TestApp, decision: &str) -> String {
    let found = app
        .as_role(Role::Board)
        .get(&format!("decisions/{decision}"))
        .await
        .expect(200);
    found["state"].as_str().unwrap().to_owned()
}

/// Where an activity was placed: zone, first and last day.
async fn placements(app: &TestApp, activity: &str) -> Vec<(Value, Value, Value)> {
    let activity = app.public().get(&format!("activities/{activity}")).await.expect(200);
    let placements = activity["placements"].as_array().unwrap().iter();
    placements
        .map(|one| (one["zone"].clone(), one["starts_on"].clone(), one["ends_on"].clone()))
        .collect()
}

#[actix_web::test]
async fn each_organisation_has_one_vote_and_the_majority_of_the_votes_cast_decides() {
    let app = TestApp::start().await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let board = app.as_role(Role::Board);
    let (yes, no) = ("for", "against");
    for (said, votes, outcome) in [
        // Two to one.
        (
            vec![(BOLIGKONTORET, yes), (BOLI_NU, no), (DIREKTION, yes)],
            [yes, no, yes],
            "adopted",
        ),
        // One to one, and one absent.
        (
            vec![(BOLIGKONTORET, yes), (BOLI_NU, no)],
            [yes, no, "not_cast"],
            "rejected",
        ),
        // Two seats of one organisation are one vote.
        (
            vec![(BOLI_NU, no), (DIREKTION, yes), (FAGCHEF, yes)],
            ["not_cast", no, yes],
            "rejected",
        ),
        (
            vec![(BOLIGKONTORET, yes), (BOLI_NU, no), (DIREKTION, yes), (FAGCHEF, yes)],
            [yes, no, yes],
            "adopted",
        ),
        // Where they disagree there is none.
        (
            vec![(BOLIGKONTORET, yes), (DIREKTION, yes), (FAGCHEF, no)],
            [yes, "not_cast", "seats_disagree"],
            "adopted",
        ),
        (
            vec![(BOLIGKONTORET, yes), (BOLI_NU, no), (DIREKTION, yes), (FAGCHEF, no)],
            [yes, no, "seats_disagree"],
            "rejected",
        ),
        // The last word of a seat counts, and whoever abstains takes no side.
        (
            vec![
                (BOLIGKONTORET, no),
                (BOLIGKONTORET, yes),
                (BOLI_NU, "abstain"),
                (DIREKTION, "abstain"),
                (FAGCHEF, no),
            ],
            [yes, "abstained", no],
            "rejected",
        ),
    ] {
        let id = proposed(&app, "other", &meeting, Value::Null).await;
        let decision = vote(&app, &id, &said).await;
        let expected = ["boligkontoret-fredericia", "boli-nu", "fredericia-kommune"]
            .into_iter()
            .zip(votes);
        assert_eq!(organisations(&decision), expected.collect::<Vec<_>>(), "{said:?}");
        let (right, wrong, code) = match outcome {
            "adopted" => ("adopt", "reject", "/votes carried"),
            _ => ("reject", "adopt", "/votes not_carried"),
        };
        let by_vote = json!({"by": "vote"});
        let refused = board.post(&format!("decisions/{id}/{wrong}"), &by_vote).await;
        assert_eq!(refused.errors(409), [code], "{said:?}");
        let concluded = board
            .post(&format!("decisions/{id}/{right}"), &by_vote)
            .await
            .expect(200);
        assert_eq!(concluded["state"], outcome, "{said:?}");
        assert_eq!(concluded["conclusion"]["by"], "vote");
        assert!(concluded["effect"].is_null());
        let again = board
            .post(
                &format!("decisions/{id}/votes"),
                &json!({"seat": BOLI_NU, "choice": yes}),
            )
            .await;
        assert_eq!(again.errors(409), ["/state out_of_order"]);
    }
}

#[actix_web::test]
async fn consensus_may_have_a_reservation_and_ends_where_somebody_votes_against() {
    let app = TestApp::start().await;
    let meeting = held(&app, BOARD, "2024-06-12T13:00").await;
    let board = app.as_role(Role::Board);
    let id = proposed(&app, "other", &meeting, Value::Null).await;
    let path = format!("decisions/{id}/adopt");
    let reserved =
        |seat: &str| json!({"by": "consensus", "reservations": [{"seat": seat, "text": "Opdigtet forbehold"}]});
    for seat in ["nobody", PROJEKTCHEF] {
        let refused = board.post(&path, &reserved(seat)).await;
        assert_eq!(refused.errors(422), ["/reservations/0/seat unknown_seat"]);
    }
    vote(&app, &id, &[(BOLI_NU, "against")]).await;
    assert_eq!(
        board.post(&path, &reserved(ERHVERV)).await.errors(409),
        ["/votes not_unanimous"]
    );
    vote(&app, &id, &[(BOLI_NU, "abstain")]).await;
    let adopted = board.post(&path, &reserved(ERHVERV)).await.expect(200);
    assert_eq!(adopted["state"], "adopted");
    assert_eq!(
        adopted["conclusion"]["reservations"],
        json!([{"seat": ERHVERV, "text": "Opdigtet forbehold"}])
    );
    assert_eq!(adopted["meeting"], meeting.as_str());
}

#[actix_web::test]
async fn whoever_has_no_vote_cannot_cast_one() {
    let app = TestApp::start().await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let id = proposed(&app, "other", &meeting, Value::Null).await;
    let path = format!("decisions/{id}/votes");
    let ballot = |seat: &str| json!({"seat": seat, "choice": "for"});
    // The project manager's own office may not vote at all; nor is there a vote to be recorded for it.
    assert_eq!(
        app.as_role(Role::Secretariat)
            .post(&path, &ballot(PROJEKTCHEF))
            .await
            .problem(403),
        "forbidden"
    );
    let board = app.as_role(Role::Board);
    for seat in [PROJEKTCHEF, "souschef", ERHVERV] {
        assert_eq!(board.post(&path, &ballot(seat)).await.errors(422), ["/seat no_vote"]);
    }
    assert_eq!(
        board.post(&path, &ballot("nobody")).await.errors(422),
        ["/seat unknown_seat"]
    );
    let boli_nu = of(&app, Role::HousingOrganisation, "boli-nu");
    assert_eq!(
        boli_nu.post(&path, &ballot(BOLIGKONTORET)).await.errors(422),
        ["/seat not_your_seat"]
    );
    assert_eq!(
        boli_nu.post(&path, &ballot(ERHVERV)).await.errors(422),
        ["/seat not_your_seat"]
    );
    // A unit without a seat sees no open proposal.
    assert_eq!(
        app.jobcenter().post(&path, &ballot(DIREKTION)).await.problem(404),
        "not-found"
    );
    let fund = app.as_role(Role::Fund);
    assert_eq!(fund.get(&format!("decisions/{id}")).await.problem(404), "not-found");
    assert!(
        board.get(&format!("decisions/{id}")).await.expect(200)["votes"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[actix_web::test]
async fn a_vote_says_who_recorded_it_and_only_the_organisation_changes_its_own() {
    let app = TestApp::start().await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let id = proposed(&app, "other", &meeting, Value::Null).await;
    let path = format!("decisions/{id}/votes");
    vote(&app, &id, &[(BOLI_NU, "for"), (DIREKTION, "for")]).await;
    let boli_nu = of(&app, Role::HousingOrganisation, "boli-nu");
    let changed = boli_nu
        .post(&path, &json!({"seat": BOLI_NU, "choice": "against"}))
        .await
        .expect(200);
    let municipality = of(&app, Role::Municipality, "fredericia-kommune");
    municipality
        .post(&path, &json!({"seat": FAGCHEF, "choice": "for"}))
        .await
        .expect(200);
    let seats: Vec<(&str, &str, &str)> = changed["votes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap();
            (text("seat"), text("choice"), text("recorded_by"))
        })
        .collect();
    assert_eq!(
        seats,
        [(BOLI_NU, "against", "organisation"), (DIREKTION, "for", "minute_taker")]
    );
    let board = app.as_role(Role::Board);
    let refused = board.post(&path, &json!({"seat": BOLI_NU, "choice": "for"})).await;
    assert_eq!(refused.errors(409), ["/votes recorded_by_organisation"]);
}

#[actix_web::test]
async fn an_activity_moves_from_one_zone_to_another_by_decision() {
    let app = TestApp::start().await;
    let steering = called(&app, "styregruppe-uddannelse", "2024-05-29T13:00").await;
    let other = called(&app, "styregruppe-beskaeftigelse", "2024-05-30T13:00").await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let place = |zone: &str, from: &str| json!({"activity": "lektiecafe", "zone": zone, "starts_on": from});
    let first = proposed(&app, "place_activity", &board, place("zone-1", "2024-01-01")).await;
    let refused = adopt(&app, &first).await;
    let missing = "/recommendations missing_recommendation";
    assert_eq!(refused.errors(409), [missing, missing]);
    assert_eq!(placements(&app, "lektiecafe").await, []);
    recommended(&app, &first, None).await;
    assert_eq!(adopt(&app, &first).await.errors(409), [missing]);
    let secretariat = app.as_role(Role::Secretariat);
    let recommend = |decision: &str, meeting: &str, stance: &str| json!({"decision": decision, "given_by": "steering_group", "meeting": meeting, "stance": stance, "text": "Opdigtet"});
    // Another focus area's steering group, or the board itself, is not asked.
    for meeting in [&other, &board] {
        let wrong = secretariat
            .post("recommendations", &recommend(&first, meeting, "adopt"))
            .await;
        assert_eq!(wrong.errors(422), ["/meeting wrong_body"]);
    }
    let against = secretariat
        .post("recommendations", &recommend(&first, &steering, "reject"))
        .await;
    against.expect(201);
    assert_eq!(
        adopt(&app, &first).await.errors(409),
        ["/recommendations not_recommended"]
    );
    recommended(&app, &first, Some(&steering)).await;
    let placed = adopt(&app, &first).await.expect(200);
    assert_eq!(
        (&placed["state"], &placed["effect"]["activity"]),
        (&json!("in_force"), &json!("lektiecafe"))
    );

    let second = proposed(&app, "place_activity", &board, place("zone-3", "2024-08-01")).await;
    recommended(&app, &second, None).await;
    recommended(&app, &second, Some(&steering)).await;
    let moved = adopt(&app, &second).await.expect(200);
    assert_eq!(
        placements(&app, "lektiecafe").await,
        [
            (json!("zone-1"), json!("2024-01-01"), json!("2024-07-31")),
            (json!("zone-3"), json!("2024-08-01"), Value::Null),
        ]
    );
    let activity = app.public().get("activities/lektiecafe").await.expect(200);
    let last = &activity["placements"][1];
    assert_eq!(
        (&last["id"], &last["decision"]),
        (&moved["effect"]["placement"], &json!(second))
    );
    assert_eq!(last["basis"], "decision");

    // What overlaps is refused as a whole: the decision stays open, and nothing is placed.
    let third = proposed(&app, "place_activity", &board, place("zone-2", "2024-03-01")).await;
    recommended(&app, &third, None).await;
    recommended(&app, &third, Some(&steering)).await;
    let before = placements(&app, "lektiecafe").await;
    let refused = adopt(&app, &third).await.errors(409);
    assert!(
        refused.iter().any(|error| error.ends_with("overlapping_placement")),
        "{refused:?}"
    );
    assert!(
        refused.iter().all(|error| error.starts_with("/payload/")),
        "{refused:?}"
    );
    assert_eq!(state(&app, &third).await, "proposed");
    assert_eq!(placements(&app, "lektiecafe").await, before);
    let withdrawn = secretariat
        .post(&format!("decisions/{third}/withdraw"), &json!({"note": "Opdigtet"}))
        .await;
    assert_eq!(withdrawn.expect(200)["state"], "withdrawn");
    assert_eq!(adopt(&app, &third).await.errors(409), ["/state out_of_order"]);
}

#[actix_web::test]
async fn of_two_adoptions_at_once_one_adopts() {
    let app = TestApp::start().await;
    let steering = called(&app, "styregruppe-uddannelse", "2024-05-29T13:00").await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let payload = json!({"activity": "lektiecafe", "zone": "zone-1", "starts_on": "2024-01-01"});
    let id = proposed(&app, "place_activity", &board, payload).await;
    recommended(&app, &id, None).await;
    recommended(&app, &id, Some(&steering)).await;
    let mut statuses: Vec<u16> = join_all((0..6).map(|_| adopt(&app, &id)))
        .await
        .iter()
        .map(|one| one.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    assert_eq!(placements(&app, "lektiecafe").await.len(), 1);
    // A retry with the key of the first request gets its answer again.
    let other = proposed(&app, "other", &board, Value::Null).await;
    let path = format!("decisions/{other}/adopt");
    let client = app.as_role(Role::Board).header("idempotency-key", "once");
    let (first, again) = (
        client.post(&path, &json!({"by": "consensus"})).await,
        client.post(&path, &json!({"by": "consensus"})).await,
    );
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(again.header("idempotency-replayed"), "true");
}

/// Makes a table refuse what a condition holds for, as if the process had been killed there.
async fn break_off(app: &TestApp, table: &str, event: &str, condition: &str) {
    let transaction = app.state.db.begin().await.unwrap();
    match transaction.get_database_backend() {
        DbBackend::Postgres => {
            transaction
                .execute_unprepared(
                    "CREATE FUNCTION break_off() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$ LANGUAGE plpgsql",
                )
                .await
                .unwrap();
            let trigger = format!(
                "CREATE TRIGGER break_off BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION break_off()"
            );
            transaction.execute_unprepared(&trigger).await.unwrap();
        }
        _ => {
            let trigger = format!(
                "CREATE TRIGGER break_off BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'broken off'); END"
            );
            transaction.execute_unprepared(&trigger).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
}

#[actix_web::test]
async fn adoption_and_effect_are_there_together_or_not_at_all() {
    for (table, event, condition) in [
        // Broken off after the effect, before the decision is in force; and before the effect.
        ("decisions", "UPDATE", "NEW.state = 'in_force'"),
        ("activity_placements", "INSERT", "NEW.basis = 'decision'"),
    ] {
        let app = TestApp::start().await;
        let steering = called(&app, "styregruppe-uddannelse", "2024-05-29T13:00").await;
        let board = called(&app, BOARD, "2024-06-12T13:00").await;
        let payload = json!({"activity": "mind-your-own-business", "team": "program", "zone": "zone-2", "starts_on": "2024-01-01"});
        let id = proposed(&app, "place_activity", &board, payload).await;
        recommended(&app, &id, None).await;
        recommended(&app, &id, Some(&steering)).await;
        let before = placements(&app, "mind-your-own-business").await;
        break_off(&app, table, event, condition).await;
        assert_eq!(adopt(&app, &id).await.problem(500), "internal", "{table}");
        assert_eq!(state(&app, &id).await, "proposed", "{table}");
        assert_eq!(placements(&app, "mind-your-own-business").await, before, "{table}");
    }
}

#[actix_web::test]
async fn a_sub_agreement_takes_force_as_the_board_was_shown_it() {
    let app = TestApp::start().await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let fund = app.as_role(Role::Fund);
    let number = draft(&app, "beskaeftigelse", json!({"staffing": []})).await;
    let payload = |from: &str| json!({"agreement": "beskaeftigelse", "version": number, "effective_from": from});
    let stale = proposed(&app, "approve_sub_agreement", &board, payload("2024-07-01")).await;
    // Somebody goes on writing: what the board was shown is not what would take force.
    redraft(&app, "beskaeftigelse", number, json!({"period": {"note": "Opdigtet"}})).await;
    assert_eq!(
        adopt(&app, &stale).await.errors(409),
        ["/payload/draft_changed_at stale_version"]
    );
    let id = proposed(&app, "approve_sub_agreement", &board, payload("2024-07-01")).await;
    assert_eq!(
        fund.get("agreements/beskaeftigelse?on=2024-07-01").await.expect(200)["version"],
        1
    );
    let adopted = adopt(&app, &id).await.expect(200);
    assert_eq!(adopted["state"], "in_force");
    let effect = (&adopted["effect"]["agreement"], &adopted["effect"]["agreement_version"]);
    assert_eq!(effect, (&json!("beskaeftigelse"), &json!(number)));
    for (day, version) in [("2024-06-30", 1), ("2024-07-01", number)] {
        let found = fund
            .get(&format!("agreements/beskaeftigelse?on={day}"))
            .await
            .expect(200);
        assert_eq!(found["version"], version, "{day}");
    }
    // It never changes again, and the same draft is not proposed twice.
    let again = propose(&app, "approve_sub_agreement", &board, payload("2024-08-01")).await;
    assert_eq!(again.errors(422), ["/payload/version not_a_draft"]);
    assert_eq!(adopt(&app, &stale).await.errors(409), ["/payload/version not_a_draft"]);
    // A draft from before does not undo it.
    let late = draft(&app, "kriminalitetsforebyggelse", json!({"staffing": []})).await;
    let early = draft(&app, "kriminalitetsforebyggelse", json!({"activities": []})).await;
    let crime = |number: i64| json!({"agreement": "kriminalitetsforebyggelse", "version": number, "effective_from": "2024-07-01"});
    let (one, two) = (
        proposed(&app, "approve_sub_agreement", &board, crime(early)).await,
        proposed(&app, "approve_sub_agreement", &board, crime(late)).await,
    );
    adopt(&app, &one).await.expect(200);
    assert_eq!(adopt(&app, &two).await.errors(409), ["/base stale_base"]);
    assert_eq!(state(&app, &two).await, "proposed");
}

#[actix_web::test]
async fn a_strategic_change_has_no_effect_before_the_fund_endorses_it() {
    let app = TestApp::start().await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let fund = app.as_role(Role::Fund);
    let version = async || fund.get("agreements/strategisk?on=2025-01-01").await.expect(200)["version"].clone();
    let parties = json!({"parties": [
        {"organisation": "boli-nu", "capacity": "Boligorganisation"},
        {"organisation": "boligkontoret-fredericia", "capacity": "Boligorganisation"},
        {"organisation": "fredericia-kommune", "capacity": "Kommune"},
        {"organisation": "business-fredericia", "capacity": "Erhvervsliv (opdigtet)"}]});
    let payload = |number: i64| json!({"agreement": "strategisk", "version": number, "effective_from": "2025-01-01"});
    let first = draft(&app, "strategisk", parties.clone()).await;
    let id = proposed(&app, "change_strategic_agreement", &board, payload(first)).await;
    let adopted = adopt(&app, &id).await.expect(200);
    assert_eq!(
        (&adopted["state"], &adopted["effect"]),
        (&json!("awaiting_endorsement"), &Value::Null)
    );
    let (endorse, decline) = (format!("decisions/{id}/endorse"), format!("decisions/{id}/decline"));
    for role in [Role::Board, Role::Secretariat, Role::Municipality] {
        assert_eq!(
            app.as_role(role).post(&endorse, &json!({})).await.problem(403),
            "forbidden"
        );
    }
    assert_eq!(fund.post(&decline, &json!({})).await.errors(422), ["/note required"]);
    let declined = fund
        .post(&decline, &json!({"note": "Opdigtet afslag"}))
        .await
        .expect(200);
    assert_eq!(declined["state"], "declined");
    assert_eq!(declined["fund_answer"]["endorsed"], false);
    assert_eq!(version().await, 1);
    assert_eq!(
        fund.post(&endorse, &json!({})).await.errors(409),
        ["/state out_of_order"]
    );

    let second = draft(&app, "strategisk", parties).await;
    let id = proposed(&app, "change_strategic_agreement", &board, payload(second)).await;
    let endorse = format!("decisions/{id}/endorse");
    assert_eq!(fund.post(&endorse, &json!({})).await.problem(404), "not-found");
    adopt(&app, &id).await.expect(200);
    assert_eq!(version().await, 1);
    let endorsed = fund
        .post(&endorse, &json!({"note": "Godkendt (opdigtet)"}))
        .await
        .expect(200);
    assert_eq!(endorsed["state"], "in_force");
    assert_eq!(endorsed["fund_answer"]["note"], "Godkendt (opdigtet)");
    assert_eq!(version().await, second);
    assert_eq!(
        fund.post(&endorse, &json!({})).await.errors(409),
        ["/state out_of_order"]
    );
}

#[actix_web::test]
async fn budget_and_terms_of_reference_change_alone_and_the_latter_by_consensus() {
    let app = TestApp::start().await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let client = app.as_role(Role::Board);
    let fund = app.as_role(Role::Fund);
    let payload = |number: i64| json!({"agreement": "strategisk", "version": number, "effective_from": "2025-01-01"});
    let version = fund.get("agreements/strategisk/versions/1").await.expect(200);
    let mut budget = version["content"]["budget"].clone();
    budget[0]["amounts"] = json!([{"year": 2025, "amount": 1000}]);
    let mut annexes = version["content"]["annexes"].clone();
    let terms = annexes
        .as_array()
        .unwrap()
        .iter()
        .position(|one| one["kind"] == "terms_of_reference")
        .unwrap();
    annexes[terms]["note"] = "Fem faste møder om året (opdigtet)".into();

    let of_budget = draft(&app, "strategisk", json!({"budget": budget})).await;
    let of_terms = draft(&app, "strategisk", json!({"annexes": annexes})).await;
    for (kind, number, code) in [
        ("change_budget", of_terms, "beyond_budget"),
        ("change_terms_of_reference", of_budget, "beyond_terms_of_reference"),
        ("change_strategic_agreement", of_terms, "terms_of_reference"),
    ] {
        let refused = propose(&app, kind, &board, payload(number)).await;
        assert_eq!(refused.errors(422), [format!("/payload/version {code}")], "{kind}");
    }
    let refused = propose(&app, "approve_sub_agreement", &board, payload(of_budget)).await;
    assert_eq!(refused.errors(422), ["/payload/agreement wrong_agreement"]);

    let id = proposed(&app, "change_terms_of_reference", &board, payload(of_terms)).await;
    vote(
        &app,
        &id,
        &[(BOLIGKONTORET, "for"), (BOLI_NU, "for"), (DIREKTION, "for")],
    )
    .await;
    let path = format!("decisions/{id}/adopt");
    let by_vote = client.post(&path, &json!({"by": "vote"})).await;
    assert_eq!(by_vote.errors(409), ["/kind consensus_required"]);
    let adopted = adopt(&app, &id).await.expect(200);
    assert_eq!(adopted["state"], "awaiting_endorsement");
    assert_eq!(
        adopted["requires"],
        json!({"recommendations": [], "consensus": true, "endorsement": true})
    );

    let second = proposed(&app, "change_budget", &board, payload(of_budget)).await;
    adopt(&app, &second).await.expect(200);
    fund.post(&format!("decisions/{second}/endorse"), &json!({}))
        .await
        .expect(200);
    let spent = fund.get("budget?on=2025-01-01").await.expect(200);
    assert_eq!(spent["version"], of_budget);
    // The other one was written from what no longer is in force: the fund's yes cannot undo the budget.
    let refused = fund
        .post(&format!("decisions/{id}/endorse"), &json!({}))
        .await
        .errors(409);
    assert!(refused.contains(&"/base stale_base".to_owned()), "{refused:?}");
    assert_eq!(state(&app, &id).await, "awaiting_endorsement");
}

#[actix_web::test]
async fn an_activity_changes_by_decision_on_the_version_that_was_proposed() {
    let app = TestApp::start().await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let activity = app.public().get("activities/lektiecafe").await.expect(200);
    let pause = |version: &Value| json!({"activity": "lektiecafe", "version": version, "status": "paused"});
    let mut content = json!({});
    for member in [
        "focus_area",
        "mobility",
        "teams_apart",
        "name",
        "name_en",
        "aliases",
        "purpose",
        "purpose_en",
        "content",
        "content_en",
        "target_groups",
        "actors",
        "commitments",
        "note",
        "source",
    ] {
        content[member] = activity[member].clone();
    }
    content["purpose"] = "Opdigtet formål".into();
    let change = json!({"activity": "lektiecafe", "version": activity["version"], "content": content});
    let first = proposed(&app, "change_activity", &board, change).await;
    let second = proposed(&app, "change_activity", &board, pause(&activity["version"])).await;
    let adopted = adopt(&app, &first).await.expect(200);
    assert_eq!(adopted["effect"]["activity_version"], 2);
    let changed = app.public().get("activities/lektiecafe").await.expect(200);
    assert_eq!(
        (&changed["purpose"], &changed["status"]),
        (&json!("Opdigtet formål"), &json!("active"))
    );
    assert_eq!(
        adopt(&app, &second).await.errors(409),
        ["/payload/version stale_version"]
    );
    let refused = propose(&app, "change_activity", &board, pause(&json!(1))).await;
    assert_eq!(refused.errors(422), ["/payload/version stale_version"]);
    let third = proposed(&app, "change_activity", &board, pause(&json!(2))).await;
    adopt(&app, &third).await.expect(200);
    assert_eq!(
        app.public().get("activities/lektiecafe").await.expect(200)["status"],
        "paused"
    );
    // There is no other way.
    let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
    let refused = secretariat
        .patch("activities/lektiecafe", &json!({"purpose": "Andet"}))
        .await;
    assert_eq!(refused.errors(422), ["/purpose in_force"]);
}

#[actix_web::test]
async fn a_proposal_is_judged_as_a_whole_with_every_error_at_once() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let post = async |body: Value| {
        let mut errors = secretariat.post("decisions", &body).await.errors(422);
        errors.sort_unstable();
        errors
    };
    assert_eq!(
        post(json!({"kind": "dance", "payload": {"x": 1}, "colour": "red", "meeting": "soon"})).await,
        [
            "/colour unknown_field",
            "/kind unknown_word",
            "/meeting invalid_id",
            "/title required"
        ]
    );
    assert_eq!(
        post(json!({"kind": "place_activity", "title": "x", "payload": {"starts_on": "soon", "zoo": 1}})).await,
        [
            "/payload/activity required",
            "/payload/starts_on invalid_date",
            "/payload/zone required",
            "/payload/zoo unknown_field"
        ]
    );
    let far = json!({"activity": "lektiecafe", "zone": "zone-9", "starts_on": "2030-01-01", "ends_on": "2029-01-01"});
    let found = post(json!({"kind": "place_activity", "title": "x", "payload": far})).await;
    for error in ["/payload/starts_on outside_plan", "/payload/zone unknown_zone"] {
        assert!(found.contains(&error.to_owned()), "{found:?}");
    }
    let everywhere = json!({"activity": "vejledningsbutikken", "zone": "zone-1", "starts_on": "2024-01-01"});
    let found = post(json!({"kind": "place_activity", "title": "x", "payload": everywhere})).await;
    assert_eq!(found, ["/payload/zone in_all_zones"]);
    let unknown = json!({"activity": "no-such", "zone": "zone-1", "starts_on": "2024-01-01"});
    let found = post(json!({"kind": "place_activity", "title": "x", "payload": unknown})).await;
    assert_eq!(found, ["/payload/activity unknown_activity"]);
    assert_eq!(
        post(json!({"kind": "other", "title": "x", "payload": {}})).await,
        ["/payload unexpected"]
    );
    assert_eq!(
        post(json!({"kind": "change_activity", "title": "x", "payload": {"activity": "lektiecafe", "version": 1}}))
            .await,
        ["/payload/content nothing_changes"]
    );
    let draft = json!({"agreement": "beskaeftigelse", "version": 9, "effective_from": "2024-07-01"});
    let found = post(json!({"kind": "approve_sub_agreement", "title": "x", "payload": draft})).await;
    assert_eq!(found, ["/payload/version unknown_version"]);
    let ids =
        json!({"follow_ups": ["x", "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a33", "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a33"]});
    let found = post(json!({"kind": "adopt_follow_up", "title": "x", "payload": ids})).await;
    assert_eq!(
        found,
        [
            "/payload/follow_ups/0 invalid_id",
            "/payload/follow_ups/1 unknown_follow_up",
            "/payload/follow_ups/2 duplicate"
        ]
    );
    let ids = json!({"follow_ups": ["019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a33"]});
    let found = post(json!({"kind": "adopt_follow_up", "title": "x", "payload": ids})).await;
    assert_eq!(found, ["/payload/follow_ups/0 unknown_follow_up"]);
    // Nothing that is wrong keeps anything else from being judged: not the title a date, not a date the zone, not an unknown
    // activity its zone, not the payload the meeting.
    let nowhere = json!({"activity": "no-such", "zone": "zone-9", "starts_on": "soon", "ends_on": "2031-01-01"});
    let unknown = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a99";
    assert_eq!(
        post(
            json!({"kind": "place_activity", "title": "", "payload": nowhere, "meeting": unknown, "agenda_item": "x"})
        )
        .await,
        [
            "/agenda_item invalid_id",
            "/meeting unknown_meeting",
            "/payload/activity unknown_activity",
            "/payload/ends_on outside_plan",
            "/payload/starts_on invalid_date",
            "/payload/zone unknown_zone",
            "/title length"
        ]
    );
    let stale = json!({"activity": "lektiecafe", "version": 7, "status": "asleep", "content": {"target_groups": [
        {"name": "Unge", "name_en": "The young", "age_from": 20, "age_to": 10}]}});
    let found = post(json!({"kind": "change_activity", "payload": stale})).await;
    for error in [
        "/payload/content/purpose required",
        "/payload/content/target_groups/0/age_to wrong_order",
        "/payload/status unknown_word",
        "/payload/version stale_version",
        "/title required",
    ] {
        assert!(found.contains(&error.to_owned()), "{error}: {found:?}");
    }
    let early = json!({"agreement": "beskaeftigelse", "version": 9, "effective_from": "2022-07-01"});
    assert_eq!(
        post(json!({"kind": "approve_sub_agreement", "payload": early})).await,
        [
            "/payload/effective_from before_predecessor",
            "/payload/version unknown_version",
            "/title required"
        ]
    );
    // So are a recommendation, a vote and a conclusion.
    let recommendation =
        json!({"decision": unknown, "given_by": "steering_group", "meeting": unknown, "stance": "maybe"});
    let mut found = secretariat.post("recommendations", &recommendation).await.errors(422);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "/decision unknown_decision",
            "/meeting unknown_meeting",
            "/stance unknown_word",
            "/text required"
        ]
    );
    let open = secretariat
        .post("decisions", &json!({"kind": "other", "title": "x"}))
        .await
        .expect(201);
    let open = format!("decisions/{}", open["id"].as_str().unwrap());
    let board = app.as_role(Role::Board);
    let vote = json!({"seat": "nobody", "choice": "maybe"});
    let found = board.post(&format!("{open}/votes"), &vote).await.errors(422);
    assert_eq!(found, ["/choice unknown_word", "/seat unknown_seat"]);
    let conclusion = json!({"by": "chance", "meeting": unknown, "reservations": [{"seat": "nobody"}]});
    let mut found = board.post(&format!("{open}/adopt"), &conclusion).await.errors(422);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "/by unknown_word",
            "/meeting unknown_meeting",
            "/reservations/0/seat unknown_seat",
            "/reservations/0/text required"
        ]
    );
    // A text that names a person by number is not kept.
    let found = post(json!({"kind": "other", "title": "Sag 010190-1234"})).await;
    assert_eq!(found, ["/title personal_number"]);
}

#[actix_web::test]
async fn the_board_concludes_at_a_meeting_of_its_own_that_was_called() {
    let app = TestApp::start().await;
    let board = app.as_role(Role::Board);
    let secretariat = app.as_role(Role::Secretariat);
    let without = json!({"kind": "other", "title": "Opdigtet"});
    let proposal = secretariat.post("decisions", &without).await.expect(201);
    let id = proposal["id"].as_str().unwrap();
    let adopt = format!("decisions/{id}/adopt");
    assert_eq!(
        board.post(&adopt, &json!({"by": "consensus"})).await.errors(422),
        ["/meeting required"]
    );
    let at = |meeting: &str| json!({"by": "consensus", "meeting": meeting});
    let steering = called(&app, "styregruppe-uddannelse", "2024-05-29T13:00").await;
    assert_eq!(
        board.post(&adopt, &at(&steering)).await.errors(422),
        ["/meeting wrong_body"]
    );
    let unknown = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a99";
    assert_eq!(
        board.post(&adopt, &at(unknown)).await.errors(422),
        ["/meeting unknown_meeting"]
    );
    let planned = json!({"body": BOARD, "local_start": "2024-06-12T13:00", "duration_minutes": 120});
    let planned = secretariat.post("meetings", &planned).await.expect(201);
    let planned = planned["id"].as_str().unwrap();
    assert_eq!(
        board.post(&adopt, &at(planned)).await.errors(422),
        ["/meeting not_called"]
    );
    let path = format!("meetings/{planned}/cancel");
    secretariat
        .post(&path, &json!({"reason": "Opdigtet"}))
        .await
        .expect(200);
    assert_eq!(
        board.post(&adopt, &at(planned)).await.errors(422),
        ["/meeting cancelled"]
    );
    let meeting = called(&app, BOARD, "2024-06-19T13:00").await;
    let adopted = board.post(&adopt, &at(&meeting)).await.expect(200);
    assert_eq!(
        (&adopted["state"], &adopted["meeting"]),
        (&json!("adopted"), &json!(meeting))
    );
}

#[actix_web::test]
async fn who_has_no_seat_on_the_board_sees_what_it_has_concluded() {
    let app = TestApp::start().await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let open = proposed(&app, "other", &meeting, Value::Null).await;
    let done = proposed(&app, "other", &meeting, Value::Null).await;
    recommended(&app, &open, None).await;
    adopt(&app, &done).await.expect(200);
    let seen = async |client: crate::support::Client<'_>| {
        let list = client.get(&format!("decisions?meeting={meeting}")).await.expect(200);
        let ids: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        let recommendations = client
            .get(&format!("recommendations?decision={open}"))
            .await
            .expect(200);
        (ids, recommendations["items"].as_array().unwrap().len())
    };
    let both = (vec![open.clone(), done.clone()], 1);
    let one = (vec![done.clone()], 0);
    assert_eq!(seen(app.as_role(Role::Secretariat)).await, both);
    assert_eq!(seen(app.as_role(Role::HousingOrganisation)).await, both);
    assert_eq!(seen(of(&app, Role::Municipality, "fredericia-kommune")).await, both);
    assert_eq!(seen(app.jobcenter()).await, one);
    assert_eq!(seen(app.as_role(Role::Auditor)).await, one);
    assert_eq!(seen(app.as_role(Role::Fund)).await, one);
    let other = app.with_token(&app.token(Role::Municipality, None, &[PLAN], None));
    assert_eq!(seen(other).await, one);
    let filtered = app
        .as_role(Role::Board)
        .get("decisions?state=proposed&kind=other")
        .await
        .expect(200);
    assert_eq!(filtered["items"].as_array().unwrap().len(), 1);
    assert_eq!(app.as_role(Role::Board).get("decisions?state=done").await.status, 400);
}
