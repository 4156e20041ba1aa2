//! One conditional-request contract, run over every kind of thing that is written by its code.

use helhedsplan::auth::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::document::{Operation, operations};
use crate::support::{Client, PLAN, TestApp};

/// What has `GET`, `PUT`, `PATCH` and `DELETE` at one path that ends with a code.
struct Written {
    /// The path of the example.
    path: String,
    /// The path of one that is not there.
    new: String,
    /// The path of the list.
    list: String,
    /// The code of the example.
    code: String,
}

fn written() -> Vec<Written> {
    let all = operations();
    let has = |path: &str, method: Method| {
        let mut operations = all.iter();
        operations.any(|operation| operation.path == path && operation.method == method)
    };
    let is_written = |operation: &&Operation| {
        operation.method == Method::PUT
            && operation.path.ends_with("/{code}")
            // What is in force of an activity changes by decision only; its own tests say what a client may write.
            && !operation.path.ends_with("/activities/{code}")
            && [Method::GET, Method::PATCH, Method::DELETE]
                .into_iter()
                .all(|method| has(&operation.path, method))
    };
    let written: Vec<Written> = all
        .iter()
        .filter(is_written)
        .map(|operation| {
            let path = operation.example_path();
            let (list, code) = path.rsplit_once('/').unwrap();
            Written {
                new: format!("{path}-new"),
                list: list.to_owned(),
                code: code.to_owned(),
                path: path.clone(),
            }
        })
        .collect();
    assert!(written.len() >= 6, "only {} kinds were found", written.len());
    written
}

/// A client that may write whatever can be written: the secretariat's.
fn writer(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat)
}

