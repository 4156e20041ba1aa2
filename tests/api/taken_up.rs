//! Items of agendas and the decisions that are taken up under them: each leads to the other. Meetings are made up.

use helhedsplan::auth::role::{Permission, Role};
use serde_json::{Value, json};

use crate::support::governance::post_nothing;
use crate::support::{Client, PLAN, TestApp};

async fn id(client: &Client<'_>, path: &str, body: Value) -> String {
    let answer = client.post(path, &body).await.expect(201);
    answer["id"].as_str().unwrap().to_owned()
}

async fn board_meeting(app: &TestApp, day: &str) -> String {
    let meeting = json!({"body": "bestyrelsen", "local_start": format!("{day}T14:00"), "duration_minutes": 120});
    id(&app.as_role(Role::Secretariat), "meetings", meeting).await
}

async fn item(client: &Client<'_>, meeting: &str, title: &str) -> String {
    id(
        client,
        &format!("meetings/{meeting}/agenda-items"),
        json!({"title": title}),
    )
    .await
}

/// The decisions that a client sees under an item: the same in the list and alone.
async fn under(client: &Client<'_>, meeting: &str, item: &str) -> Value {
    let path = format!("meetings/{meeting}/agenda-items");
    let alone = client.get(&format!("{path}/{item}")).await.expect(200);
    let list = client.get(&path).await.expect(200);
    let listed = list["items"].as_array().unwrap().iter().find(|one| one["id"] == item);
    assert_eq!(listed, Some(&alone));
    alone["decisions"].clone()
}

