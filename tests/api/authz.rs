//! Every operation of the document × every role × own and other plan: the answer is what the permission table says.

use helhedsplan::auth::role::{Permission, Role};
use reqwest::Method;

use crate::support::document::{Operation, operations};
use crate::support::{Client, PLAN, TestApp};

/// Operations that need no token at all.
const OPEN: [&str; 7] = [
    "/livez",
    "/readyz",
    "/.well-known/jwks.json",
    "/problems",
    "/problems/{code}",
    "/v1/me",
    "/oauth/token",
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

/// A request whose body is nonsense: authorization is decided before it is read.
async fn try_it(app: &TestApp, client: &Client<'_>, operation: &Operation) -> u16 {
    let body = if operation.method == Method::GET {
        ""
    } else {
        "{ nonsense"
    };
    let path = match operation.path.as_str() {
        "/v1/plans/{plan}/measurements/imports/{id}" => import_of(client).await,
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
    assert!(client.get("/v1/me").await.expect(200)["role"].is_null());
}

/// The payload with one claim changed, and the old signature.
fn altered(payload: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    URL_SAFE_NO_PAD.encode(claims.replace("board", "fund!"))
}

#[actix_web::test]
async fn odd_tokens_are_refused_with_one_and_the_same_answer() {
    let app = TestApp::start().await;
    let good = app.token(Role::Board, None, &[PLAN], None);
    let (head, tail) = good.split_once('.').unwrap();
    let (payload, signature) = tail.split_once('.').unwrap();
    let odd = [
        app.token_with(|claims| claims["iss"] = "https://elsewhere.example".into()),
        app.token_with(|claims| claims["aud"] = "another".into()),
        app.token_with(|claims| claims["exp"] = 1.into()),
        app.token_with(|claims| claims["exp"] = "soon".into()),
        app.token_with(|claims| claims["nbf"] = 9_999_999_999_i64.into()),
        app.token_with(|claims| {
            claims.as_object_mut().unwrap().shift_remove("sub");
        }),
        app.token_with(|claims| {
            claims.as_object_mut().unwrap().shift_remove("exp");
        }),
        app.token_with_header(|header| header["typ"] = "JWT".into()),
        app.token_with_header(|header| header["kid"] = "../../etc/passwd".into()),
        app.token_with_header(|header| header["jku"] = "https://elsewhere.example/keys".into()),
        app.token_with_header(|header| header["crit"] = serde_json::json!(["exp"])),
        app.token_with(|claims| claims["exp"] = (-1).into()),
        app.token_with(|claims| claims["exp"] = serde_json::from_str("1e308").unwrap()),
        app.token_with_header(|header| header["alg"] = "none".into()),
        app.token_with_header(|header| header["alg"] = "NonE".into()),
        app.token_with_header(|header| header["alg"] = "HS256".into()),
        app.token_with_header(|header| header["kid"] = "' OR 1=1 --".into()),
        format!("{head}.{}.{signature}", altered(payload)),
        format!("{head}.{payload}."),
        format!("{head}.{payload}"),
        format!("{head}.{payload}.{}", &signature[..20]),
        "e30.e30.e30".to_owned(),
        "x".repeat(6000),
        String::new(),
    ];
    let mut bodies = Vec::new();
    for token in &odd {
        let answer = app.with_token(token).header("x-request-id", "same").get("areas").await;
        assert_eq!(answer.status, 401, "{token}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        bodies.push(answer.text().to_owned());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    let basic = app.public().header("authorization", &format!("Basic {good}"));
    assert_eq!(basic.get("areas").await.status, 401);
    let twice = app.with_token(&good).header("authorization", &format!("Bearer {good}"));
    assert_eq!(twice.get("areas").await.status, 401);
    assert_eq!(app.with_token(&good).get("areas").await.status, 200);
}
