//! Every operation of the document × every role × own and other plan: the answer is what the permission table says.

use helhedsplan::auth::role::{Permission, Role};
use reqwest::Method;

use crate::support::document::{Operation, operations};
use crate::support::{Client, PLAN, TestApp};

/// Operations that need no token at all.
const OPEN: [&str; 8] = [
    "/livez",
    "/readyz",
    "/.well-known/jwks.json",
    "/problems",
    "/problems/{code}",
    "/v1/me",
    "/oauth/token",
    "/v1/plans/{plan}/calendars/{secret}.ics",
];

/// The path of an import of the client's own: others it does not see. None where it may not import.
async fn import_of(client: &Client<'_>) -> Option<String> {
    let started = client
        .clone()
        .header("prefer", "respond-async")
        .post("measurements/imports", &serde_json::json!([]))
        .await;
    (started.status == 202).then(|| started.header("location").to_owned())
}

/// The path of an operation on a meeting that the client sees: which those are goes by where its organisation has a seat.
async fn meeting_of(client: &Client<'_>, path: &str) -> Option<String> {
    let meetings = client.get("meetings?limit=1").await;
    let meeting = (meetings.status == 200).then(|| meetings.json()["items"][0].clone())?;
    let (id, body) = (meeting["id"].as_str()?, meeting["body"].as_str()?);
    let mut path = path
        .replace("{plan}", PLAN)
        .replace("/meetings/{id}", &format!("/meetings/{id}"))
        .replace("/bodies/{code}", &format!("/bodies/{body}"));
    if path.contains("{item}") {
        let items = client.get(&format!("meetings/{id}/agenda-items?limit=1")).await.json();
        path = path.replace("{item}", items["items"][0]["id"].as_str()?);
    }
    if path.contains("/calendar-feeds/{id}") {
        let name = serde_json::json!({"name": "Test"});
        let made = client.post(&format!("bodies/{body}/calendar-feeds"), &name).await;
        let made = (made.status == 201).then(|| made.json()["feed"]["id"].clone())?;
        path = path.replace("{id}", made.as_str()?);
    }
    Some(path)
}

/// A request whose body is nonsense: authorization is decided before it is read.
async fn try_it(app: &TestApp, client: &Client<'_>, operation: &Operation) -> u16 {
    let body = if operation.method == Method::GET {
        ""
    } else {
        "{ nonsense"
    };
    let path = match operation.path.as_str() {
        "/v1/plans/{plan}/measurements/imports/{id}" => import_of(client).await,
        path if path.contains("/meetings/{id}") || path.contains("/calendar-feeds") => meeting_of(client, path).await,
        _ => None,
    };
    let answer = client
        .send(
            operation.method.clone(),
            &path.unwrap_or_else(|| app.path_of(operation)),
            Some("application/json"),
            body.into(),
        )
        .await;
    answer.status
}

#[actix_web::test]
async fn every_operation_answers_every_role_as_the_permission_table_says() {
    let app = TestApp::start().await;
    for operation in operations() {
        let Some(scope) = operation.scope() else {
            assert!(
                OPEN.contains(&operation.path.as_str()),
                "{} names no scope",
                operation.path
            );
            continue;
        };
        let permission: Permission = scope.parse().unwrap();
        for role in Role::ALL {
            let status = try_it(&app, &app.as_role(role), &operation).await;
            let what = format!("{role}: {} {} answered {status}", operation.method, operation.path);
            match (role.may(permission), role) {
                // Exact counts are for those who reported them, which no housing organisation has.
                (true, Role::HousingOrganisation)
                    if scope == "participation:exact" && operation.path.contains("{period}") =>
                {
                    assert_eq!(status, 404, "{what}");
                }
                (true, _) if operation.method == Method::GET => assert_eq!(status, 200, "{what}"),
                // A deletion has no body to be nonsense: some refuse any, the others lack If-Match, where their state allows it.
                (true, _) if operation.method == Method::DELETE => assert!([400, 409, 428].contains(&status), "{what}"),
                (true, _) => assert_eq!(status, 400, "{what}"),
                (false, Role::Public) => assert_eq!(status, 401, "{what}"),
                (false, _) => assert_eq!(status, 403, "{what}"),
            }
        }
    }
}

#[actix_web::test]
async fn another_plans_token_finds_nothing() {
    let app = TestApp::start().await;
    for operation in operations() {
        let (Some(scope), true) = (operation.scope(), operation.path.contains("{plan}")) else {
            continue;
        };
        let permission: Permission = scope.parse().unwrap();
        for role in Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Public && role.may(permission))
        {
            let token = app.token(role, Some("jobcenter-fredericia"), &["another-plan"], None);
            let status = try_it(&app, &app.with_token(&token), &operation).await;
            assert_eq!(status, 404, "{role}: {} {}", operation.method, operation.path);
        }
    }
}