#[actix_web::test]
async fn an_item_leads_to_what_is_decided_under_it_and_the_decision_back() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let june = board_meeting(&app, "2024-06-12").await;
    let autumn = board_meeting(&app, "2024-09-18").await;
    let placement = item(&secretariat, &june, "Placering (opdigtet)").await;
    let later = item(&secretariat, &autumn, "Placering igen (opdigtet)").await;
    let boli_nu = app.as_role(Role::HousingOrganisation);
    let undecided = item(&boli_nu, &june, "Parkering (opdigtet)").await;

    let proposal = |meeting: &str, item: &str| json!({"kind": "other", "title": "Opdigtet forslag", "meeting": meeting, "agenda_item": item});
    let refused = async |body: Value| secretariat.post("decisions", &body).await.errors(422);
    let unknown = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a99";
    for (meeting, named, error) in [
        (&june, later.as_str(), "/agenda_item unknown_item"),
        (&june, unknown, "/agenda_item unknown_item"),
        (&june, undecided.as_str(), "/agenda_item not_on_the_agenda"),
    ] {
        assert_eq!(refused(proposal(meeting, named)).await, [error]);
    }
    let alone = json!({"kind": "other", "title": "Opdigtet", "agenda_item": placement});
    assert_eq!(refused(alone).await, ["/meeting required"]);

    let decision = id(&secretariat, "decisions", proposal(&june, &placement)).await;
    let path = format!("decisions/{decision}");
    let leads_to = async || secretariat.get(&path).await.expect(200)["agenda_item"].clone();
    assert_eq!(leads_to().await, placement);
    let listed = secretariat.get(&format!("decisions?meeting={june}")).await.expect(200);
    assert_eq!(listed["items"][0]["agenda_item"], placement);
    let shown = |state: &str| json!([{"id": decision, "kind": "other", "title": "Opdigtet forslag", "state": state}]);
    assert_eq!(under(&secretariat, &june, &placement).await, shown("proposed"));
    assert_eq!(under(&boli_nu, &june, &placement).await, shown("proposed"));
    // The fund sees what is concluded; and a token that may not read decisions none, which is not the same.
    let fund = app.as_role(Role::Fund);
    assert_eq!(under(&fund, &june, &placement).await, json!([]));
    let token = app.token(Role::Board, None, &[PLAN], Some(Permission::ReadMeetings.scope()));
    assert_eq!(under(&app.with_token(&token), &june, &placement).await, Value::Null);

    // Moved on the agenda it stays; taken off, neither end knows the other, until it is put back.
    let change = async |patch: Value| {
        let any = secretariat.clone().header("if-match", "*");
        let path = format!("meetings/{june}/agenda-items/{placement}");
        any.patch(&path, &patch).await.expect(200)
    };
    assert_eq!(change(json!({"position": 7})).await["decisions"], shown("proposed"));
    assert_eq!(change(json!({"status": "declined"})).await["decisions"], json!([]));
    assert_eq!(leads_to().await, Value::Null);
    assert_eq!(
        refused(proposal(&june, &placement)).await,
        ["/agenda_item not_on_the_agenda"]
    );
    assert_eq!(
        change(json!({"status": "accepted"})).await["decisions"],
        shown("proposed")
    );
    assert_eq!(leads_to().await, placement);

    // The pack tells it as it stood, to who sees what is proposed.
    change(json!({"description": "Opdigtet"})).await;
    let any = secretariat.clone().header("if-match", "*");
    let path_of_undecided = format!("meetings/{june}/agenda-items/{undecided}");
    any.patch(&path_of_undecided, &json!({"status": "declined"}))
        .await
        .expect(200);
    post_nothing(&secretariat, &format!("meetings/{june}/call"))
        .await
        .expect(200);
    let pack = format!("meetings/{june}/pack");
    let told =
        async |client: &Client<'_>| client.get(&pack).await.expect(200)["pack"]["agenda"][0]["decisions"].clone();
    assert_eq!(told(&boli_nu).await, shown("proposed"));
    assert_eq!(told(&fund).await, json!([]));
    assert_eq!(told(&app.with_token(&token)).await, json!([]));
    let page = boli_nu.get(&format!("{pack}?format=html")).await;
    assert!(page.text().contains("<li>Opdigtet forslag (andet)</li>"));
    let page = fund.get(&format!("{pack}?format=html")).await;
    assert!(!page.text().contains("Opdigtet forslag"));

    // What is taken up at another meeting is under an item of that one's agenda, or under none.
    post_nothing(&secretariat, &format!("meetings/{autumn}/call"))
        .await
        .expect(200);
    let board = app.as_role(Role::Board);
    let at = |item: &str| json!({"by": "consensus", "meeting": autumn, "agenda_item": item});
    let adopt = format!("{path}/adopt");
    assert_eq!(
        board.post(&adopt, &at(&placement)).await.errors(422),
        ["/agenda_item unknown_item"]
    );
    assert_eq!(leads_to().await, placement);
    let adopted = board.post(&adopt, &at(&later)).await.expect(200);
    assert_eq!(
        (&adopted["agenda_item"], &adopted["meeting"]),
        (&json!(later), &json!(autumn))
    );
    assert_eq!(under(&fund, &autumn, &later).await, shown("adopted"));
    assert_eq!(under(&secretariat, &june, &placement).await, json!([]));
    let second = id(&secretariat, "decisions", proposal(&june, &placement)).await;
    let elsewhere = json!({"by": "consensus", "meeting": autumn});
    let adopted = board
        .post(&format!("decisions/{second}/reject"), &elsewhere)
        .await
        .expect(200);
    assert_eq!(adopted["agenda_item"], Value::Null);
    // One that stays at its meeting stays under its item; one without gets it with the conclusion.
    let third = id(&secretariat, "decisions", proposal(&june, &placement)).await;
    let stays = board
        .post(&format!("decisions/{third}/adopt"), &json!({"by": "consensus"}))
        .await;
    assert_eq!(stays.expect(200)["agenda_item"], placement);
    let without = json!({"kind": "other", "title": "Opdigtet", "meeting": june});
    let fourth = id(&secretariat, "decisions", without).await;
    let named = json!({"by": "consensus", "agenda_item": placement});
    let named = board.post(&format!("decisions/{fourth}/adopt"), &named).await;
    assert_eq!(named.expect(200)["agenda_item"], placement);
    let ids = under(&secretariat, &june, &placement).await;
    assert_eq!(
        json!([ids[0]["id"], ids[1]["id"], ids[2]]),
        json!([third, fourth, null])
    );
}
