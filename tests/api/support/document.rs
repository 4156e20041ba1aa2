//! Holds every answer of the run against the OpenAPI document: status, media type, schema.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use helhedsplan::auth::role::{Permission, Role};
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use super::Answer;

/// The document that the application serves.
pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(helhedsplan::openapi::json()).unwrap());

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// One operation of the document.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The path template.
    pub(crate) path: String,
    /// The method, in upper case.
    pub(crate) method: Method,
    /// What the document says of it.
    pub(crate) item: Value,
}

impl Operation {
    /// The scope that the access token needs.
    pub(crate) fn scope(&self) -> Option<&str> {
        let requirements = self.item["security"].as_array()?;
        requirements
            .iter()
            .find_map(|requirement| requirement["oauth2"][0].as_str())
    }

    /// The first role with a token that may do it; the secretariat where no scope is needed.
    pub(crate) fn first_role(&self) -> Role {
        let permission: Option<Permission> = self.scope().map(|scope| scope.parse().unwrap());
        Role::ALL
            .into_iter()
            .find(|role| permission.is_none_or(|permission| role.may(permission)))
            .unwrap()
    }

    /// The path with the examples of its parameters.
    pub(crate) fn example_path(&self) -> String {
        let mut path = self.path.clone();
        for parameter in self.item["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "path" {
                let example = match &parameter["example"] {
                    Value::Null => panic!("a path parameter has an example"),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &example);
            }
        }
        path
    }

    /// Whether it has a query parameter of this name.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        let mut parameters = self.item["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["in"] == "query" && parameter["name"] == name)
    }
}

/// Every operation of the document.
pub(crate) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, item) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            operations.push(Operation {
                path: path.clone(),
                method,
                item: item.clone(),
            });
        }
    }
    operations
}

/// Fails the test if the answer is not one that the document describes.
pub(crate) fn check(method: &Method, target: &str, answer: &Answer) {
    let path = target.split('?').next().unwrap_or_default();
    let media_type = answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    // HEAD is described by GET, and has no body.
    let (described, has_body) = if method == Method::HEAD {
        (&Method::GET, false)
    } else {
        (method, true)
    };
    let Some(operation) = find(described, path) else {
        if answer.status >= 400 && has_body {
            assert_eq!(media_type, "application/problem+json", "{method} {target}");
            assert_schema("/components/schemas/Problem", answer, &format!("{method} {target}"));
        }
        return;
    };
    let what = format!("{method} {target} answered {}", answer.status);
    let mut response = &operation.item["responses"][answer.status.to_string()];
    assert!(
        !response.is_null(),
        "{what}, which is not documented: {}",
        answer.text()
    );
    let mut pointer = format!(
        "/paths/{}/{}/responses/{}",
        escape(&operation.path),
        operation.method.as_str().to_lowercase(),
        answer.status
    );
    if let Some(reference) = response["$ref"].as_str() {
        pointer = reference.trim_start_matches('#').to_owned();
        response = DOCUMENT.pointer(&pointer).expect("the reference leads somewhere");
    }
    if *method == Method::POST && answer.status == 201 {
        let is_described = !response["headers"]["ETag"].is_null();
        assert_eq!(!answer.header("etag").is_empty(), is_described, "{what}: its ETag");
    }
    let Some(content) = response["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what} with a body, which is not documented");
        return;
    };
    assert!(
        content.contains_key(media_type),
        "{what} as {media_type}, which is not documented"
    );
    if has_body && media_type.ends_with("json") && media_type != "application/x-ndjson" {
        assert_schema(
            &format!("{pointer}/content/{}/schema", escape(media_type)),
            answer,
            &what,
        );
    }
}

fn find(method: &Method, path: &str) -> Option<Operation> {
    let segments: Vec<&str> = path.split('/').collect();
    let is_at = |operation: &Operation| {
        let template: Vec<&str> = operation.path.split('/').collect();
        template.len() == segments.len()
            && template
                .iter()
                .zip(&segments)
                .all(|(expected, found)| expected == found || (expected.starts_with('{') && !found.is_empty()))
    };
    let at: Vec<Operation> = operations().into_iter().filter(is_at).collect();
    // OpenAPI has the path with fewer parameters come first, whatever methods it has.
    let parameters = |operation: &Operation| operation.path.matches('{').count();
    let fewest = at.iter().map(parameters).min()?;
    at.into_iter()
        .find(|operation| operation.method == *method && parameters(operation) == fewest)
}

fn assert_schema(pointer: &str, answer: &Answer, what: &str) {
    let validator = {
        let mut validators = VALIDATORS.lock().unwrap();
        let made = validators.entry(pointer.to_owned()).or_insert_with(|| {
            let mut schema = DOCUMENT.pointer(pointer).expect("the schema is there").clone();
            schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
            schema["components"] = DOCUMENT["components"].clone();
            Arc::new(jsonschema::validator_for(&schema).unwrap())
        });
        Arc::clone(made)
    };
    let body = answer.json();
    let errors: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{what}, which breaks its schema: {}",
        errors.join("; ")
    );
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