#[actix_web::test]
async fn a_plan_that_the_caller_does_not_reach_is_as_good_as_none_in_every_operation() {
    let app = TestApp::start().await;
    app.load_second_plan("second-plan").await;
    for operation in operations() {
        let (Some(scope), true) = (operation.scope(), operation.path.contains("{plan}")) else {
            continue;
        };
        let permission: Permission = scope.parse().unwrap();
        let path = app.path_of(&operation);
        for role in Role::ALL {
            let caller = app.as_role(role).header("x-request-id", "same");
            let mut answers = Vec::new();
            for plan in ["second-plan", "no-such-plan"] {
                let path = path.replace(PLAN, plan);
                let body = if operation.method == Method::GET {
                    ""
                } else {
                    "{ nonsense"
                };
                let answer = caller
                    .send(operation.method.clone(), &path, Some("application/json"), body.into())
                    .await;
                answers.push((answer.status, answer.text().to_owned()));
            }
            let what = format!("{role}: {} {path}: {answers:?}", operation.method);
            let expected = match (role.may(permission), role) {
                // A body that cannot be read is looked at before the database, and after the plans of the token.
                (true, Role::Public) if operation.method != Method::GET => 400,
                (true, _) => 404,
                (false, Role::Public) => 401,
                (false, _) => 403,
            };
            assert_eq!(answers[0].0, expected, "{what}");
            assert_eq!(answers[0], answers[1], "{what}");
        }
    }
}

/// An operation that shows a caller only the rows that its organisation reaches: the others it does not find.
struct RowScoped {
    method: &'static str,
    path: &'static str,
    /// Whether a caller of this role and organisation finds the row of the example.
    sees: fn(Role, Option<&str>) -> bool,
}

/// Where the organisation decides whether a row is found. All other operations show and let write what belongs to the whole
/// plan, or judge the rows of a body one by one, as the tests of their slices show.
const ROW_SCOPED: &[RowScoped] = &[
    row_scoped("POST", "/v1/plans/{plan}/kendskabsgrad/extracts", |_, _| false),
    row_scoped("GET", "/v1/plans/{plan}/measurements/imports/{id}", is_secretariat),
    row_scoped(
        "GET",
        "/v1/plans/{plan}/participation/reports/{activity}/{period}",
        is_secretariat,
    ),
    row_scoped(
        "GET",
        "/v1/plans/{plan}/participation/reports/{activity}/{period}/receipt",
        is_secretariat,
    ),
    row_scoped("GET", "/v1/plans/{plan}/bodies/{code}/calendar-feeds", sees_the_board),
    row_scoped(
        "GET",
        "/v1/plans/{plan}/bodies/{code}/calendar-feeds/{id}",
        is_secretariat,
    ),
    row_scoped("GET", "/v1/plans/{plan}/meetings/{id}", sees_the_board),
    row_scoped("GET", "/v1/plans/{plan}/meetings/{id}/agenda-items", sees_the_board),
    row_scoped(
        "GET",
        "/v1/plans/{plan}/meetings/{id}/agenda-items/{item}",
        sees_the_board,
    ),
    row_scoped("GET", "/v1/plans/{plan}/meetings/{id}/figures", sees_the_board),
    row_scoped("GET", "/v1/plans/{plan}/meetings/{id}/minutes", sees_the_board),
    row_scoped("GET", "/v1/plans/{plan}/meetings/{id}/pack", sees_the_board),
    row_scoped("GET", "/v1/plans/{plan}/contingency", is_a_party),
    row_scoped("GET", "/v1/plans/{plan}/contingency/versions/{version}", is_a_party),
    row_scoped("GET", "/v1/plans/{plan}/contingency/activations/{id}", sees_the_board),
    row_scoped(
        "GET",
        "/v1/plans/{plan}/contingency/activations/{id}/actions/{action}",
        sees_the_board,
    ),
];

const fn row_scoped(method: &'static str, path: &'static str, sees: fn(Role, Option<&str>) -> bool) -> RowScoped {
    RowScoped { method, path, sees }
}

fn is_secretariat(role: Role, _: Option<&str>) -> bool {
    role == Role::Secretariat
}

/// The parties of the plan, those below them, and the fund.
fn is_a_party(role: Role, organisation: Option<&str>) -> bool {
    const PARTIES: [&str; 3] = ["fredericia-bibliotek", "boligkontoret-fredericia", "landsbyggefonden"];
    matches!(role, Role::Secretariat | Role::Fund) || organisation.is_some_and(|code| PARTIES.contains(&code))
}

/// The meeting and the body of the examples are the board's, where Boligkontoret Fredericia has seats; it also has some in the
/// contingency plan's groups.
fn sees_the_board(role: Role, organisation: Option<&str>) -> bool {
    let by_role = matches!(role, Role::Secretariat | Role::Board | Role::Fund | Role::Auditor);
    by_role || organisation == Some("boligkontoret-fredericia")
}

