//! An application of its own for every test: production code on a database that is a copy of a template.

pub(crate) mod attacker;
pub(crate) mod contingency;
pub(crate) mod document;
pub(crate) mod extracts;
pub(crate) mod governance;
pub(crate) mod meetings;
pub(crate) mod participation;
pub(crate) mod quarters;
pub(crate) mod redactions;
pub(crate) mod sessions;
pub(crate) mod signing;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use helhedsplan::app::build_app;
use helhedsplan::auth::issuer::NewToken;
use helhedsplan::auth::role::{Permission, Role};
use helhedsplan::clients::rules::Registration;
use helhedsplan::clients::store::read_tokens::{self, NewToken as NewReadToken};
use helhedsplan::clients::store::{self as clients, Hashed};
use helhedsplan::config::Settings;
use helhedsplan::db::{self, Db};
use helhedsplan::entities::{
    agenda_item, calendar_feed, client, contingency_activation, decision, follow_up, import, measurement, meeting,
    plan, read_token, recommendation, redaction, release, session,
};
use helhedsplan::fresh;
use helhedsplan::record::{Actor, Clock, Deed};
use helhedsplan::seed::{self, Source};
use helhedsplan::state::AppState;
use helhedsplan::web::outgoing;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sea_orm::{ColumnTrait, ConnectionTrait, Database, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The plan that every test has.
pub(crate) const PLAN: &str = "fredericia-2023-2026";

/// A running application.
pub(crate) struct TestApp {
    address: String,
    http: reqwest::Client,
    /// What the application stands on.
    pub(crate) state: AppState,
    /// The ids in the document's examples, and those of things that are there.
    ids: [(&'static str, String); 14],
    directory: Arc<TempDir>,
}

/// The template database, made once a run: schema and the Fredericia plan.
struct Template {
    url: String,
    _directory: Option<TempDir>,
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

/// The PostgreSQL server to test on; none for SQLite.
pub(crate) fn postgres() -> Option<String> {
    std::env::var("HELHEDSPLAN_TEST_DATABASE_URL").ok()
}

/// Makes an empty PostgreSQL database and gives its URL.
pub(crate) async fn new_postgres_database(server: &str, template: Option<&str>) -> String {
    let name = format!("t{}", uuid::Uuid::now_v7().simple());
    let admin = Database::connect(server).await.unwrap();
    let from = template.map(|url| format!(" TEMPLATE {}", url.rsplit('/').next().unwrap()));
    let statement = format!("CREATE DATABASE {name}{}", from.unwrap_or_default());
    admin.execute_unprepared(&statement).await.unwrap();
    admin.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

fn sqlite_url(path: &std::path::Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

/// An import that has come to its end.
async fn import(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let now = db::now();
    let row = import::Model {
        plan_id: plan.id,
        id: uuid::Uuid::now_v7(),
        state: "interrupted".into(),
        mode: "upsert".into(),
        is_dry_run: false,
        subject: "omraadesekretariatet".into(),
        organisation: Some("omraadesekretariatet".into()),
        idempotency_scope: None,
        judged: 0,
        staged: 0,
        receipt: None,
        problem: None,
        created_at: now,
        touched_at: now,
        finished_at: Some(now),
    };
    let transaction = db.begin().await.unwrap();
    import::Entity::insert(import::ActiveModel::from(row))
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

async fn template() -> &'static Template {
    TEMPLATE
        .get_or_init(|| async {
            let (url, directory) = match postgres() {
                Some(server) => (new_postgres_database(&server, None).await, None),
                None => {
                    let directory = tempfile::tempdir().unwrap();
                    (sqlite_url(&directory.path().join("template.db")), Some(directory))
                }
            };
            let db = Db::connect(&url, 2).await.unwrap();
            db.migrate().await.unwrap();
            seed::load(&db, &Source::Fredericia).await.unwrap();
            import(&db).await;
            register_one_of_each(&db).await;
            sessions::sample(&db).await;
            contingency::sample(&db).await;
            meetings::sample(&db).await;
            governance::sample(&db).await;
            participation::sample(&db).await;
            quarters::sample(&db).await;
            redactions::sample(&db).await;
            db.close().await.unwrap();
            Template {
                url,
                _directory: directory,
            }
        })
        .await
}

/// A client and a read token that are there before every test; neither may write.
async fn register_one_of_each(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let deed = || Deed {
        actor: Actor::operator(),
        operation: "test",
        target: "test".into(),
    };
    // Nobody has a secret with this hash.
    let hashed = || Hashed {
        handle: "none".into(),
        hash: "none".into(),
    };
    let registration = |role, organisation: &str| Registration {
        name: "Test".into(),
        role,
        organisation: Some(organisation.into()),
        scope: "plan:read".into(),
    };
    let transaction = db.begin().await.unwrap();
    let clock = Clock::lock(&transaction, plan.id).await.unwrap();
    let new = registration(Role::HousingOrganisation, "boli-nu");
    let id = uuid::Uuid::now_v7();
    clients::add(&transaction, clock, plan.id, id, &new, hashed(), deed())
        .await
        .unwrap();
    let clock = Clock::lock(&transaction, plan.id).await.unwrap();
    let new = NewReadToken {
        id,
        registration: &registration(Role::Secretariat, "omraadesekretariatet"),
        secret: hashed(),
        expires_at: db::now(),
    };
    read_tokens::add(&transaction, clock, plan.id, new, deed())
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl TestApp {
    /// Starts an application with the Fredericia plan loaded.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with settings that were changed.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let template = template().await;
        let directory = tempfile::tempdir().unwrap();
        let url = match postgres() {
            Some(server) => new_postgres_database(&server, Some(&template.url)).await,
            None => {
                let path = directory.path().join("helhedsplan.db");
                let from = template
                    .url
                    .trim_start_matches("sqlite://")
                    .trim_end_matches("?mode=rwc");
                std::fs::copy(from, &path).unwrap();
                sqlite_url(&path)
            }
        };
        Self::on(url, Arc::new(directory), change).await
    }

    /// A second replica of the same service: its own memory, the same database, keys and public address.
    pub(crate) async fn replica(&self) -> Self {
        let public_url = self.state.config.public_url.clone();
        let change = |settings: &mut Settings| settings.public_url = Some(public_url);
        Self::on(self.database_url(), Arc::clone(&self.directory), change).await
    }

    async fn on(url: String, directory: Arc<TempDir>, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = Settings {
            database_url: Some(url.clone()),
            database_max_connections: Some("4".into()),
            data_dir: Some(directory.path().display().to_string()),
            public_url: Some(address.clone()),
            max_body_bytes: Some("65536".into()),
            // No test is to meet a limit that it is not about.
            client_requests_per_minute: Some("10000000".into()),
            address_requests_per_minute: Some("10000000".into()),
            ..Settings::default()
        };
        change(&mut settings);
        let config = settings.resolve().unwrap();
        let state = AppState::new(Db::connect(&url, 4).await.unwrap(), config).unwrap();
        fresh::refresh(&state).await.unwrap();
        let read = state.db.read();
        let measurement = measurement::Entity::find().one(read).await.unwrap().unwrap().id;
        let client = client::Entity::find().one(read).await.unwrap().unwrap().id;
        let token = read_token::Entity::find().one(read).await.unwrap().unwrap().id;
        let import = import::Entity::find().one(read).await.unwrap().unwrap().id;
        let session = session::Entity::find().one(read).await.unwrap().unwrap().id;
        let activation = contingency_activation::Entity::find().one(read).await.unwrap();
        let decision = decision::Entity::find().one(read).await.unwrap().unwrap().id;
        let recommendation = recommendation::Entity::find().one(read).await.unwrap().unwrap().id;
        let follow_up = follow_up::Entity::find().one(read).await.unwrap().unwrap().id;
        // The board's meeting is the one that was stored first.
        let meeting = meeting::Entity::find()
            .order_by_asc(meeting::Column::Id)
            .one(read)
            .await
            .unwrap()
            .unwrap()
            .id;
        let item = agenda_item::Entity::find()
            .order_by_asc(agenda_item::Column::Id)
            .one(read)
            .await
            .unwrap()
            .unwrap()
            .id;
        let feed = calendar_feed::Entity::find().one(read).await.unwrap().unwrap().id;
        let redacted = redaction::Entity::find().one(read).await.unwrap().unwrap().id;
        let released = release::Entity::find()
            .filter(release::Column::Subject.eq("participation"))
            .filter(release::Column::Audience.eq("public"))
            .one(read);
        let released = released.await.unwrap().unwrap().id;
        let ids = [
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11", measurement.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12", client.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a13", token.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a14", import.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a15", session.to_string()),
            (
                "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a41",
                activation.unwrap().id.to_string(),
            ),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31", decision.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a32", recommendation.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a33", follow_up.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16", meeting.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a17", item.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a18", feed.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a19", released.to_string()),
            ("019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a51", redacted.to_string()),
        ];
        let for_server = state.clone();
        let patience = Duration::from_secs(state.config.client_seconds);
        let server = HttpServer::new(move || build_app(for_server.clone()))
            .workers(2)
            .on_connect(outgoing::bounded(patience))
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        tokio::spawn(server);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // The server closes idle connections after five seconds, and some requests take as long.
            .pool_idle_timeout(Duration::from_secs(2))
            .build()
            .unwrap();
        Self {
            address,
            http,
            state,
            ids,
            directory,
        }
    }

    /// The path of an operation, with the examples of its parameters; ids are those of things that are there.
    pub(crate) fn path_of(&self, operation: &document::Operation) -> String {
        let mut path = operation.example_path();
        for (example, there) in &self.ids {
            path = path.replace(example, there);
        }
        path
    }

    /// Loads the Fredericia plan once more under another code, not public.
    pub(crate) async fn load_second_plan(&self, code: &str) {
        let folder = tempfile::tempdir().unwrap();
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/fredericia-2023-2026");
        copy_all(std::path::Path::new(seeds), folder.path());
        let plan = std::fs::read_to_string(folder.path().join("plan.json")).unwrap();
        let plan = plan
            .replace(PLAN, code)
            .replace("\"is_public\": true", "\"is_public\": false");
        std::fs::write(folder.path().join("plan.json"), plan).unwrap();
        seed::load(&self.state.db, &Source::Folder(folder.path().into()))
            .await
            .unwrap();
    }

    /// The folder of keys and, on SQLite, of the database.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.state.config.data_dir.clone()
    }

    /// The URL of the database.
    pub(crate) fn database_url(&self) -> String {
        use secrecy::ExposeSecret;
        self.state.config.database_url.expose_secret().to_owned()
    }

    /// A client without a token.
    pub(crate) fn public(&self) -> Client<'_> {
        Client {
            app: self,
            headers: HeaderMap::new(),
        }
    }

    /// A client with a token that may all that its role may, for an organisation that the role is usual for.
    pub(crate) fn as_role(&self, role: Role) -> Client<'_> {
        let organisation = match role {
            Role::Public => return self.public(),
            Role::Secretariat => Some("omraadesekretariatet"),
            Role::Municipality => Some("jobcenter-fredericia"),
            Role::HousingOrganisation => Some("boli-nu"),
            Role::Board | Role::Auditor => None,
            Role::Fund => Some("landsbyggefonden"),
        };
        self.with_token(&self.token(role, organisation, &[PLAN], None))
    }

    /// The Jobcenter's client.
    pub(crate) fn jobcenter(&self) -> Client<'_> {
        self.as_role(Role::Municipality)
    }

    /// A client with this token.
    pub(crate) fn with_token(&self, token: &str) -> Client<'_> {
        self.public().header("authorization", &format!("Bearer {token}"))
    }

    /// Signs a token; all scopes of the role where none are named.
    pub(crate) fn token(&self, role: Role, organisation: Option<&str>, plans: &[&str], scope: Option<&str>) -> String {
        let all: Vec<&str> = role.permissions().map(Permission::scope).collect();
        let new = NewToken {
            subject: organisation.unwrap_or(role.code()).to_owned(),
            role,
            organisation: organisation.map(str::to_owned),
            plans: plans.iter().map(|plan| (*plan).to_owned()).collect(),
            scope: scope.map_or_else(|| all.join(" "), str::to_owned),
            lifetime: Duration::from_secs(900),
        };
        self.state.auth.issue(&new, db::now()).unwrap()
    }
}

/// Someone who calls.
#[derive(Clone)]
pub(crate) struct Client<'a> {
    app: &'a TestApp,
    headers: HeaderMap,
}

