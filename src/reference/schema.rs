//! The schemas of bodies that write reference data, made from the one type that says what a thing's content is.

use std::borrow::Cow;
use std::marker::PhantomData;

use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The body of a `PUT`: the whole content `T`, named `New…`; what a `GET` answered may be sent back.
#[derive(Debug)]
pub struct Put<T>(PhantomData<T>);

/// The body of a `PATCH` (RFC 7396): any members of the content `T`; named as `T` with `Patch` for `New`.
#[derive(Debug)]
pub struct Patch<T>(PhantomData<T>);

impl<T: PartialSchema> PartialSchema for Put<T> {
    fn schema() -> RefOr<Schema> {
        with_read_only::<T>()
    }
}

impl<T: ToSchema> ToSchema for Put<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

impl<T: PartialSchema> PartialSchema for Patch<T> {
    fn schema() -> RefOr<Schema> {
        let mut schema = with_read_only::<T>();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required.clear();
            object.example = None;
            object.examples.clear();
            object.description =
                Some("What to change. What is absent stays; null takes away what may be absent.".into());
            for property in object.properties.values_mut() {
                if let RefOr::T(Schema::Array(array)) = property {
                    array.default = None;
                } else if let RefOr::T(Schema::Object(member)) = property {
                    member.default = None;
                }
            }
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for Patch<T> {
    fn name() -> Cow<'static, str> {
        let name = T::name();
        format!("{}Patch", name.strip_prefix("New").unwrap_or(&name)).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// The content with the members that a client may send back as it read them.
fn with_read_only<T: PartialSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        let code = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("May be sent back; it is the code in the path."));
        let archived_at = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "Null: in use. An archived thing stays archived where this is sent back as it was read; only `DELETE` archives.",
            ));
        object.properties.insert("code".to_owned(), code.into());
        object.properties.insert("archived_at".to_owned(), archived_at.into());
    }
    schema
}