#[actix_web::test]
async fn every_operation_answers_another_organisation_as_the_table_and_its_rows_say() {
    let app = TestApp::start().await;
    let mut row_scoped = 0;
    let mut wrong = Vec::new();
    for operation in operations() {
        let Some(scope) = operation.scope() else { continue };
        let permission: Permission = scope.parse().unwrap();
        let of_rows = ROW_SCOPED
            .iter()
            .find(|scoped| operation.method == scoped.method && operation.path == scoped.path);
        let path = app.path_of(&operation);
        let body = if operation.method == Method::GET {
            ""
        } else {
            "{ nonsense"
        };
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Public) {
            // Another of the role's kind, one of another kind, one that there is not, and none.
            let another = match role {
                Role::Municipality => "fredericia-bibliotek",
                Role::HousingOrganisation => "boligkontoret-fredericia",
                _ => "fredericia-kommune",
            };
            for organisation in [
                Some(another),
                Some("landsbyggefonden"),
                Some("no-such-organisation"),
                None,
            ] {
                let token = app.token(role, organisation, &[PLAN], None);
                let answer = app
                    .with_token(&token)
                    .send(operation.method.clone(), &path, Some("application/json"), body.into())
                    .await;
                let status = answer.status;
                let what = format!(
                    "{role} of {organisation:?}: {} {path} answered {status}",
                    operation.method
                );
                let expected: &[u16] = match (role.may(permission), of_rows) {
                    (false, _) => &[403],
                    (true, Some(scoped)) if !(scoped.sees)(role, organisation) => {
                        row_scoped += 1;
                        &[404]
                    }
                    (true, _) if operation.method == Method::GET => &[200],
                    (true, _) if operation.method == Method::DELETE => &[400, 409, 428],
                    (true, _) => &[400],
                };
                if !expected.contains(&status) {
                    wrong.push(format!("{what} instead of {expected:?}"));
                }
            }
        }
    }
    assert!(row_scoped > 0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn a_token_without_the_scope_is_refused_whatever_its_role() {
    let app = TestApp::start().await;
    for operation in operations() {
        let Some(scope) = operation.scope() else { continue };
        let permission: Permission = scope.parse().unwrap();
        for role in Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Public && role.may(permission))
        {
            let others: Vec<&str> = role
                .permissions()
                .map(Permission::scope)
                .filter(|other| *other != scope)
                .collect();
            let token = app.token(role, None, &[PLAN], Some(&others.join(" ")));
            let status = try_it(&app, &app.with_token(&token), &operation).await;
            assert_eq!(status, 403, "{role}: {} {}", operation.method, operation.path);
        }
    }
}

#[actix_web::test]
async fn a_token_that_is_not_accepted_is_401_also_where_none_is_needed() {
    let app = TestApp::start().await;
    let forged = app.token(Role::Board, None, &[PLAN], None) + "x";
    for operation in operations()
        .into_iter()
        .filter(|operation| operation.path.starts_with("/v1/"))
    {
        let status = try_it(&app, &app.with_token(&forged), &operation).await;
        assert_eq!(status, 401, "{} {}", operation.method, operation.path);
    }
}

#[actix_web::test]
async fn a_jobcenter_cannot_push_for_another_organisation() {
    let app = TestApp::start().await;
    let extract = crate::support::extracts::extract("2024-01-01");
    for (organisation, status) in [
        (Some("jobcenter-fredericia"), 201),
        // The municipality is above its Jobcenter.
        (Some("fredericia-kommune"), 200),
        (Some("fredericia-bibliotek"), 404),
        (Some("boli-nu"), 404),
        (Some("no-such-organisation"), 404),
        (None, 404),
    ] {
        let token = app.token(Role::Municipality, organisation, &[PLAN], None);
        let answer = app.with_token(&token).post("kendskabsgrad/extracts", &extract).await;
        assert_eq!(answer.status, status, "{organisation:?}: {}", answer.text());
    }
}

#[actix_web::test]
async fn a_valid_token_with_an_unknown_role_may_nothing() {
    let app = TestApp::start().await;
    let token = app.token_with(|claims| claims["role"] = "mayor".into());
    let client = app.with_token(&token);
    assert_eq!(client.get("areas").await.problem(403), "forbidden");
    let me = client.get("/v1/me").await.expect(200);
    assert!(me["role"].is_null() && me["permissions"].as_array().unwrap().is_empty());
    let why = "The token names no role that this service knows or its issuer may give.";
    assert!(
        me["hidden"]
            .as_array()
            .unwrap()
            .iter()
            .all(|hidden| hidden["detail"] == why)
    );
}