fn codes(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

async fn tag_of(client: &Client<'_>, path: &str) -> String {
    let answer = client.get(path).await;
    answer.expect(200);
    answer.header("etag").to_owned()
}

/// The numbers that the plan has given out: one a write.
async fn writes(app: &TestApp) -> usize {
    use helhedsplan::entities::change;
    use sea_orm::{EntityTrait, PaginatorTrait};
    let count = change::Entity::find().count(app.state.db.read()).await.unwrap();
    usize::try_from(count).unwrap()
}

#[actix_web::test]
async fn a_change_without_a_precondition_is_refused() {
    let app = TestApp::start().await;
    let client = writer(&app);
    for thing in written() {
        let body = client.get(&thing.path).await.expect(200);
        for path in [&thing.path, &thing.new] {
            assert_eq!(client.put(path, &body).await.problem(428), "precondition-required");
        }
        // Only `*` says that something new is meant.
        let other = client.clone().header("if-none-match", "\"other\"");
        assert_eq!(
            other.put(&thing.path, &body).await.problem(428),
            "precondition-required"
        );
        let patched = client.patch(&thing.path, &json!({"note": "x"})).await;
        assert_eq!(patched.problem(428), "precondition-required", "{}", thing.path);
        assert_eq!(client.delete(&thing.path).await.problem(428), "precondition-required");
        assert_eq!(client.get(&thing.path).await.expect(200), body, "{}", thing.path);
    }
}

#[actix_web::test]
async fn whoever_read_something_else_is_refused() {
    let app = TestApp::start().await;
    let client = writer(&app);
    for thing in written() {
        let first = client.get(&thing.path).await;
        let (body, tag) = (first.expect(200), first.header("etag").to_owned());
        let current = client.clone().header("if-match", &tag);
        current
            .patch(&thing.path, &json!({"note": "changed"}))
            .await
            .expect(200);
        for stale in [
            tag.clone(),
            "\"other\"".to_owned(),
            format!("W/{}", tag_of(&client, &thing.path).await),
        ] {
            let stale = client.clone().header("if-match", &stale);
            for answer in [
                stale.put(&thing.path, &body).await,
                stale.patch(&thing.path, &json!({"note": "x"})).await,
                stale.delete(&thing.path).await,
                // Something that is not there has no ETag.
                stale.put(&thing.new, &body).await,
            ] {
                assert_eq!(answer.problem(412), "precondition-failed", "{}", thing.path);
            }
        }
        let new = client.clone().header("if-none-match", "*");
        assert_eq!(new.put(&thing.path, &body).await.problem(412), "precondition-failed");
        assert_eq!(client.get(&thing.path).await.expect(200)["note"], "changed");
    }
}

#[actix_web::test]
async fn the_answer_to_a_change_is_what_is_read_next() {
    let app = TestApp::start().await;
    let client = writer(&app);
    for thing in written() {
        let read = client.get(&thing.path).await;
        let mut body = read.expect(200);
        body["code"] = Value::Null;
        let made = client.clone().header("if-none-match", "*").put(&thing.new, &body).await;
        let new = made.expect(201);
        assert_eq!(made.header("location"), thing.new);
        let changed = client.clone().header("if-match", made.header("etag"));
        let changed = changed
            .patch(&thing.new, &json!({"name": "Nyt navn", "note": null}))
            .await;
        assert_eq!(changed.expect(200)["name"], "Nyt navn");
        let replaced = client.clone().header("if-match", changed.header("etag"));
        let replaced = replaced.put(&thing.new, &new).await;
        assert_eq!(replaced.expect(200), new, "{}", thing.new);
        assert_eq!(replaced.header("etag"), made.header("etag"), "{}", thing.new);
        let archived = client.clone().header("if-match", replaced.header("etag"));
        let archived = archived.delete(&thing.new).await;
        assert!(archived.expect(200)["archived_at"].is_string());
        let next = client.get(&thing.new).await;
        assert_eq!(next.header("etag"), archived.header("etag"), "{}", thing.new);
        assert_eq!(next.body, archived.body, "{}", thing.new);
        // New things stand last.
        let list = client
            .get(&format!("{}?limit=1000&archived=true", thing.list))
            .await
            .expect(200);
        assert_eq!(codes(&list).last().unwrap(), &format!("{}-new", thing.code));
    }
}

#[actix_web::test]
async fn an_archived_thing_is_listed_on_request_and_comes_back() {
    let app = TestApp::start().await;
    let client = writer(&app);
    let any = client.clone().header("if-match", "*");
    for thing in written() {
        let before = client.get(&thing.path).await.expect(200);
        let archived = any.delete(&thing.path).await.expect(200);
        let seen = writes(&app).await;
        assert_eq!(
            any.delete(&thing.path).await.expect(200),
            archived,
            "archived again: {}",
            thing.path
        );
        assert_eq!(writes(&app).await, seen, "{}", thing.path);
        let list = client.get(&format!("{}?limit=1000", thing.list)).await.expect(200);
        assert!(!codes(&list).contains(&thing.code), "{}", thing.path);
        let list = client
            .get(&format!("{}?limit=1000&archived=true", thing.list))
            .await
            .expect(200);
        assert!(codes(&list).contains(&thing.code), "{}", thing.path);
        // Changing it leaves it archived; only null or leaving it out takes it back.
        let changed = any.patch(&thing.path, &json!({"note": "x"})).await.expect(200);
        assert_eq!(changed["archived_at"], archived["archived_at"]);
        assert_eq!(any.put(&thing.path, &changed).await.expect(200), changed);
        let other = any
            .patch(&thing.path, &json!({"archived_at": "2024-01-01T00:00:00Z"}))
            .await;
        assert_eq!(other.errors(422), ["/archived_at read_only"]);
        let back = any
            .patch(&thing.path, &json!({"archived_at": null, "note": before["note"]}))
            .await;
        assert_eq!(back.expect(200), before);
        let other = any
            .patch(&thing.path, &json!({"archived_at": "2024-01-01T00:00:00Z"}))
            .await;
        assert_eq!(other.errors(422), ["/archived_at read_only"]);
        any.delete(&thing.path).await.expect(200);
        let mut body = before.clone();
        body.as_object_mut().unwrap().shift_remove("archived_at");
        assert_eq!(any.put(&thing.path, &body).await.expect(200), before);
    }
}

#[actix_web::test]
async fn what_is_not_there_can_be_made_but_not_changed() {
    let app = TestApp::start().await;
    let any = writer(&app).header("if-match", "*");
    for thing in written() {
        assert_eq!(any.patch(&thing.new, &json!({})).await.problem(404), "not-found");
        assert_eq!(any.delete(&thing.new).await.problem(404), "not-found");
    }
}

#[actix_web::test]
async fn every_row_can_be_sent_back_as_it_was_read_and_nothing_changes() {
    let app = TestApp::start().await;
    let any = writer(&app).header("if-match", "*");
    let seen = writes(&app).await;
    for thing in written() {
        let list = any.get(&format!("{}?limit=1000", thing.list)).await.expect(200);
        for item in list["items"].as_array().unwrap() {
            let path = format!("{}/{}", thing.list, item["code"].as_str().unwrap());
            assert_eq!(any.put(&path, item).await.expect(200), *item, "{path}");
            assert_eq!(any.patch(&path, item).await.expect(200), *item, "{path}");
            assert_eq!(any.patch(&path, &json!({})).await.expect(200), *item, "{path}");
        }
    }
    assert_eq!(writes(&app).await, seen);
}

#[actix_web::test]
async fn of_two_who_write_at_once_one_wins() {
    let app = TestApp::start().await;
    let client = writer(&app);
    for thing in written() {
        let tag = tag_of(&client, &thing.path).await;
        let current = client.clone().header("if-match", &tag);
        let patches: Vec<Value> = (0..6).map(|number| json!({"note": format!("by {number}")})).collect();
        let answers =
            futures_util::future::join_all(patches.iter().map(|patch| current.patch(&thing.path, patch))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412], "{}", thing.path);
        let mut body = client.get(&thing.path).await.expect(200);
        body["code"] = Value::Null;
        let new = client.clone().header("if-none-match", "*");
        let answers = futures_util::future::join_all((0..3).map(|_| new.put(&thing.new, &body))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 412, 412], "{}", thing.new);
    }
}