impl Client<'_> {
    /// The same client, sending one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).unwrap();
        self.headers
            .append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    /// `GET`, with a path from `/`, or one below the plan.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// `POST` of JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(
            Method::POST,
            path,
            Some("application/json"),
            body.to_string().into_bytes(),
        )
        .await
    }

    /// `PUT` of JSON.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string().into_bytes();
        self.send(Method::PUT, path, Some("application/json"), body).await
    }

    /// `PATCH` with a merge patch.
    pub(crate) async fn patch(&self, path: &str, patch: &Value) -> Answer {
        let patch = patch.to_string().into_bytes();
        self.send(Method::PATCH, path, Some("application/merge-patch+json"), patch)
            .await
    }

    /// `DELETE`.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Vec::new()).await
    }

    /// `POST` of CSV.
    pub(crate) async fn post_csv(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, Some("text/csv"), body.as_bytes().to_vec())
            .await
    }

    /// Any request. The answer is held against the OpenAPI document.
    pub(crate) async fn send(&self, method: Method, path: &str, content_type: Option<&str>, body: Vec<u8>) -> Answer {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/v1/plans/{PLAN}/{path}")
        };
        let mut request = self
            .app
            .http
            .request(method.clone(), format!("{}{path}", self.app.address))
            .headers(self.headers.clone())
            .body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let response = request.send().await.unwrap();
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        };
        document::check(&method, &path, &answer);
        // Reads of the contingency plan's log are entered in the audit log, which its tests count.
        let is_entered = path.contains("/contingency/") || answer.headers.contains_key("idempotency-replayed");
        if method == Method::POST && answer.status == 201 && answer.headers.contains_key("etag") && !is_entered {
            self.is_as_it_was_answered(&answer).await;
        }
        answer
    }

    /// What was created is read as the answer had it, under the same validator.
    pub(crate) async fn is_as_it_was_answered(&self, created: &Answer) {
        let mut headers = self.headers.clone();
        headers.remove("idempotency-key");
        let read = self
            .app
            .http
            .get(format!("{}{}", self.app.address, created.header("location")))
            .headers(headers)
            .send()
            .await
            .unwrap();
        assert_eq!(read.status().as_u16(), 200, "{}", created.header("location"));
        assert_eq!(
            read.headers()["etag"],
            created.headers["etag"],
            "{}",
            created.header("location")
        );
        assert_eq!(read.bytes().await.unwrap(), created.body);
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header as text; empty if it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as JSON, if the status is the expected one.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The codes of a problem's errors with their places, if the status is the expected one.
    #[track_caller]
    pub(crate) fn errors(&self, status: u16) -> Vec<String> {
        let problem = self.expect(status);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                let place = ["pointer", "parameter", "header"]
                    .iter()
                    .find_map(|place| error[place].as_str().map(str::to_owned))
                    .unwrap_or_else(|| format!("{}:{}", error["line"], error["column"]));
                format!("{place} {}", error["code"].as_str().unwrap())
            })
            .collect()
    }

    /// The last segment of a problem's type, if the status is the expected one.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        let problem = self.expect(status);
        problem["type"]
            .as_str()
            .unwrap()
            .trim_start_matches("/problems/")
            .to_owned()
    }
}

