//! Where texts stand: every column that holds what people wrote. A test compares the list with the schema of the database, so
//! that no new column is forgotten.

/// How a column holds texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One text.
    Text,
    /// A JSON document in a column of text.
    Document,
    /// A JSON document in a column of the database's own type for it.
    Binary,
    /// The bytes of a JSON document.
    Bytes,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// How it holds texts.
    pub form: Form,
}

/// A table with the columns that hold texts.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Its name.
    pub table: &'static str,
    /// The column that names the plan.
    pub plan: &'static str,
    /// The columns that name a row within the plan: none of them holds a text.
    pub key: &'static [&'static str],
    /// The columns that hold texts.
    pub columns: &'static [Column],
}

macro_rules! tables {
    ($($table:literal ($plan:literal $(, $key:literal)*): $($form:ident $name:literal),+;)+) => {
        /// Every table that holds texts.
        pub const TABLES: &[Kept] = &[$(Kept {
            table: $table,
            plan: $plan,
            key: &[$($key),*],
            columns: &[$(Column { name: $name, form: Form::$form }),+],
        },)+];
    };
}

tables! {
    "accounts" ("plan_id", "year", "revision"): Document "content", Text "note", Text "source";
    "activities" ("plan_id", "code"): Text "name", Text "name_en", Binary "aliases", Text "purpose", Text "purpose_en",
        Text "content", Text "content_en", Text "description", Text "description_en", Text "note", Text "source";
    "activity_actors" ("plan_id", "activity", "position"): Text "name", Text "name_en", Text "responsibility",
        Text "responsibility_en";
    "activity_commitments" ("plan_id", "activity", "code"): Text "name", Text "name_en", Text "unit", Text "note", Text "source";
    "activity_placements" ("plan_id", "id"): Text "team", Text "note", Text "source";
    "activity_target_groups" ("plan_id", "activity", "position"): Text "name", Text "name_en", Text "note";
    "age_bands" ("plan_id", "code"): Text "name", Text "name_en", Text "note", Text "source";
    "agenda_items" ("plan_id", "id"): Text "title", Text "description", Binary "documents";
    "agreement_versions" ("plan_id", "agreement", "version"): Document "content", Text "note", Text "source";
    "agreements" ("plan_id", "code"): Text "name", Text "name_en", Text "note", Text "source";
    "area_relations" ("plan_id", "area", "relation", "target"): Text "source";
    "areas" ("plan_id", "code"): Text "name", Text "name_en", Text "number", Binary "aliases", Text "note", Text "source";
    "bodies" ("plan_id", "code"): Text "name", Text "name_en", Binary "aliases", Text "deadlines_source", Text "note",
        Text "source";
    "body_orderings" ("plan_id", "body", "before"): Text "reading", Text "reading_en", Text "source";
    "body_seats" ("plan_id", "body", "code"): Text "title", Text "title_en", Binary "aliases", Text "note", Text "source";
    "calendar_feeds" ("plan_id", "id"): Text "name";
    "clients" ("plan_id", "id"): Text "name";
    "conclusions" ("plan_id", "agenda_item"): Text "text";
    "contingency_actions" ("plan_id", "activation", "action"): Text "note";
    "contingency_activations" ("plan_id", "id"): Text "summary", Text "conclusion";
    "contingency_versions" ("plan_id", "version"): Document "content", Text "note", Text "source";
    "criteria" ("plan_id", "rule_set", "code"): Text "name", Text "name_en", Text "citation", Text "note", Text "source";
    "decision_reservations" ("plan_id", "decision", "position"): Text "text";
    "decisions" ("plan_id", "id"): Text "title", Text "text", Document "payload", Text "conclusion", Text "fund_note",
        Document "effect";
    "extracts" ("plan_id", "extracted_on", "revision"): Document "content", Document "receipt", Text "revision_reason";
    "focus_areas" ("plan_id", "code"): Text "name", Text "name_en", Text "note", Text "source";
    "follow_ups" ("plan_id", "id"): Document "figures", Text "conclusion";
    "genders" ("plan_id", "code"): Text "name", Text "name_en", Text "note", Text "source";
    "idempotency_keys" ("plan_id", "scope"): Bytes "body";
    "imports" ("plan_id", "id"): Document "receipt", Document "problem";
    "indicators" ("plan_id", "code"): Text "name", Text "name_en", Text "provenance", Text "note", Text "source";
    "measurements" ("plan_id", "id", "revision"): Text "note", Text "source", Text "reason";
    "meeting_packs" ("plan_id", "meeting"): Document "content";
    "meetings" ("plan_id", "id"): Text "name", Text "place", Binary "guests", Text "cancelled_because";
    "milestones" ("plan_id", "code"): Text "name", Text "name_en", Text "note", Text "source";
    "organisations" ("plan_id", "code"): Text "name", Text "name_en", Binary "aliases", Text "note", Text "source";
    "participation_reports" ("plan_id", "id"): Text "source", Text "note", Document "receipt", Text "revision_reason";
    "plans" ("id"): Text "name", Text "name_en", Text "predecessor", Text "note", Text "source";
    "read_tokens" ("plan_id", "id"): Text "name";
    "recommendations" ("plan_id", "id"): Text "text";
    "redactions" ("plan_id", "id"): Text "reason";
    "releases" ("plan_id", "id"): Text "citation", Text "reason";
    "reservations" ("plan_id", "id"): Text "text";
    "rule_sets" ("plan_id", "code"): Text "name", Text "name_en", Text "citation", Text "note", Text "source";
    "session_occurrences" ("plan_id", "session", "recurrence_id"): Text "reason";
    "sessions" ("plan_id", "id"): Text "name", Text "name_en", Text "description", Text "description_en", Binary "exceptions";
    "target_group_subsets" ("plan_id", "target_group", "code"): Text "name", Text "name_en", Text "keyword", Text "source";
    "target_groups" ("plan_id", "code"): Text "name", Text "name_en", Text "law", Text "note", Text "source";
    "venues" ("plan_id", "code"): Text "name", Text "name_en", Text "address", Binary "aliases", Text "note", Text "source";
}