#[actix_web::test]
async fn a_second_plan_is_neither_seen_nor_touched() {
    let app = TestApp::start().await;
    app.load_second_plan("successor").await;
    let token = app.token(Role::Secretariat, Some("omraadesekretariatet"), &["successor"], None);
    let (first, second) = (
        writer(&app).header("if-match", "*"),
        app.with_token(&token).header("if-match", "*"),
    );
    for thing in written() {
        let there = thing.path.replace(PLAN, "successor");
        let new_there = thing.new.replace(PLAN, "successor");
        let untouched = second.get(&there).await;
        // The same facts under the same code: an ETag says nothing of the plan, and is worth nothing in the other.
        first.patch(&thing.path, &json!({"note": "first"})).await.expect(200);
        assert_eq!(second.get(&there).await.body, untouched.body);
        let mut body = first.get(&thing.path).await.expect(200);
        body["code"] = Value::Null;
        let new = app.with_token(&token).header("if-none-match", "*");
        new.put(&new_there, &body).await.expect(201);
        second.delete(&there).await.expect(200);
        assert_eq!(first.get(&thing.new).await.problem(404), "not-found");
        assert!(first.get(&thing.path).await.expect(200)["archived_at"].is_null());
        let list = first
            .get(&format!("{}?limit=1000&archived=true", thing.list))
            .await
            .expect(200);
        assert!(!codes(&list).contains(&format!("{}-new", thing.code)));
        // Neither reaches the other's plan, whatever it sends.
        for (client, path) in [(&first, &there), (&second, &thing.path)] {
            let answers = [
                client.get(path).await,
                client.put(path, &body).await,
                client.patch(path, &json!({"note": "x"})).await,
                client.delete(path).await,
            ];
            for answer in answers {
                assert_eq!(answer.problem(404), "not-found", "{path}");
            }
        }
    }
}