impl TestApp {
    /// A token of the board whose claims were changed before signing.
    pub(crate) fn token_with(&self, change: impl FnOnce(&mut Value)) -> String {
        self.sign(|_| {}, change)
    }

    /// A token of the board whose header was changed before signing.
    pub(crate) fn token_with_header(&self, change: impl FnOnce(&mut Value)) -> String {
        self.sign(change, |_| {})
    }

    /// Signs with the application's own key, so that nothing but the change is wrong.
    fn sign(&self, header: impl FnOnce(&mut Value), claims: impl FnOnce(&mut Value)) -> String {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        use ed25519_dalek::Signer;
        use ed25519_dalek::pkcs8::DecodePrivateKey;
        let good = self.token(Role::Board, None, &[PLAN], None);
        let decode = |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        let mut parts = good.split('.');
        let mut new_header = decode(parts.next().unwrap());
        let mut new_claims = decode(parts.next().unwrap());
        header(&mut new_header);
        claims(&mut new_claims);
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&new_header), encode(&new_claims));
        let mut files = std::fs::read_dir(self.state.config.keys_dir())
            .unwrap()
            .map(|file| file.unwrap().path());
        let file = files
            .find(|path| path.extension().is_some_and(|end| end == "pem"))
            .unwrap();
        let key = ed25519_dalek::SigningKey::read_pkcs8_pem_file(file).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes());
        format!("{signed}.{signature}")
    }
}
